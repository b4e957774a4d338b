/** Mode of a file as git writes it: plain, executable, or a symbolic link (content = target). */
export type Mode = '100644' | '100755' | '120000';

export interface FileEntry {
  readonly content: Uint8Array;
  readonly mode: Mode;
}

/** A rendered repository in memory: path with `/`, relative to its root, to what stands there. */
export type FileTree = Map<string, FileEntry>;

/** The same tree, its paths in the order of their UTF-16 code units, which no locale changes. */
export function sorted(tree: FileTree): FileTree {
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The content as text, or undefined when it is not UTF-8 or holds a NUL (git's own sign of a binary file). */
export function textOf(content: Uint8Array): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return utf8.decode(content);
  } catch {
    return undefined;
  }
}
