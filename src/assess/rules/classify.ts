import type { Acts, ActShape } from '../../levels/acts.js';
import type { Act, Facts } from '../types.js';
import { besideLine, hangsOnComparison } from './comparison.js';

/** Whether a command, or what Python calls, is worth telling, by its text alone. */
export type Matters = (kind: 'command' | 'call', text: string) => boolean;

/**
 * What any class may know. Most commands and calls are of no class, and a repository reaches each of them over and
 * over.
 */
export function mattersTo(acts: Acts): Matters {
  const of = (wanted: 'command' | 'call') =>
    matcher(
      Object.keys(acts).flatMap((name) =>
        shapesOf(acts, name, new Set()).filter(({ kind }) => kind === wanted),
      ),
      wanted === 'call',
    );
  const match = { command: of('command'), call: of('call') };
  return (kind, text) => match[kind](text).length > 0;
}

const NONE: readonly never[] = [];

/** A class that an act belongs to, and which of its shapes says so: the first ones are the most telling. */
export interface Classed {
  readonly name: string;
  readonly shape: number;
}

/** Which of the classes of maturity.yml an act belongs to. */
export type Classifier = (act: Act) => readonly Classed[];

type Compiled = Omit<ActShape, 'kind'> & Classed & { readonly fits: (act: Act) => boolean };

/** The first of these classes that is among those of an act. */
export function ofOne(classes: readonly Classed[], wanted: readonly string[]): Classed | undefined {
  for (const one of wanted) {
    const found = classes.find(({ name }) => name === one);
    if (found) return found;
  }
  return undefined;
}

/** Regular expressions are asked once per text: chains reach the same acts over and over. */
export function classifier(acts: Acts, facts: Facts): Classifier {
  const shapes = new Map<string, Compiled[]>();
  const split = new Map<string, readonly string[]>();
  const linesOf = (path: string): readonly string[] => {
    const lines = split.get(path) ?? (facts.files.text(path) ?? '').split('\n');
    split.set(path, lines);
    return lines;
  };
  for (const name of Object.keys(acts))
    for (const [shape, one] of shapesOf(acts, name, new Set()).entries()) {
      const list = shapes.get(one.kind) ?? [];
      list.push({ ...one, name, shape, fits: fitting(one, linesOf) });
      shapes.set(one.kind, list);
    }
  const texts = new Map<string, (text: string) => readonly Compiled[]>();
  for (const [kind, list] of shapes) texts.set(kind, matcher(list, kind === 'call'));
  return (act) => {
    const found = texts.get(act.kind)?.(act.text) ?? [];
    if (!found.length) return NONE;
    const first = new Map<string, Compiled>();
    for (const one of found) if (!first.has(one.name) && one.fits(act)) first.set(one.name, one);
    return [...first.values()];
  };
}

function shapesOf(acts: Acts, name: string, via: Set<string>): ActShape[] {
  if (via.has(name)) return [];
  via.add(name);
  return (acts[name]?.any ?? []).flatMap((shape) =>
    'act' in shape ? shapesOf(acts, shape.act, via) : [shape],
  );
}

/** What is called, up to its bracket: the last one that encloses the end of the text. */
export function calleeOf(text: string): string {
  let depth = 0;
  for (let n = text.length - 1; n >= 0; n--) {
    const char = text.charAt(n);
    if (char === '"' || char === "'") {
      const before = text.lastIndexOf(char, n - 1);
      if (n === 0 || before === -1) break;
      n = before;
      continue;
    }
    if (char === ')' || char === ']' || char === '}') depth++;
    else if (char === '(' || char === '[' || char === '{') depth--;
    if (depth === 0 && char === '(') return text.slice(0, n + 1);
    // Brackets in strings, or arguments that were cut off: then it is what stands before the first one.
    if (depth < 0) break;
  }
  return text.slice(0, text.indexOf('(') + 1 || undefined);
}

function matcher<Shape extends Omit<ActShape, 'kind'>>(
  list: readonly Shape[],
  calls: boolean,
): (text: string) => readonly Shape[] {
  const compiled = list.map((shape) => ({
    shape,
    wanted: new RegExp(shape.text),
    unwanted: shape.not === undefined ? undefined : new RegExp(shape.not),
    given: shape.args === undefined ? undefined : new RegExp(shape.args),
  }));
  const any = new RegExp(list.map(({ text }) => `(?:${text})`).join('|'));
  const known = new Map<string, readonly Shape[]>();
  return (text) => {
    let found = known.get(text);
    if (!found) {
      const head = calls ? calleeOf(text) : text;
      const args = text.slice(head.length);
      found = any.test(head)
        ? compiled
            .filter(
              ({ wanted, unwanted, given }) =>
                wanted.test(head) && !unwanted?.test(text) && (!given || given.test(args)),
            )
            .map(({ shape }) => shape)
        : [];
      known.set(text, found);
    }
    return found;
  };
}

const PROGRAM = /\.(?:py|ipynb|sh|bash|ps1)$/;
const COMMENT = /(^|\s)#.*$/;

function fitting(
  { file, through, beside, amid, compares }: ActShape,
  linesOf: (path: string) => readonly string[],
): (act: Act) => boolean {
  const way = through === undefined ? undefined : new RegExp(through);
  const place = file === undefined ? undefined : new RegExp(file);
  const near = beside === undefined ? undefined : new RegExp(beside);
  const around = amid === undefined ? undefined : new RegExp(amid);
  const asked = new Map<string, boolean>();
  const says = new Map<string, boolean>();
  const stoodIn = (path: string): boolean => {
    let known = says.get(path);
    if (known === undefined) {
      known = PROGRAM.test(path) && linesOf(path).some((line) => around!.test(line.replace(COMMENT, '')));
      says.set(path, known);
    }
    return known;
  };
  /** Many chains reach the same line. */
  const stands = ({ path, line }: Act): boolean => {
    const key = `${line} ${path}`;
    let known = asked.get(key);
    if (known === undefined) {
      const lines = linesOf(path);
      known =
        (!near || besideLine(lines, line, near) !== undefined) &&
        (!compares || hangsOnComparison(lines, line));
      asked.set(key, known);
    }
    return known;
  };
  return (act) =>
    (!around || stoodIn(act.path) || act.way.some(({ path }) => stoodIn(path))) &&
    (!place || place.test(act.path)) &&
    (!way || way.test(act.path) || act.way.some(({ as, path }) => way.test(as) || way.test(path))) &&
    ((!near && !compares) || stands(act));
}
