import { findNodeAtLocation } from 'jsonc-parser';
import { type Cell, readNotebook } from '../../notebook/notebook.js';
import { syntaxOf } from '../../python/parse.js';
import type { PythonFacts } from '../types.js';
import type { Code } from './code.js';
import { BINDS, constantsOf } from './constants.js';
import { importsOf } from './imports.js';
import { type Read, readPlain } from './statements.js';
import type { Syntax } from './tree.js';
import { type Gathered, walk } from './walk.js';

/** What is longer is data in the shape of code, and takes the parser seconds. */
const LONGEST = 500_000;

const NOTHING = { imports: [], calls: [], defines: [], asserts: [], mentions: [], strings: [] };

/**
 * What a Python file, or the code cells of a notebook, imports, calls, defines and judges; by syntax, so that comments
 * and texts show nothing. Never throws: of a broken file it gives what could be read.
 *
 * @param first the reader that is asked before the tolerant parser, which takes much longer
 */
export function pythonFacts(
  path: string,
  text: string,
  first: (text: string) => Read | undefined = readPlain,
): PythonFacts {
  if (!path.endsWith('.ipynb') && text.length > LONGEST)
    return { ...NOTHING, path, broken: 'larger than 500 kB' };
  try {
    return read(path, text, first);
  } catch (error) {
    // Brackets by the thousand: the parsers go down into each.
    if (error instanceof RangeError) return { ...NOTHING, path, broken: 'it nests too deep' };
    throw error;
  }
}

function read(path: string, text: string, first: (text: string) => Read | undefined): PythonFacts {
  const codeOf = (source: string, line: (at: number) => number) =>
    code(first(source) ?? readAny(source), source, line);
  const inFile = lineStarts(text);
  const cells = path.endsWith('.ipynb') ? (readNotebook(text)?.cells ?? []) : undefined;
  const codes = cells
    ? cells.filter(({ kind }) => kind === 'code').map((cell) => codeOf(cell.source, linesOf(cell, inFile)))
    : [codeOf(text, inFile)];
  const { modules, aliases } = importsOf(codes, path);
  const constants = constantsOf(codes);
  const found: Gathered = {
    ...{ calls: [], defines: [], asserts: [], strings: [], mentions: new Map() },
    broken: path.endsWith('.ipynb') && !readNotebook(text) ? 'no notebook of format 4' : undefined,
  };
  for (const one of codes) walk(one, aliases, constants, found);
  for (const cell of cells ?? []) if (cell.kind === 'code') found.calls.push(...shellOf(cell, inFile));
  const { mentions, broken, ...rest } = found;
  return {
    path,
    imports: modules,
    ...rest,
    mentions: [...mentions].flatMap(([within, names]) => [...names].map((name) => ({ name, within }))),
    ...(broken === undefined ? {} : { broken }),
  };
}

function code({ root, comments, imports, binds }: Read, text: string, line: (at: number) => number): Code {
  let bare = text;
  if (comments.length) {
    let at = 0;
    const parts: string[] = [];
    for (const [from, to] of comments) {
      parts.push(text.slice(at, from), ' '.repeat(to - from));
      at = to;
    }
    bare = [...parts, text.slice(at)].join('');
  }
  return { root, text: bare, imports, binds, line };
}

/** Of a text that is not all plain Python, what the tolerant parser makes of it. */
function readAny(text: string): Read {
  const { root } = syntaxOf(text);
  const comments: [number, number][] = [];
  const imports: Syntax[] = [];
  const binds: Syntax[] = [];
  root.cursor().iterate((found) => {
    const { name } = found;
    if (name === 'Comment') comments.push([found.from, found.to]);
    else if (name === 'ImportStatement') imports.push(found.node);
    else if (BINDS.has(name)) binds.push(found.node);
  });
  return { root, comments, imports, binds };
}

/** Lines of a text, from 1. */
function lineStarts(text: string): (at: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** Lines of the notebook's file for places in a cell's source. */
function linesOf(cell: Cell, inFile: (at: number) => number): (at: number) => number {
  const source = findNodeAtLocation(cell.node, ['source']);
  const inCell = lineStarts(cell.source);
  const parts = source?.type === 'array' ? (source.children ?? []) : [];
  return (at) => inFile(parts[inCell(at) - 1]?.offset ?? source?.offset ?? cell.node.offset);
}

/** What IPython hands to a shell: `!az …`, `%pip …`, `%run x.py` and whole cells below `%%bash`. */
function shellOf(cell: Cell, inFile: (at: number) => number): PythonFacts['calls'][number][] {
  const line = linesOf(cell, inFile);
  const call = (args: string, at: number) => ({
    name: '!',
    args: args.slice(0, 2000),
    line: line(at),
    within: '',
  });
  const whole = /^\s*%%(?:bash|sh|script bash|!)[^\n]*\n([^]*)$/.exec(cell.source);
  if (whole) return [call(whole[1] ?? '', 0)];
  return [...cell.source.matchAll(/^[ \t]*(?:\w+[ \t]*=[ \t]*)?(!|%(?:pip|conda|run)\b)[ \t]*(.*)$/gm)].map(
    (found) => {
      const [, mark = '', words = ''] = found;
      const program = mark === '!' ? '' : mark === '%run' ? 'python ' : `${mark.slice(1)} `;
      return call(program + words.trim(), found.index);
    },
  );
}
