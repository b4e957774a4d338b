import type { visit as Visit } from 'jsonc-parser';
import { textOf } from '../render/tree.js';
import type { Sides } from './types.js';

/**
 * Whether a merge by lines left a file that its parser still takes. Two sides that each add a key in another place merge
 * cleanly, and no parser reads the result.
 */
export async function stillReads(path: string, sides: Sides, merged: Uint8Array): Promise<boolean> {
  const reads = await readerOf(path);
  if (!reads) return true;
  const [ours, theirs, result] = [sides.ours, sides.theirs, merged].map(textOf);
  if (ours === undefined || theirs === undefined || result === undefined) return true;
  // What a side could not read before the merge is no fault of the merge.
  return reads(result) || !reads(ours) || !reads(theirs);
}

type Reads = (text: string) => boolean;

async function readerOf(path: string): Promise<Reads | undefined> {
  const kind = /\.(ya?ml|json|toml)$/i.exec(path)?.[1]?.toLowerCase();
  if (kind === 'toml') {
    const { parse } = await import('smol-toml');
    return (text) => succeeds(() => parse(text));
  }
  if (kind === 'json') {
    const { visit } = await import('jsonc-parser');
    return (text) => readsJson(text, visit);
  }
  if (kind === undefined) return undefined;
  const { parseAllDocuments } = await import('yaml');
  return (text) => {
    const documents = parseAllDocuments(text, { prettyErrors: false });
    return !Array.isArray(documents) || documents.every(({ errors }) => errors.length === 0);
  };
}

function readsJson(text: string, visit: typeof Visit): boolean {
  let sound = true;
  const open: Set<string>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => void open.push(new Set()),
      onObjectEnd: () => void open.pop(),
      onObjectProperty: (name) => {
        if (open.at(-1)?.has(name)) sound = false;
        open.at(-1)?.add(name);
      },
      onError: () => (sound = false),
    },
    { allowTrailingComma: true },
  );
  return sound;
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
