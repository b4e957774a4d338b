import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { replaceFile } from '../replace-file.js';
import type { Files } from './types.js';

/** The answer of a folder is one file; beyond, those that were made the longest ago go. */
const MOST_FOLDERS = 100;
/** Characters. What is larger comes of a repository that hardly anybody asks twice about. */
const LARGEST = 10_000_000;

/** Where answers are kept, and who gives them: another version, or the same on another day, may answer otherwise. */
export interface Keeper {
  readonly folder: string;
  readonly maker: string;
}

interface Kept<Answer> {
  readonly maker: string;
  /** The files that were read for it, in order. */
  readonly read: readonly string[];
  /** Of all paths, and of the texts of what was read. */
  readonly sight: string;
  readonly answer: Answer;
}

/**
 * What `make` says of files, or what it said before of the very same ones: the same paths, and the same texts of all
 * that it read then. It must hang on nothing else but what the keeper names. An answer that cannot be kept is no error.
 *
 * @param about the folder that the files are of
 */
export async function kept<Answer>(
  keeper: Keeper,
  about: string,
  files: Files,
  make: (files: Files) => Promise<Answer>,
): Promise<Answer> {
  const path = join(keeper.folder, `${digest(about).slice(0, 32)}.json`);
  const before = readKept<Answer>(path);
  if (before?.maker === keeper.maker && sightOf(files, before.read) === before.sight) return before.answer;
  const read = new Set<string>();
  const answer = await make({
    ...files,
    text: (one) => {
      read.add(one);
      return files.text(one);
    },
  });
  write(keeper, path, { maker: keeper.maker, read: [...read], sight: sightOf(files, read), answer });
  return answer;
}

/** The folder for what programs may lose at any time; undefined where the environment does not say. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [base, below] =
    process.platform === 'win32'
      ? [env.LOCALAPPDATA, 'azmlops/Cache']
      : env.XDG_CACHE_HOME
        ? [env.XDG_CACHE_HOME, 'azmlops']
        : [env.HOME, process.platform === 'darwin' ? 'Library/Caches/azmlops' : '.cache/azmlops'];
  return base && isAbsolute(base) ? join(base, below) : undefined;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function sightOf(files: Files, read: Iterable<string>): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([files.within, files.notes, files.paths]));
  for (const path of read) {
    const text = files.text(path);
    hash.update(JSON.stringify([path, text?.length ?? files.skipped.get(path) ?? null]));
    if (text !== undefined) hash.update(text);
  }
  return hash.digest('hex');
}

function readKept<Answer>(path: string): Kept<Answer> | undefined {
  try {
    const known = JSON.parse(readFileSync(path, 'utf8')) as Kept<Answer> | null;
    return known && Array.isArray(known.read) ? known : undefined;
  } catch {
    return undefined;
  }
}

function write({ folder }: Keeper, path: string, answer: Kept<unknown>): void {
  const text = JSON.stringify(answer);
  if (text.length > LARGEST) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    replaceFile(path, text, 0o600);
    forget(folder);
  } catch {
    // Then it is made again the next time.
  }
}

function forget(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= MOST_FOLDERS) return;
  const aged = names.map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }));
  for (const { name } of aged.sort((a, b) => b.at - a.at).slice(MOST_FOLDERS))
    rmSync(join(folder, name), { force: true });
}
