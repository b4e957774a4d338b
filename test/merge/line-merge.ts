import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { mergeStructured } from '../../src/merge/structured.js';

const LABELS = ['-L', 'yours', '-L', 'level 1 template', '-L', 'level 2 template'];

/** Merges by lines with git, then the structure of what git left open; 'no conflict' when git left nothing. */
export function merger(path: string) {
  const dir = mkdtempSync(join(tmpdir(), 'azmlops-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return async (base: string, ours: string | Buffer, theirs: string): Promise<string | undefined> => {
    const [b, o, t] = ['base', 'ours', 'theirs'].map((name) => join(dir, name)) as [string, string, string];
    writeFileSync(b, base);
    writeFileSync(o, ours);
    writeFileSync(t, theirs);
    const { status, stdout } = spawnSync('git', ['merge-file', '-p', '--diff3', ...LABELS, o, b, t]);
    if (status === 0) return 'no conflict';
    const sides = { base: Buffer.from(base), ours: Buffer.from(ours), theirs: Buffer.from(theirs) };
    const merged = await mergeStructured(path, sides, stdout);
    return merged && Buffer.from(merged).toString();
  };
}
