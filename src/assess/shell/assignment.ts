import type { List } from './nodes.js';
import { parse } from './parse.js';
import { type Constants, expand, known } from './values.js';
import { plain, type Word } from './words.js';

interface Assignment {
  readonly name: string;
  readonly word: Word;
  readonly append: boolean;
}

/** `NAME=value` as a word that comes before a command. */
export function assignmentOf(word: Word): Assignment | undefined {
  const [first, ...rest] = word.parts;
  if (first?.kind !== 'text' || first.quoted) return undefined;
  const found = /^([A-Za-z_]\w*)(\+?)=([\s\S]*)$/.exec(first.text);
  if (!found) return undefined;
  const value = found[3] ?? '';
  const parts = value === '' ? rest : [{ ...first, text: value }, ...rest];
  return { name: found[1] ?? '', word: { ...word, parts }, append: found[2] === '+' };
}

/** Gives a name its value, or takes away what was known of it. */
export function assign({ name, word, append }: Assignment, from: Constants, to: Constants): void {
  const text = plain(word);
  const list = text === undefined ? undefined : /^\(([\s\S]*)\)$/.exec(text)?.[1];
  if (list !== undefined) {
    const words = parse(list).flatMap((node) => (node.kind === 'simple' ? node.words : []));
    const values = words.flatMap((one) => expand(one, from)).join('\u0000');
    const before = append ? (to.get(`${name}[@]`) ?? from.get(`${name}[@]`)) : undefined;
    to.set(`${name}[@]`, before ? `${before}\u0000${values}` : values);
    return;
  }
  const value = known(word, from);
  if (value === undefined) {
    to.delete(name);
    if (to !== from) from.delete(name);
  } else to.set(name, append ? `${from.get(name) ?? ''}${value}` : value);
}

/** What all of them agree on. */
export function merged(all: readonly Constants[]): Constants {
  const [first, ...rest] = all;
  return new Map([...(first ?? [])].filter(([name, value]) => rest.every((one) => one.get(name) === value)));
}

/** Names that a body gives values to. */
export function assigned(list: List): string[] {
  return list.flatMap((node): string[] => {
    switch (node.kind) {
      case 'simple': {
        const names = node.words.flatMap((word) => assignmentOf(word)?.name ?? []);
        const [first] = node.words;
        const shifts = first && plain(first) === 'shift';
        return shifts ? [...names, '1', '2', '3', '4', '@', '*', '#'] : names;
      }
      case 'pipeline':
        return assigned(node.parts);
      case 'both':
        return assigned([node.first, ...node.rest.map(({ node }) => node)]);
      case 'group':
      case 'loop':
        return assigned(node.body);
      case 'background':
      case 'redirected':
        return assigned([node.node]);
      case 'if':
        return [...node.branches.flatMap(({ body }) => assigned(body)), ...assigned(node.otherwise)];
      case 'case':
        return node.branches.flatMap(({ body }) => assigned(body));
      case 'function':
        return [];
    }
  });
}
