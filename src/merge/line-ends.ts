import type { FileEntry } from '../render/tree.js';
import { sameBytes } from './same.js';
import { isBinary } from './text.js';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Base and theirs in the line ends that the team's file mostly has: otherwise every line of it would count as changed.
 * A file that is the base's stays out of this, so that an untouched repository becomes what is rendered, byte for byte;
 * unless the base was `adapted` to the team's line ends before.
 */
export function inTheirLineEnds(
  base: FileEntry | undefined,
  ours: FileEntry | undefined,
  theirs: FileEntry | undefined,
  adapted = false,
): { readonly base: FileEntry | undefined; readonly theirs: FileEntry | undefined } {
  if (!ours || isLink(ours) || isBinary(ours.content)) return { base, theirs };
  if (!adapted && base && sameBytes(base.content, ours.content)) return { base, theirs };
  const { crlf, lf } = lineEnds(ours.content);
  if (crlf + lf === 0) return { base, theirs };
  const convert = crlf > lf ? withCrlf : withLf;
  const as = (entry: FileEntry | undefined): FileEntry | undefined =>
    !entry || isLink(entry) || isBinary(entry.content)
      ? entry
      : { ...entry, content: convert(entry.content) };
  return { base: as(base), theirs: as(theirs) };
}

function isLink(entry: FileEntry): boolean {
  return entry.mode === '120000';
}

function lineEnds(content: Uint8Array): { crlf: number; lf: number } {
  let [crlf, lf] = [0, 0];
  for (let at = content.indexOf(LF); at !== -1; at = content.indexOf(LF, at + 1))
    if (at > 0 && content[at - 1] === CR) crlf++;
    else lf++;
  return { crlf, lf };
}

function withCrlf(content: Uint8Array): Uint8Array {
  const { lf } = lineEnds(content);
  if (lf === 0) return content;
  const result = new Uint8Array(content.length + lf);
  let to = 0;
  content.forEach((byte, at) => {
    if (byte === LF && content[at - 1] !== CR) result[to++] = CR;
    result[to++] = byte;
  });
  return result;
}

/** Only where the template itself ends most lines in CRLF; a lone one in it is text. */
function withLf(content: Uint8Array): Uint8Array {
  const { crlf, lf } = lineEnds(content);
  return crlf > lf ? content.filter((byte, at) => byte !== CR || content[at + 1] !== LF) : content;
}
