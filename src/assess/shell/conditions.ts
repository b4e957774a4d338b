import { plain, type Word } from './words.js';
import type { List, Node, Simple } from './nodes.js';
import { type Constants, known } from './values.js';

/** Whether a condition holds; undefined when only a run can say. */
export function holds(condition: List, constants: Constants): boolean | undefined {
  const last = condition.at(-1);
  return last === undefined ? undefined : nodeHolds(last, constants);
}

/** What the exit code of a command says, as far as constants decide it. */
export function nodeHolds(node: Node, constants: Constants): boolean | undefined {
  switch (node.kind) {
    case 'simple':
      return simpleHolds(node, constants);
    case 'pipeline': {
      if (node.parts.length !== 1 || !node.parts[0]) return undefined;
      const inner = nodeHolds(node.parts[0], constants);
      return inner === undefined ? undefined : inner !== node.negated;
    }
    case 'both': {
      let value = nodeHolds(node.first, constants);
      for (const { operator, node: next } of node.rest) {
        const right = nodeHolds(next, constants);
        value = operator === '&&' ? and(value, right) : or(value, right);
      }
      return value;
    }
    case 'group':
      return node.body.length === 1 && node.body[0] ? nodeHolds(node.body[0], constants) : undefined;
    default:
      return undefined;
  }
}

type Truth = boolean | undefined;
const and = (a: Truth, b: Truth): Truth => (a === false || b === false ? false : a && b);
const or = (a: Truth, b: Truth): Truth => (a === true || b === true ? true : a === false ? b : undefined);
const not = (a: Truth): Truth => (a === undefined ? undefined : !a);

function simpleHolds({ words }: Simple, constants: Constants): Truth {
  const [first] = words;
  const name = first ? (plain(first) ?? known(first, constants)) : undefined;
  if (name === 'true' || name === ':') return true;
  if (name === 'false') return false;
  if (name !== '[' && name !== '[[' && name !== 'test') return undefined;
  const inner = words.slice(1, name === 'test' ? undefined : -1);
  return test(inner, constants, name === '[[');
}

function test(words: readonly Word[], constants: Constants, extended: boolean): Truth {
  const texts = words.map((word) => plain(word));
  for (const [operator, join] of [
    [/^(?:\|\||-o)$/, or],
    [/^(?:&&|-a)$/, and],
  ] as const) {
    const at = texts.findIndex((text, index) => index > 0 && text !== undefined && operator.test(text));
    if (at > 0)
      return join(
        test(words.slice(0, at), constants, extended),
        test(words.slice(at + 1), constants, extended),
      );
  }
  if (texts[0] === '!') return not(test(words.slice(1), constants, extended));
  const value = (index: number) => {
    const word = words[index];
    return word ? known(word, constants) : undefined;
  };
  if (words.length === 1) {
    const only = value(0);
    return only === undefined ? undefined : only !== '';
  }
  if (words.length === 2) {
    const only = value(1);
    if (only === undefined) return undefined;
    return texts[0] === '-z' ? only === '' : texts[0] === '-n' ? only !== '' : undefined;
  }
  if (words.length !== 3) return undefined;
  const [left, operator, right] = [value(0), texts[1], value(2)];
  if (left === undefined || right === undefined) return undefined;
  // With patterns only a run knows.
  const pattern = extended && /[*?[]/.test(right);
  switch (operator) {
    case '=':
    case '==':
      return pattern ? undefined : left === right;
    case '!=':
      return pattern ? undefined : left !== right;
    case '-eq':
      return Number(left) === Number(right);
    case '-ne':
      return Number(left) !== Number(right);
    case '-gt':
      return Number(left) > Number(right);
    case '-lt':
      return Number(left) < Number(right);
    case '-ge':
      return Number(left) >= Number(right);
    case '-le':
      return Number(left) <= Number(right);
    default:
      return undefined;
  }
}

/** Whether a pattern of `case` takes a word: only stars and plain text are known. */
export function matches(pattern: string, word: string): boolean | undefined {
  if (/[?[]/.test(pattern)) return undefined;
  const [start = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return word === pattern;
  if (!word.startsWith(start)) return false;
  let at = start.length;
  for (const part of rest) {
    const found = word.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return word.length - last.length >= at && word.endsWith(last);
}
