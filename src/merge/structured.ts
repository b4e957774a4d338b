import { isDeepStrictEqual } from 'node:util';
import { textOf } from '../render/tree.js';
import { holdsAll, holdsLines } from './structured/check.js';
import { isStrict, readJson } from './structured/json.js';
import { resolveMarkers } from './structured/markers.js';
import type { Resolved } from './structured/markers.js';
import { linesOf, mergeInner } from './structured/parts.js';
import { mergeToml } from './structured/toml.js';
import { Clash, mergeValues } from './structured/values.js';
import { readYaml } from './structured/yaml.js';
import type { Read } from './structured/yaml.js';
import type { Sides } from './types.js';

/**
 * Merges YAML, JSON or TOML where git's merge by lines left markers, since both sides added at the same place. The
 * lines of both come together as they are; undefined unless the result is beyond doubt: it parses to what the parsed
 * sides merge to, and holds each line and each comment of both.
 *
 * @param withMarkers git's merge with diff3 markers of seven characters
 */
export async function mergeStructured(
  path: string,
  sides: Required<Sides>,
  withMarkers: Uint8Array,
): Promise<Uint8Array | undefined> {
  const [marked, ours] = [textOf(withMarkers), textOf(sides.ours)];
  if (marked === undefined || ours === undefined) return undefined;
  const crlf = marked.split('\r\n').length - 1;
  if (crlf > 0 && crlf !== marked.split('\n').length - 1) return undefined;
  const bom = marked.startsWith('\uFEFF') ? '\uFEFF' : '';
  const resolved = resolveMarkers(marked.slice(bom.length).replaceAll('\r\n', '\n'));
  if (!resolved) return undefined;

  const merged = await mergeTexts(path, resolved);
  if (merged === undefined) return undefined;
  // git ends the last line before a marker, whether it was ended or not.
  const last = /(^|\n)>{7}[^\n]*\n?$/.test(marked) ? ours : marked;
  const ended = last.endsWith('\n') ? merged : merged.replace(/\n$/, '');
  return Buffer.from(bom + (crlf > 0 ? ended.replaceAll('\n', '\r\n') : ended));
}

async function mergeTexts(path: string, resolved: Resolved): Promise<string | undefined> {
  try {
    const extension = /\.(ya?ml|json|toml)$/i.exec(path)?.[1]?.toLowerCase();
    if (extension === 'toml') {
      const merged = await mergeToml(resolved);
      return merged !== undefined && holdsLines(merged, resolved) ? merged : undefined;
    }
    if (extension === 'json') {
      const merged = await mergeRead(resolved, readJson);
      const strict = isStrict(resolved.ours) && isStrict(resolved.theirs);
      return strict && merged !== undefined && !isStrict(merged) ? undefined : merged;
    }
    return extension === undefined ? undefined : await mergeRead(resolved, readYaml);
  } catch (error) {
    // Nested deeper than the stack, or both sides did what cannot both stand.
    if (error instanceof Clash || error instanceof RangeError) return undefined;
    throw error;
  }
}

async function mergeRead(
  texts: Resolved,
  read: (text: string) => Promise<Read | undefined>,
): Promise<string | undefined> {
  const [base, ours, theirs] = await Promise.all([texts.base, texts.ours, texts.theirs].map(read));
  if (!base?.inner || !ours?.inner || !theirs?.inner) return undefined;
  const inner = mergeInner(base.inner, ours.inner, theirs.inner);
  const lines = inner && linesOf(inner);
  if (!lines) return undefined;
  const merged = `${lines.join('\n')}\n`;
  const result = await read(merged);
  const sound =
    result &&
    isDeepStrictEqual(result.value, mergeValues(base.value, ours.value, theirs.value)) &&
    holdsAll(result.comments, base.comments, ours.comments, theirs.comments) &&
    holdsLines(merged, texts);
  return sound ? merged : undefined;
}
