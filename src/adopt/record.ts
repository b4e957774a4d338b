import { pathProblem } from '../baseline/path.js';
import { EXIT, UserError } from '../errors.js';
import { quoted } from '../render/quote.js';
import { ADOPTED } from '../render/render.js';

/** What of the repository does what, paths relative to it. */
export interface Mapping {
  /** Notebook or script that trains. */
  readonly trains?: string;
  readonly scores?: string;
  /** The CSV file that the profile was made from. */
  readonly data?: string;
  /** Workflow or pipeline that tests. */
  readonly tests?: string;
  /** Notebooks whose code goes into the package at level 1. */
  readonly notebooks: readonly string[];
}

/** What adopt remembers for the upgrades that follow. The manifest has no place for it: it says how a tree is rendered. */
export interface Adopted {
  /** At which it was adopted. */
  readonly level: number;
  /** Files that stay the team's whatever templates have there: those are left out. */
  readonly yours: readonly string[];
  readonly map: Mapping;
}

const ROLES = ['trains', 'scores', 'data', 'tests'] as const;

export function writeAdopted({ level, yours, map }: Adopted): string {
  const list = (paths: readonly string[], margin: string) =>
    paths.map((path) => `${margin}- ${quoted(path)}`);
  const roles = ROLES.flatMap((role) => (map[role] === undefined ? [] : [`  ${role}: ${quoted(map[role])}`]));
  const notebooks = map.notebooks.length ? ['  notebooks:', ...list(map.notebooks, '    ')] : [];
  return [
    '# Written by azmlops adopt, and read by it when this repository moves up a level.',
    'version: 1',
    `level: ${level}`,
    '# These stay yours: what templates have at these paths is left out. Take a line away to be offered it, as a conflict.',
    ...(yours.length ? ['yours:', ...list(yours, '  ')] : ['yours: []']),
    '# What does what here, as it was seen or said.',
    ...(roles.length + notebooks.length ? ['map:', ...roles, ...notebooks] : ['map: {}']),
    '',
  ].join('\n');
}

/** @throws UserError (3) naming what is wrong with the file */
export async function readAdopted(text: string): Promise<Adopted> {
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw damaged(`cannot be read: ${(error as Error).message.split('\n')[0]}`);
  }
  const { version, level, yours = [], map = {}, ...more } = recordOf(value);
  const extra = Object.keys(more)[0];
  if (version !== 1) throw damaged('is not of version 1');
  if (extra !== undefined) throw damaged(`has a key ${JSON.stringify(extra)} that it never has`);
  if (!Number.isInteger(level) || Number(level) < 0 || Number(level) > 4)
    throw damaged('has no level from 0 to 4');
  const { notebooks = [], ...roles } = recordOf(map ?? {});
  const found: Record<string, string> = {};
  for (const [role, path] of Object.entries(roles)) {
    if (!ROLES.some((each) => each === role))
      throw damaged(`has a key ${JSON.stringify(role)} under map that it never has`);
    found[role] = pathOf(path);
  }
  return {
    level: Number(level),
    yours: pathsOf(yours, 'yours'),
    map: { ...found, notebooks: pathsOf(notebooks, 'notebooks') },
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw damaged('is no list of keys');
  return value as Record<string, unknown>;
}

function pathsOf(value: unknown, key: string): string[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw damaged(`has no list of paths under ${key}`);
  return value.map(pathOf);
}

function pathOf(value: unknown): string {
  const wrong = typeof value === 'string' ? pathProblem(value) : 'is no text';
  if (wrong) throw damaged(`names a path that ${wrong}: ${JSON.stringify(value)}`);
  return value as string;
}

const damaged = (why: string): UserError =>
  new UserError(`${ADOPTED} ${why}.`, `Restore it from git: git log -- ${ADOPTED}`, EXIT.refused);
