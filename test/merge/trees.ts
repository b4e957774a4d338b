import type { FileEntry, FileTree, Mode } from '../../src/render/tree.js';

/** A file of the text; one that begins with `#!` is executable, `-> target` is a link. */
export function file(text: string, mode?: Mode): FileEntry {
  if (text.startsWith('-> ')) return { content: Buffer.from(text.slice(3)), mode: '120000' };
  return { content: Buffer.from(text), mode: mode ?? (text.startsWith('#!') ? '100755' : '100644') };
}

export function tree(texts: Readonly<Record<string, string>>): FileTree {
  return new Map(Object.entries(texts).map(([path, text]) => [path, file(text)]));
}

export function lines(count: number, changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, i) => `${changed[i + 1] ?? `line ${i + 1}`}\n`).join('');
}
