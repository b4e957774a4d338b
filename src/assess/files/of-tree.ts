import type { FileEntry, FileTree } from '../../render/tree.js';
import type { Files } from '../types.js';
import { asText, largestOf, type Text, tooLarge } from './text.js';

/** The files of a tree in memory: for tests, and for what was just rendered. */
export function filesOf(tree: FileTree, within = ''): Files {
  const skipped = new Map<string, string>();
  const texts = new Map<string, string | undefined>();
  const read = (path: string): string | undefined => {
    const entry = tree.get(path);
    if (!entry) return undefined;
    const text = textOfEntry(path, entry);
    if (text.text === undefined) skipped.set(path, text.why);
    return text.text;
  };
  return {
    paths: [...tree.keys()].sort(),
    within: folder(within),
    has: (path) => tree.has(path),
    text: (path) => {
      if (!texts.has(path)) texts.set(path, read(path));
      return texts.get(path);
    },
    skipped,
    notes: [],
  };
}

const folder = (within: string): string => (within === '' || within.endsWith('/') ? within : `${within}/`);

function textOfEntry(path: string, { mode, content }: FileEntry): Text {
  if (mode === '120000') return { why: 'a link' };
  return content.length > largestOf(path) ? tooLarge(largestOf(path)) : asText(content);
}
