import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file beside its place, and puts it there once it is whole: what was there before stays until then, and two
 * that write at once leave one of the two.
 *
 * @param mode of the new file
 */
export function replaceFile(path: string, text: string, mode = 0o666): void {
  const beside = `${path}.${process.pid}`;
  try {
    writeFileSync(beside, text, { mode, flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    throw error;
  }
}
