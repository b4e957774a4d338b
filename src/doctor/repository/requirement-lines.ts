import { parse } from 'yaml';
import type { Files } from './files.js';

/** A package that something here asks for. */
export interface Requirement {
  readonly path: string;
  /** Absent where the file is not read line by line. */
  readonly line?: number;
  readonly name: string;
  /** As it is written. */
  readonly text: string;
  /** Whether two installations a year apart get what was tried: an exact version where `exact` is asked for. */
  readonly pinned: boolean;
}

const NAME = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/s;

/** Every Python package that requirements files, pyproject.toml and conda files of the repository ask for. */
export async function requirementsIn({ paths, text }: Files): Promise<Requirement[]> {
  const found: Requirement[] = [];
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (/^requirements[\w.-]*\.(txt|in)$/i.test(name)) found.push(...ofLines(path, text(path) ?? ''));
    else if (name === 'pyproject.toml') found.push(...(await ofProject(path, text(path) ?? '', paths)));
    else if (/\.ya?ml$/.test(name) && !path.startsWith('.github/'))
      found.push(...ofConda(path, text(path) ?? ''));
  }
  return found;
}

export function ofLines(path: string, text: string): Requirement[] {
  const found: Requirement[] = [];
  let begun: { line: number; text: string } | undefined;
  text.split(/\r?\n/).forEach((raw, at) => {
    const line = `${begun?.text ?? ''}${raw.replace(/(^|\s)#.*$/, '')}`;
    const start = begun?.line ?? at + 1;
    if (line.endsWith('\\')) {
      begun = { line: start, text: line.slice(0, -1) };
      return;
    }
    begun = undefined;
    const plain = line.trim();
    if (!plain || plain.startsWith('-')) return;
    const made = requirement(plain, path, start);
    if (made) found.push(made);
  });
  return found;
}

async function ofProject(path: string, text: string, paths: readonly string[]): Promise<Requirement[]> {
  // A lock beside it names exact versions of all.
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  if (['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock.toml'].some((lock) => paths.includes(folder + lock)))
    return [];
  const { parse: parseToml } = await import('smol-toml');
  let document: Record<string, unknown>;
  try {
    document = parseToml(text);
  } catch {
    return [];
  }
  const project = record(document.project);
  const groups = [project['optional-dependencies'], document['dependency-groups']].flatMap((each) =>
    Object.values(record(each)),
  );
  const written = [record(document['build-system']).requires, project.dependencies, ...groups].flat(1);
  return written
    .filter((each): each is string => typeof each === 'string')
    .flatMap((each) => requirement(each, path, lineOf(text, each)) ?? []);
}

/** A conda file is to make the same environment again: nothing but one version will do. */
export function ofConda(path: string, text: string): Requirement[] {
  if (!/^dependencies:/m.test(text)) return [];
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 10 });
  } catch {
    return [];
  }
  const { dependencies, channels } = record(document);
  if (!Array.isArray(dependencies) || (channels === undefined && !/conda/i.test(path))) return [];
  return dependencies.flatMap((each: unknown): Requirement[] => {
    if (typeof each === 'string') {
      const [name = '', version] = each.split(/[=<>!~\s]+/);
      const pinned = /^[\w.-]+\s*={1,2}\s*\d[\w.]*$/.test(each.replace(/^[\w-]+::/, ''));
      return [{ path, ...at(lineOf(text, each)), name, text: each, pinned: pinned && version !== undefined }];
    }
    const pip = record(each).pip;
    if (!Array.isArray(pip)) return [];
    return pip
      .filter((one): one is string => typeof one === 'string' && !one.startsWith('-'))
      .flatMap((one) => requirement(one, path, lineOf(text, one), true) ?? []);
  });
}

function requirement(
  written: string,
  path: string,
  line: number | undefined,
  exact = false,
): Requirement | undefined {
  const [said = ''] = written.split(';');
  const [, name, rest = ''] = NAME.exec(said.trim()) ?? [];
  if (name === undefined) return undefined;
  const bound = rest.replace(/\s--hash=\S+/g, '').trim();
  const pinned = bound.startsWith('@')
    ? /@[0-9a-f]{40}\b|#sha256=|\.whl\b/.test(bound)
    : exact
      ? /^={2,3}\s*[^*,]+$/.test(bound)
      : /(==|~=|<)/.test(bound);
  return { path, ...at(line), name, text: said.trim(), pinned };
}

const at = (line: number | undefined) => (line === undefined ? {} : { line });

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

function lineOf(text: string, part: string): number | undefined {
  const found = text.indexOf(part);
  return found === -1 ? undefined : text.slice(0, found).split('\n').length;
}
