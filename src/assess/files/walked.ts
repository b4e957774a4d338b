import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Listing } from './open.js';

export const MOST_PATHS = 200_000;

/** What tools put there, and nobody keeps in a repository on purpose. */
export const NOT_LOOKED_INTO: ReadonlySet<string> = new Set(['.git', 'node_modules', '.venv', '__pycache__']);

/** What lies in a folder, without links and without what is not looked into. */
export function walked(root: string): Listing {
  const paths: string[] = [];
  const left = [''];
  let links = 0;
  let unread = 0;
  let cut = false;
  for (let at = 0; at < left.length && !cut; at++) {
    const dir = left[at] ?? '';
    let entries;
    try {
      entries = readdirSync(join(root, dir), { withFileTypes: true });
    } catch {
      unread++;
      continue;
    }
    for (const entry of entries) {
      const path = dir === '' ? entry.name : `${dir}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!NOT_LOOKED_INTO.has(entry.name)) left.push(path);
      } else if (entry.isSymbolicLink()) links++;
      else if (entry.isFile() && entry.name !== '.git') paths.push(path);
    }
    cut = paths.length > MOST_PATHS || left.length > MOST_PATHS;
  }
  return {
    paths: paths.slice(0, MOST_PATHS).sort(),
    notes: [
      ...(cut ? [tooMany] : []),
      ...(links ? [`${links} ${links === 1 ? 'link was' : 'links were'} not followed.`] : []),
      ...(unread ? [`${unread} ${unread === 1 ? 'folder' : 'folders'} could not be read.`] : []),
    ],
  };
}

export const tooMany = `Only ${MOST_PATHS.toLocaleString('en')} files were looked at: there are more.`;
