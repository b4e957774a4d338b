import { boundBy, type Imported, sameImport } from '../../python/imports.js';
import { namesOf, namesOfNode } from '../../python/names.js';
import { isDefinition, isDocstring, parsePython, type Python, type Statement } from '../../python/parse.js';
import { importStatements } from '../../python/rewrite-imports.js';
import { withBody } from './module.js';

export interface ScoringSources {
  /** src/scoring.py at level 0 and the package's module at level 1, as the template has them. */
  readonly before: string;
  readonly after: string;
  /** Cells of the notebook that became the module data. */
  readonly cells: readonly string[];
  /** What that module defines. */
  readonly data: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
}

/**
 * The scoring code as a module of the package: what was copied from the notebook is imported from where the notebook's
 * code now is. When a copy says something else than the notebook, `differs` names it, and the file can't be lifted.
 */
export function liftScoring(source: string, sources: ScoringSources): { text: string } | { differs: string } {
  const was = takeApart(parsePython(sources.before), sources.data);
  const code = parsePython(source);
  if (code.broken) return { differs: 'its text could not be read' };
  if (!sources.after.includes(was.body)) return { differs: 'its template' };
  const is = takeApart(code, sources.data);
  const same = new Set([...was.copies, ...sources.cells.flatMap(statementTexts)]);
  const other = is.copies.find((copy) => !same.has(copy));
  if (other !== undefined) return { differs: [...namesOf(parsePython(other)).binds].join(', ') };
  const comments = is.lost.filter((text) => !was.lost.includes(text));
  const body = comments.length ? `${comments.join('\n')}\n\n${is.body}` : is.body;

  const reads = namesOf(parsePython(is.body)).reads;
  const copied = namesOf(parsePython(is.copies.join('\n'))).reads;
  const added = is.imports
    .filter((item) => !was.imports.some((one) => sameImport(one, item)))
    .filter((item) => reads.has(boundBy(item)) || !copied.has(boundBy(item)));
  const { text } = withBody(sources.after, was.body, body, added, {
    imports: new Map(is.imports.map((item) => [boundBy(item), item])),
    siblings: new Map([...sources.data].map((name) => [name, { module: '.data', name }])),
    defined: new Set(),
    own: sources.own,
  });
  return { text: is.docstring === was.docstring ? text : withDocstring(text, is.docstring) };
}

interface Parts {
  readonly docstring: string;
  readonly imports: readonly Imported[];
  readonly copies: readonly string[];
  readonly body: string;
  /** Comments of the imports, and such as stand alone among the copies. */
  readonly lost: readonly string[];
}

function takeApart(code: Python, data: ReadonlySet<string>): Parts {
  const [first] = code.statements;
  const docstring = first && isDocstring(first.node) ? first : undefined;
  const imports = importStatements(code);
  const heads = new Set([docstring?.from, ...imports.map(({ from }) => from)]);
  const isCopy = ({ node }: Statement) => {
    const { binds } = namesOfNode(node, code.text);
    return binds.size > 0 && [...binds].every((name) => data.has(name));
  };
  const rest = code.statements.filter(({ from }) => !heads.has(from));
  const runs: Statement[][] = [];
  for (const [at, statement] of code.statements.entries()) {
    if (heads.has(statement.from) || isCopy(statement)) continue;
    const run = runs.at(-1);
    if (run && run.at(-1) === code.statements[at - 1]) run.push(statement);
    else runs.push([statement]);
  }
  const ranges = runs.map((run) => ({ run, from: run[0]?.from ?? 0, to: run.at(-1)?.to ?? 0 }));
  const body = ranges.reduce((text, { run, from, to }, at) => {
    const neighbors = [ranges[at - 1]?.run.at(-1), run[0]];
    const apart = neighbors.some((one) => one && (isDefinition(one.node) || one.node.name === 'IfStatement'));
    return text + (at ? (apart ? '\n\n\n' : '\n') : '') + code.text.slice(from, to);
  }, '');
  const kept = [...rest.filter(isCopy), ...ranges];
  const lost: string[] = [];
  code.root.cursor().iterate(({ name, from, to }) => {
    if (name === 'Comment' && !kept.some((one) => from >= one.from && to <= one.to))
      lost.push(code.text.slice(from, to));
  });
  return {
    docstring: docstring?.text ?? '',
    imports: imports.flatMap(({ items }) => items),
    copies: rest.filter(isCopy).map(({ text }) => text),
    body,
    lost,
  };
}

const statementTexts = (source: string): string[] => parsePython(source).statements.map(({ text }) => text);

function withDocstring(text: string, docstring: string): string {
  const [first] = parsePython(text).statements;
  if (!first || !isDocstring(first.node)) return docstring ? `${docstring}\n\n${text}` : text;
  return docstring + text.slice(first.to).replace(/^\n+/, docstring ? '$&' : '');
}
