import { onceOf } from '../once.js';
import type { Files } from '../types.js';
import { ancestors, folderOf } from './paths.js';

interface Module {
  readonly path: string;
  /** How many parts of the name are its own. */
  readonly length: number;
}

/** What is known of one repository: names that a module of it may end in, and answers that were given. */
interface Known {
  readonly ends: ReadonlySet<string>;
  readonly answers: Map<string, string | undefined>;
  readonly names: Map<string, readonly Module[]>;
  programs?: ReadonlyMap<string, string>;
}

const knownOf = onceOf(({ paths }: Files): Known => ({
  ends: endsIn(paths),
  answers: new Map(),
  names: new Map(),
}));

/** Most modules are of others, and most of those bear a name that no file here has. */
function endsIn(paths: readonly string[]): ReadonlySet<string> {
  const ends = new Set<string>();
  for (const path of paths) {
    if (!path.endsWith('.py')) continue;
    const parts = path.split('/');
    const file = (parts.pop() ?? '').slice(0, -'.py'.length);
    ends.add(file);
    if (file === '__init__' || file === '__main__') ends.add(parts.pop() ?? '');
  }
  return ends;
}

/** The file of a module as seen from a folder: beside it, at a root above it, or in a `src` there. */
export function moduleFile(module: string, dir: string | undefined, files: Files): string | undefined {
  const { ends, answers } = knownOf(files);
  const parts = module.split('.');
  if (!ends.has(parts.at(-1) ?? '') && !ends.has(parts.at(-2) ?? '')) return undefined;
  const key = `${module} ${dir ?? ''}`;
  if (answers.has(key)) return answers.get(key);
  const found = /^[A-Za-z_][\w.]*$/.test(module) ? lookedUp(parts, dir ?? '', files) : undefined;
  answers.set(key, found);
  return found;
}

/** Whether a file is this module, dotted, and not the package around it. */
export const isModule = (path: string, module: string): boolean =>
  ['.py', '/__init__.py', '/__main__.py'].some((end) =>
    `/${path}`.endsWith(`/${module.replaceAll('.', '/')}${end}`),
  );

function lookedUp(parts: readonly string[], dir: string, files: Files): string | undefined {
  const roots = [...new Set(ancestors(dir).flatMap((one) => [one, one === '' ? 'src' : `${one}/src`]))];
  for (const length of [parts.length, parts.length - 1]) {
    if (length < 1) break;
    const base = parts.slice(0, length).join('/');
    const ends = length === parts.length ? ['/__main__.py', '.py', '/__init__.py'] : ['.py', '/__init__.py'];
    for (const root of roots) {
      const stem = root === '' ? base : `${root}/${base}`;
      for (const end of ends) if (files.has(stem + end)) return stem + end;
    }
  }
  return undefined;
}

/** Files that a dotted name may begin with, as seen from a folder, the longest first. */
export function modulesIn(parts: readonly string[], dir: string, files: Files): readonly Module[] {
  const { names } = knownOf(files);
  const key = `${parts.join('.')} ${dir}`;
  let found = names.get(key);
  if (!found) {
    const all: Module[] = [];
    for (let length = parts.length; length > 0; length--) {
      const module = parts.slice(0, length).join('.');
      const path = moduleFile(module, dir, files);
      if (path !== undefined && isModule(path, module)) all.push({ path, length });
    }
    names.set(key, (found = all));
  }
  return found;
}

/** The file behind a program that the repository's own packages install: `[project.scripts]`, `console_scripts`. */
export function programOf(name: string, files: Files): string | undefined {
  const here = knownOf(files);
  return (here.programs ??= programsIn(files)).get(name);
}

function programsIn(files: Files): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const path of files.paths) {
    if (!/(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg)$/.test(path)) continue;
    const text = files.text(path) ?? '';
    if (!/scripts/.test(text)) continue;
    for (const [, script = '', module = ''] of text.matchAll(
      /^[\s'"[]*([\w-]{1,80})["']?[ \t]*=[ \t]*["']?([\w.]{1,200}):\w+/gm,
    )) {
      const file = moduleFile(module, folderOf(path), files);
      if (file !== undefined) all.set(script, file);
    }
  }
  return all;
}
