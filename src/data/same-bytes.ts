import { closeSync, lstatSync, openSync, readSync, statSync } from 'node:fs';

const BLOCK = 1 << 20;

/** Whether a file, of any size, stands at `other` already; a link is no copy, and nothing that one would overwrite. */
export function sameBytes(one: string, other: string): boolean {
  const there = lstatSync(other, { throwIfNoEntry: false });
  if (!there?.isFile() || there.size !== statSync(one).size) return false;
  const files: number[] = [];
  try {
    const [left, right] = [Buffer.alloc(BLOCK), Buffer.alloc(BLOCK)];
    for (const path of [one, other]) files.push(openSync(path, 'r'));
    const [first, second] = files as [number, number];
    for (;;) {
      const got = readSync(first, left);
      if (got !== readSync(second, right) || left.compare(right, 0, got, 0, got)) return false;
      if (!got) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}
