import { isAscii, isUtf8 } from 'node:buffer';
import type { Format } from './types.js';

/** Thrown where bytes are no UTF-8. */
export class NotUtf8 extends Error {}

/**
 * What windows-1252 has from 0x80 to 0x9f, where Latin-1 has control characters; those it lacks stay what they are.
 * Not by a TextDecoder: Node 20.18.3 to 24 leaves all of them what they are (nodejs/node#60888).
 */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Of UTF-8, at the beginning of a file; no part of its text, whatever follows. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What may not be in a text: NUL, and bytes that windows-1252 lacks. */
export const forbiddenIn = (encoding: Format['encoding']): RegExp =>
  encoding === 'latin-1' ? /[\0\x81\x8d\x8f\x90\x9d]/ : /\0/;

/**
 * Turns bytes into text part by part, each cut after a whole character.
 * Not by a streaming TextDecoder: it is half as fast, and its strings take two bytes per character even for ASCII.
 */
export class Decoder {
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(readonly encoding: Format['encoding']) {}

  /** @throws {NotUtf8} */
  write(bytes: Buffer): string {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    if (!this.#begun && all.length < MARK.length) {
      this.#rest = all;
      return '';
    }
    const text = this.#begun || !MARK.equals(all.subarray(0, MARK.length)) ? all : all.subarray(MARK.length);
    this.#begun = true;
    if (this.encoding === 'latin-1') {
      this.#rest = all.subarray(all.length);
      return windows1252(text);
    }
    const end = text.length - unfinished(text);
    this.#rest = text.subarray(end);
    return utf8(text.subarray(0, end));
  }

  /**
   * What is left, of a very short text.
   *
   * @throws {NotUtf8} when the last character is not whole
   */
  end(): string {
    return this.encoding === 'latin-1' ? windows1252(this.#rest) : utf8(this.#rest);
  }
}

function utf8(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw new NotUtf8();
  return bytes.toString('utf8');
}

const windows1252 = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[\x80-\x9f]/g, (char) => WINDOWS.charAt(char.charCodeAt(0) - 0x80));

/** How many of the last bytes begin a character of UTF-8 that has not ended. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
