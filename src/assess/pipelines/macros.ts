import { type Reading, type Variables } from './scope.js';

/** Names that a shell knows: `$(pwd)` runs a program, `$(modelName)` is a variable of Azure Pipelines. */
const PROGRAMS = /^(pwd|date|whoami|hostname|nproc|uname|id|ls|tty|arch|mktemp)$/;

/** Where the repository is checked out. */
const SOURCES = /^(build\.(sourcesdirectory|repository\.localpath)|system\.defaultworkingdirectory)$/i;

/**
 * A text with the `$(…)` of Azure Pipelines filled in, as it runs in a folder of the repository. What is set elsewhere
 * becomes the environment variable that it is to a script too: `$MODEL_NAME`.
 */
export function filled(text: string, variables: Variables, reading: Reading, dir = ''): string {
  const root = dir === '' ? '.' : dir.replace(/[^/]+/g, '..');
  const put = (written: string, depth: number): string =>
    written
      .replace(/\$\(Pipeline\.Workspace\)\/s(?=[/'"\s]|$)/gi, '$(Build.SourcesDirectory)')
      .replace(
        /\$\((?:Pipeline\.Workspace|System\.ArtifactsDirectory|Build\.ArtifactStagingDirectory)\)\/([\w.-]+)/gi,
        (whole, name: string) => {
          const folder = reading.artifacts.get(name.toLowerCase());
          return folder === undefined ? whole : folder === '' ? root : `${root}/${folder}`;
        },
      )
      .replace(/\$\(([\w.-]{1,200})\)/g, (whole, name: string) => {
        if (SOURCES.test(name)) return root;
        const known = variables.get(name.toLowerCase());
        if (known?.value !== undefined && !known.value.startsWith('$['))
          return depth > 5 ? whole : put(known.value, depth + 1);
        return !known && PROGRAMS.test(name) ? whole : `$${environmentName(name)}`;
      });
  return put(text.slice(0, 200_000), 0);
}

/** As a script sees a variable: upper case, and `_` for what cannot stand in a name. */
export const environmentName = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9_]/g, '_');

/** Of the repository, relative to its root: '' is the root itself. */
export function folderOf(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The constants that a script's environment holds. */
export function environmentOf(variables: Variables, reading: Reading, dir: string): Record<string, string> {
  const root = dir === '' ? '.' : dir.replace(/[^/]+/g, '..');
  const found: Record<string, string> = {
    BUILD_SOURCESDIRECTORY: root,
    SYSTEM_DEFAULTWORKINGDIRECTORY: root,
  };
  for (const { name, value } of variables.values())
    if (value !== undefined && !value.includes('$['))
      found[environmentName(name)] = filled(value, variables, reading, dir);
  return found;
}
