import { onceIn } from '../once.js';
import type { Files } from '../types.js';
import type { Lookup } from './expressions.js';
import { folderOf } from './paths.js';
import { moduleFile } from './modules.js';
import type { Trail } from './trail.js';

interface Assignment {
  readonly line: number;
  readonly text: string;
  /** At the top of the file. */
  readonly top: boolean;
}

/**
 * What a name stands for where a call is: the constant that is given to it above in the same function, else at the
 * top of the file, else in a file that it is imported from. Two different ones: unknown.
 */
export function constantsOf(path: string, line: number, trail: Trail): Lookup {
  return (name) => {
    const here = assignmentsOf(path, trail.files).get(name) ?? [];
    const start = functionStart(path, line, trail);
    const local = here.filter((one) => !one.top && one.line >= start && one.line <= line);
    const found = local.length ? local : here.filter(({ top }) => top);
    if (found.length) return found.every(({ text }) => text === found[0]?.text) ? found[0]?.text : undefined;
    for (const { module } of trail.facts(path).imports) {
      const other = moduleFile(module, folderOf(path), trail.files);
      const there =
        other === undefined || other === path ? [] : (assignmentsOf(other, trail.files).get(name) ?? []);
      const tops = there.filter(({ top }) => top);
      if (tops.length === 1) return tops[0]?.text;
    }
    return undefined;
  };
}

function functionStart(path: string, line: number, trail: Trail): number {
  let start = 0;
  for (const define of trail.facts(path).defines)
    if (define.kind === 'function' && define.line <= line && define.line > start) start = define.line;
  return start;
}

const assignmentsOf = onceIn((path: string, files: Files): Map<string, Assignment[]> => {
  const out = new Map<string, Assignment[]>();
  const text = path.endsWith('.ipynb') ? '' : (files.text(path) ?? '');
  const lines = text.split('\n');
  lines.forEach((whole, index) => {
    const start =
      /^([ \t]*)([A-Za-z_]\w*)(?:[ \t]*:[^=\n]{1,80})?[ \t]*=[ \t]*(?=[rbuf]{0,2}["']|[[(]|(?:pathlib\.)?Path\(|str\(|os\.path\.join\(|[A-Za-z_]\w*[ \t]*\/)(.*)$/.exec(
        whole,
      );
    if (!start) return;
    const list = out.get(start[2] ?? '') ?? [];
    list.push({ line: index + 1, text: expressionAt(lines, index, start[3] ?? ''), top: start[1] === '' });
    out.set(start[2] ?? '', list);
  });
  return out;
});

/** The expression that begins on a line, to the bracket that closes it; at most 60 lines. */
function expressionAt(lines: readonly string[], index: number, first: string): string {
  let out = '';
  let depth = 0;
  for (let at = index; at < lines.length && at < index + 60; at++) {
    const line = at === index ? first : (lines[at] ?? '');
    const code = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#.*/g, (token) =>
      token.startsWith('#') ? '' : token,
    );
    const plain = code.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
    for (const char of plain) {
      if ('([{'.includes(char)) depth++;
      else if (')]}'.includes(char)) depth--;
    }
    out += ` ${code.trim()}`;
    if (depth <= 0) break;
  }
  return out.trim();
}
