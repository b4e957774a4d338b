import type { Part, Word } from './words.js';

/** The names that a shell text gives constants to. */
export type Constants = Map<string, string>;

/** What a part says, and whether all of it is known. */
interface Said {
  readonly text: string;
  readonly known: boolean;
}

const NOTHING: Constants = new Map();

/** The words that a word becomes: a list that is not quoted is several, an empty one none. */
export function expand(word: Word, constants: Constants): string[] {
  const [only] = word.parts;
  if (only?.kind === 'variable' && word.parts.length === 1) {
    const value = valueOf(only, constants);
    const list = only.name === '@' || only.name === '*' || only.name.endsWith('[@]');
    if (!value.known) return list && value.text === '' ? [] : [value.text];
    if (list) return value.text === '' ? [] : value.text.split('\u0000').filter((one) => one !== '');
    if (!only.quoted) return value.text.split(/\s+/).filter((one) => one !== '');
    return [value.text];
  }
  return [
    word.parts
      .map((part) => said(part, constants).text)
      .join('')
      .replaceAll('\u0000', ' '),
  ];
}

/** The text of a word when all of it is known. */
export function known(word: Word, constants: Constants): string | undefined {
  let out = '';
  for (const part of word.parts) {
    const { text, known } = said(part, constants);
    if (!known) return undefined;
    out += text;
  }
  return out.replaceAll('\u0000', ' ');
}

function said(part: Part, constants: Constants): Said {
  if (part.kind === 'text') return { text: part.text, known: !/\$\{\{|\$\[\[/.test(part.text) };
  if (part.kind === 'commands') return { text: part.raw, known: false };
  return valueOf(part, constants);
}

function valueOf(part: Extract<Part, { kind: 'variable' }>, constants: Constants): Said {
  const value = part.name === '' ? undefined : constants.get(part.name);
  if (value !== undefined) return { text: value, known: true };
  if (part.fallback !== undefined) {
    const text = fallback(part.fallback, constants);
    return { text, known: !text.includes('$') };
  }
  return { text: part.raw, known: false };
}

/** The default of `${NAME:-default}`, which may name another one. */
function fallback(text: string, constants: Constants): string {
  const inner = /^"?\$\{?(\w+)(?::?[-=]([^${}]*))?\}?"?$/.exec(text);
  if (inner?.[1]) return constants.get(inner[1]) ?? inner[2] ?? text;
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}

/** A word as a person would type it. */
export const quoted = (word: string): string =>
  word === '' || /\s/.test(word) ? `"${word.replace(/\s+/g, ' ')}"` : word;

/** Values of positional parameters, so that a script knows what it was called with. */
export function positional(words: readonly string[], outer: Constants = NOTHING): Constants {
  const out = new Map([...outer].filter(([name]) => !/^(?:\d+|[@*#])$/.test(name)));
  words.forEach((word, index) => {
    if (!/[${]/.test(word)) out.set(String(index + 1), word);
  });
  if (words.every((word) => !/\$\(|`/.test(word))) {
    out.set('@', words.join('\u0000'));
    out.set('*', words.join('\u0000'));
  }
  out.set('#', String(words.length));
  return out;
}
