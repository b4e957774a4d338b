import { textOf } from '../../render/tree.js';
import { shellWord } from '../../upgrade/shell-word.js';

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
