import { textOf } from '../../render/tree.js';
import { shellWord } from '../../upgrade/shell-word.js';

/** Bytes: one that keeps its code and prints of it is a hundredth of that. */
export const LARGEST_NOTEBOOK = 10 * 1024 * 1024;

/** As `whyUnread`, of a notebook that was not opened. */
export const tooLarge = (path: string): string =>
  `is larger than ${LARGEST_NOTEBOOK / 1024 / 1024} MiB, and is not read: jupyter nbconvert --clear-output --inplace ${shellWord(path)} takes its outputs out`;

/** Why nothing of a notebook can be read, and what mends it, as the end of a sentence that begins with its path. */
export function whyUnread(path: string, content: Uint8Array): string {
  const format = formatOf(textOf(content) ?? '');
  return typeof format === 'number' && format < 4
    ? `is a notebook of format ${format}, which is not read: jupyter nbconvert --to notebook --inplace ${shellWord(path)} makes it one of format 4`
    : 'is no notebook that can be read';
}

function formatOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { nbformat?: unknown } | null)?.nbformat;
  } catch {
    return undefined;
  }
}
