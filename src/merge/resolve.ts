import { isBinary, type MergeLines } from './text.js';
import type { Merged, Sides } from './types.js';

const NOTEBOOK = /\.ipynb$/;
const PATTERNS = /(^|\/)\.\w+ignore$/;
const STRUCTURED = /\.(ya?ml|json|toml)$/;

/** Merges the content of one file that both sides changed: by cell, by line, or by key, as the file is. */
export async function resolve(path: string, sides: Sides, mergeLines: MergeLines): Promise<Merged> {
  const { base, ours, theirs } = sides;
  if ([base, ours, theirs].some((content) => content && isBinary(content)))
    return { kind: 'conflict', content: ours, beside: theirs, reason: base ? CHANGED_BINARY : ADDED_BINARY };
  if (NOTEBOOK.test(path)) {
    const { mergeNotebook } = await import('./notebook.js');
    return mergeNotebook(sides, (...cells) => mergeSources(cells, mergeLines));
  }
  const merged = await mergeLines(sides);
  if (merged.kind === 'conflict' && base && PATTERNS.test(path)) {
    const { mergePatterns } = await import('./patterns.js');
    const content = mergePatterns(merged.content);
    return content ? { kind: 'clean', content, reason: BOTH_ADDED } : merged;
  }
  if (!STRUCTURED.test(path)) return merged;
  if (merged.kind === 'clean') {
    const { stillReads } = await import('./still-reads.js');
    return (await stillReads(path, sides, merged.content))
      ? merged
      : { kind: 'conflict', content: ours, beside: theirs, reason: UNREADABLE };
  }
  if (!base) return merged;
  const { mergeStructured } = await import('./structured.js');
  const content = await mergeStructured(path, { base, ours, theirs }, merged.content);
  return content ? { kind: 'clean', content, reason: BOTH_ADDED } : merged;
}

const BOTH_ADDED = 'Both you and the template added to it; it holds both.';
const UNREADABLE =
  'Both you and the template changed it, and put together line by line it can no longer be read: yours stays.';
const CHANGED_BINARY = 'Both you and the template changed it, and it is no text: yours stays.';
const ADDED_BINARY = 'You and the template each added it, and it is no text: yours stays.';

async function mergeSources(sources: readonly [string, string, string], mergeLines: MergeLines) {
  const [base, ours, theirs] = sources.map((source) => Buffer.from(source)) as [Buffer, Buffer, Buffer];
  const merged = await mergeLines({ base, ours, theirs });
  return merged.kind === 'clean' ? Buffer.from(merged.content).toString() : undefined;
}
