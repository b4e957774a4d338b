import type { Files } from './files.js';
import type { Requirement } from './requirement-lines.js';
import type { Kind } from './retired-versions.js';

/** A version that a line of the repository names. */
export interface Named {
  readonly kind: Kind;
  readonly value: string;
  readonly path: string;
  readonly line?: number;
}

/** Keys of YAML files by what their value is; a list may stand behind them, in one line or below. */
const KEYS: Readonly<Record<string, Kind>> = {
  image: 'image',
  environment: 'environment',
  instance_type: 'size',
  size: 'size',
  'runs-on': 'runner',
  'python-version': 'python',
  python: 'python',
  uses: 'action',
};

/** Images, versions of Python, actions, machines and packages that the repository names; comments do not count. */
export function namedIn({ paths, text }: Files, requirements: readonly Requirement[]): Named[] {
  const found: Named[] = requirements.flatMap(({ path, line, name, text: written }): Named[] => {
    const at = { path, ...(line === undefined ? {} : { line }) };
    const [, version] = /^python\s*={1,2}\s*([\d.]+)/.exec(written) ?? [];
    return version === undefined
      ? [{ kind: 'package', value: name, ...at }]
      : [{ kind: 'python', value: version, ...at }];
  });
  for (const path of paths) {
    if (/\.ya?ml$/.test(path)) found.push(...ofYaml(path, text(path) ?? ''));
    else if (/(^|\/)Dockerfile[\w.-]*$/.test(path)) found.push(...ofDocker(path, text(path) ?? ''));
  }
  return found;
}

function ofYaml(path: string, text: string): Named[] {
  const found: Named[] = [];
  let list: { kind: Kind; indent: number } | undefined;
  text.split(/\r?\n/).forEach((raw, at) => {
    const said = { path, line: at + 1 };
    const [, indent = '', dash = '', key, behind = ''] =
      /^(\s*)(-\s+)?["']?([\w.-]+)["']?:(?:\s+(.*))?$/.exec(raw) ?? [];
    const kind = key === undefined ? undefined : KEYS[key];
    if (kind) {
      found.push(...valuesOf(behind, kind).map((value) => ({ kind, value, ...said })));
      list = plain(behind) || kind === 'python' ? undefined : { kind, indent: indent.length + dash.length };
    } else if (key !== undefined) list = undefined;
    else if (list) {
      const [, inner = '', item] = /^(\s*)-\s+(.+)$/.exec(raw) ?? [];
      const of = list;
      if (item === undefined || inner.length < of.indent) list = raw.trim() ? undefined : list;
      else found.push(...valuesOf(item, of.kind).map((value) => ({ kind: of.kind, value, ...said })));
    }
  });
  return found;
}

const plain = (text: string): string => text.replace(/(^|\s)#.*$/, '').trim();

function valuesOf(behind: string, kind: Kind): string[] {
  const words = plain(behind)
    .replace(/^\[(.*)\]$/, '$1')
    .split(/,\s*/)
    .map((word) => word.trim().replace(/^["'](.*)["']$/, '$1'))
    .filter((word) => word && !word.includes('${{'));
  // A list of several versions of Python is what is tried, not what is used.
  if (kind === 'python' && words.length > 1) return [];
  if (kind !== 'action') return words;
  // Of an action that is pinned by commit, the comment behind says the version.
  const [, version] = /#\s*(v?\d[\w.]*)/.exec(behind) ?? [];
  return words.map((word) =>
    version && /@[0-9a-f]{40}$/.test(word) ? word.replace(/@.*/, `@${version}`) : word,
  );
}

const ofDocker = (path: string, text: string): Named[] =>
  text.split(/\r?\n/).flatMap((line, at): Named[] => {
    const [, value] = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)/i.exec(line) ?? [];
    return value === undefined ? [] : [{ kind: 'image', value, path, line: at + 1 }];
  });
