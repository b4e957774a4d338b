import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { tryGit } from '../../git/git.js';
import { type FileEntry, textOf } from '../../render/tree.js';

/** What lies in a repository, as far as the checks read it. */
export interface Files {
  /** Relative to the repository, with `/`; without what git ignores. */
  readonly paths: readonly string[];
  /** Undefined for what is no file, no text, or larger than any that is read. */
  readonly text: (path: string) => string | undefined;
  /** What stands at a path, no link followed. */
  readonly entry: (path: string) => FileEntry | undefined;
}

const MOST = { paths: 50_000, textBytes: 1024 * 1024, bytes: 64 * 1024 * 1024 } as const;

/** @param known what is looked for where git does not list anything */
export async function filesIn(dir: string, known: Iterable<string>): Promise<Files> {
  const listed = await tryGit(dir, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const names = listed.exitCode === 0 ? listed.stdout.split('\0').filter(Boolean) : [...known];
  const paths = [...new Set(names)].sort().slice(0, MOST.paths);
  const bytes = (path: string, most: number): Uint8Array | undefined => {
    const found = lstatSync(join(dir, path), { throwIfNoEntry: false });
    return found?.isFile() && found.size <= most ? readFileSync(join(dir, path)) : undefined;
  };
  return {
    paths,
    text: (path) => {
      const content = quietly(() => bytes(path, MOST.textBytes));
      return content && textOf(content);
    },
    entry: (path) =>
      quietly(() => {
        const found = lstatSync(join(dir, path), { throwIfNoEntry: false });
        if (found?.isSymbolicLink())
          return { mode: '120000', content: Buffer.from(readlinkSync(join(dir, path))) };
        const content = bytes(path, MOST.bytes);
        return content && { mode: (found?.mode ?? 0) & 0o100 ? '100755' : '100644', content };
      }),
  };
}

/** What cannot be read is not there: a file in place of a folder, no permission. */
function quietly<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
