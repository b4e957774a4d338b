import { textOf } from '../../render/tree.js';

/** Bytes. A notebook holds its outputs, pictures among them. */
const LARGEST = 2_000_000;
const LARGEST_NOTEBOOK = 20_000_000;

export const largestOf = (path: string): number => (path.endsWith('.ipynb') ? LARGEST_NOTEBOOK : LARGEST);

export type Text =
  { readonly text: string; readonly why?: undefined } | { readonly text?: undefined; readonly why: string };

export const tooLarge = (most: number): Text => ({ why: `larger than ${most / 1_000_000} MB` });

/** Bytes as text with `\n` at the ends of its lines and without a byte order mark, or why they are none. */
export function asText(content: Uint8Array): Text {
  const text = textOf(content);
  if (text === undefined) return { why: kindOf(content) };
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return { text: plain.includes('\r') ? plain.replace(/\r\n/g, '\n') : plain };
}

function kindOf(content: Uint8Array): string {
  const [first = 0, second = 0] = content;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16';
  return content.includes(0) ? 'binary' : 'not UTF-8';
}
