import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';

export type Key = readonly (string | number)[];

export interface YamlDocument {
  /** Plain values; of a broken document what could be read, undefined when nothing could. */
  readonly value: unknown;
  /** The line (from 1) of a key, or of an item of a list; of the nearest one above when it is not there. */
  line(key: Key): number;
  /** Why no program would read it. */
  readonly error?: string;
  /** A key that stands twice in one mapping: most programs refuse it, others take the last. */
  readonly twice?: string;
}

/** A mapping that is handed on as one; anything else is an empty one. */
export const mapping = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** How deep a value may nest, and how many values it may hold when every alias is written out. */
const DEEPEST = 100;
const MOST_VALUES = 200_000;
/** No file that a person wrote has more; the parser needs time for each. */
const MOST_DOCUMENTS = 1000;
/** Larger ones are data (an OpenAPI document, a lock file), and take the parser seconds. */
const LONGEST = 500_000;

/**
 * The documents of a YAML text, in the grammar of YAML 1.2 (`on:` and `yes` stay text) with merge keys. Never throws:
 * a text that is no YAML has an `error`. Aliases are limited, so that a value is no larger than it may be.
 */
export function readYaml(text: string): readonly YamlDocument[] {
  const known = lately.get(text);
  if (known) return known;
  if (lately.size >= REMEMBERED) lately.clear();
  const documents = read(text);
  lately.set(text, documents);
  return documents;
}

/** Workflows, assets and rules ask for the same texts. */
const lately = new Map<string, readonly YamlDocument[]>();
const REMEMBERED = 2000;

function read(text: string): YamlDocument[] {
  if (text.length > LONGEST) return [{ value: undefined, line: () => 1, error: 'it is larger than 500 kB' }];
  const tooDeep = nestsTooDeep(text);
  if (tooDeep !== undefined)
    return [{ value: undefined, line: () => tooDeep, error: `it nests more than ${DEEPEST} levels deep` }];
  const lines = new LineCounter();
  try {
    const options = {
      lineCounter: lines,
      uniqueKeys: false,
      merge: true,
      prettyErrors: false,
      logLevel: 'silent',
    };
    const documents = parseAllDocuments(text, options as Parameters<typeof parseAllDocuments>[1]);
    if (!Array.isArray(documents)) return [];
    return (documents as Document.Parsed[]).slice(0, MOST_DOCUMENTS).map((parsed) => document(parsed, lines));
  } catch (error) {
    return [{ value: undefined, line: () => 1, error: said(error) }];
  }
}

function document(parsed: Document.Parsed, lines: LineCounter): YamlDocument {
  const at = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const start = at(parsed.contents?.range?.[0] ?? parsed.range[0]);
  const [first] = parsed.errors;
  const errors = first ? [`line ${at(first.pos[0])}: ${said(first)}`] : [];
  let value: unknown;
  try {
    value = parsed.toJS({ maxAliasCount: 1000 });
    if (exceeds(value)) {
      value = undefined;
      errors.push(`it holds more than ${MOST_VALUES} values, or nests more than ${DEEPEST} levels deep`);
    }
  } catch (error) {
    errors.push(said(error));
  }
  const [error] = errors;
  const twice = doubled(parsed.contents);
  return {
    value,
    line: (key) => (parsed.contents ? lineOf(parsed, key, start, at) : start),
    ...(error === undefined ? {} : { error }),
    ...(twice === undefined ? {} : { twice }),
  };
}

function lineOf(parsed: Document.Parsed, key: Key, start: number, at: (offset: number) => number): number {
  let node: Node | null | undefined = parsed.contents;
  let line = start;
  for (const part of key) {
    if (isAlias(node)) node = node.resolve(parsed);
    if (isMap(node)) {
      // The last of two equal keys is the one whose value is taken.
      const pair = node.items.filter(({ key }) => isScalar(key) && String(key.value) === String(part)).at(-1);
      if (!pair) return line;
      line = at((pair.key as Node).range?.[0] ?? 0);
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined;
      if (!item) return line;
      line = item.range ? at(item.range[0]) : line;
      node = item;
    } else return line;
  }
  return line;
}

function doubled(top: Node | null): string | undefined {
  const left: unknown[] = [top];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (isMap(node)) {
      const seen = new Set<unknown>();
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? key.value : key;
        // Two merge keys, or two keys that are themselves structures, are no slip of the pen.
        if (seen.has(name) && name !== '<<') return String(name);
        seen.add(name);
        if (value) left.push(value);
      }
    } else if (isSeq(node)) for (const item of node.items) left.push(item);
  }
  return undefined;
}

/** Whether a value, written out as a tree, is larger than one may be; aliases make it one without saying much. */
function exceeds(top: unknown): boolean {
  let left = MOST_VALUES;
  const visit = (value: unknown, depth: number): boolean => {
    if (--left < 0 || depth > DEEPEST) return true;
    if (typeof value !== 'object' || value === null) return false;
    return Object.values(value).some((inner) => visit(inner, depth + 1));
  };
  return visit(top, 0);
}

/** What may stand before the first word of a line and open a level each: `- - ? - x`. */
const OPENERS = /^(?:[-?:][ \t]+)*/;

/**
 * The line on which brackets or indentation open more levels than any sound file does: a parser that goes down into
 * each would run out of stack, and takes the program with it. Brackets inside strings are counted as well.
 */
function nestsTooDeep(text: string): number | undefined {
  const indents: number[] = [];
  let brackets = 0;
  let line = 0;
  for (const whole of text.split('\n')) {
    line++;
    const words = whole.trimStart();
    if (words === '') continue;
    const indent = whole.length - words.length;
    while ((indents.at(-1) ?? -1) >= indent) indents.pop();
    indents.push(indent);
    const openers = OPENERS.exec(words)?.[0].length ?? 0;
    for (const char of words) {
      if (char === '[' || char === '{') brackets++;
      else if ((char === ']' || char === '}') && brackets > 0) brackets--;
      if (brackets > DEEPEST * 3) return line;
    }
    if (indents.length + openers / 2 > DEEPEST * 3) return line;
  }
  return undefined;
}

const said = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
