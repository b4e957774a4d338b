import { type Cell, type Notebook, readNotebook } from '../../notebook/notebook.js';
import { boundBy, type Imported } from '../../python/imports.js';
import { namesOf, namesOfNode } from '../../python/names.js';
import { parsePython } from '../../python/parse.js';
import { importStatements } from '../../python/rewrite-imports.js';
import { textOf } from '../../render/tree.js';
import type { Stage } from '../step.js';
import { judge, type Liftable } from './cell.js';
import { type Definition, definitionsIn, withCopies } from './copies.js';
import { lostNames } from './lost.js';
import { type Sources, withBody } from './module.js';
import { type Piece, piecesOf } from './pieces.js';

/** A cell of the notebook that becomes a module, as this version's templates have both. */
export interface Part {
  readonly step: string;
  readonly path: string;
  /** The module at level 1, the cell at level 0, which stands in it, and the cell at level 1. */
  readonly module: string;
  readonly body: string;
  readonly cell: string;
}

/** The parts in the order of the notebook, in which each module may import those before it. */
export function partsOf({ before, after, answers }: Stage, path: string): Part[] {
  const [was, becomes] = [before, after].map((tree) => readNotebook(textIn(tree, path) ?? ''));
  return (was?.cells ?? []).flatMap((cell) => {
    const step = stepOf(cell);
    const other = becomes?.cells.find((one) => stepOf(one) === step);
    const modulePath = `src/${answers.package}/${step}.py`;
    const module = textIn(after, modulePath);
    if (!step || !other || !module?.includes(cell.source)) return [];
    return [{ step, path: modulePath, module, body: cell.source, cell: other.source }];
  });
}

export const textIn = (tree: Stage['before'], path: string): string | undefined => {
  const entry = tree.get(path);
  return entry && textOf(entry.content);
};

export const stepOf = ({ kind, tags }: Cell): string | undefined =>
  kind === 'code' ? tags.flatMap((tag) => /^azmlops:(\w+)$/.exec(tag)?.[1] ?? [])[0] : undefined;

export interface About {
  readonly stage: Stage;
  readonly parts: readonly Part[];
  readonly own: ReadonlySet<string>;
  readonly path: string;
}

/** One part, with what the notebook in hand has for it: code to lift, or the reason why the template's code is taken. */
export interface Found extends Part {
  readonly cells: readonly number[];
  readonly code: Liftable | undefined;
  readonly text: string;
}

/** Each part with its module, as the code of this notebook makes it. */
export function modulesOf(
  notebook: Notebook | undefined,
  template: readonly Cell[],
  about: About,
  notes: string[],
): Found[] {
  const calls = () =>
    new Set(template.filter((cell) => !stepOf(cell)).flatMap(({ source }) => statementTexts(source)));
  const pieces = notebook && piecesOf(notebook, about.parts, stepOf);
  const looked = about.parts.map((part) => ({
    ...part,
    ...lookAt(notebook, part, pieces?.get(part.step) ?? [], calls, about.path, notes),
    text: part.module,
  }));
  // Nothing of it has to be understood.
  if (!notebook || looked.every((part) => !part.code || isTemplate(part))) return looked;
  return withTeamsCode(notebook, looked, about, notes);
}

export const isTemplate = ({ code, body }: Found): boolean =>
  code?.body === body && !code.imports.length && !code.calls.length;

function withTeamsCode(
  notebook: Notebook,
  looked: readonly Found[],
  { own, path, stage }: About,
  notes: string[],
): Found[] {
  const { imports, defined } = namesAround(notebook, looked);
  const siblings = new Map<string, Imported>();
  const lifted = new Set(looked.flatMap(({ code, cells }) => (code ? cells : [])));
  const definitions = definitionsIn(notebook, (at) => !lifted.has(at));
  const stars = starsOf(notebook);
  return looked.map((part): Found => {
    const { code, step, body, module } = part;
    // The package's scoring code stands on data alone, so only what comes after both may import it.
    const scoring = module.includes('from .scoring import') ? '.scoring' : undefined;
    const inPackage = (item: Imported): Imported =>
      item.module === 'scoring' && scoring ? { ...item, module: scoring } : item;
    const sources: Sources = {
      imports: new Map(
        [...imports]
          .filter(([, item]) => item.module !== 'scoring' || scoring)
          .map(([name, item]) => [name, inPackage(item)]),
      ),
      siblings: new Map(siblings),
      defined,
      own,
    };
    const copies: Definition[] = [];
    const make = () =>
      code
        ? withBody(module, body, withCopies(copies, code.body), code.imports.map(inPackage), sources)
        : { text: module, missing: [], unknown: [] };
    let made = make();
    // A copy may need another one.
    for (let more = found(made.missing); more.length; more = found(made.missing)) {
      copies.push(...more);
      made = make();
    }
    function found(missing: readonly string[]): Definition[] {
      const wanted = new Set(missing.map((name) => definitions.get(name)));
      return [...wanted].filter((one) => one !== undefined && !copies.includes(one)) as Definition[];
    }
    const { statements } = parsePython(made.text);
    for (const { node } of statements)
      if (node.name !== 'ImportStatement')
        for (const name of namesOfNode(node, made.text).binds)
          if (name !== 'main') siblings.set(name, { module: `.${step}`, name });
    if (copies.length)
      notes.push(
        `${part.path} has a copy of ${copies.flatMap(({ binds }) => binds).join(', ')}, which ${path} defines: keep one, and import it in the other.`,
      );
    if (made.missing.length)
      notes.push(
        `${part.path} uses ${made.missing.join(', ')}, which only ${path} defines: define it in the module.`,
      );
    if (stars.length && made.unknown.length)
      notes.push(
        `${part.path} uses ${made.unknown.join(', ')}, and ${path} imports all of ${stars.join(', ')}: import by name what the module needs.`,
      );
    if (code && code.body !== body) notes.push(...lostNames(part, made.text, stage));
    return { ...part, text: made.text };
  });
}

/** What the notebook imports anywhere, and what it defines outside of the code that is lifted. */
function namesAround(notebook: Notebook, looked: readonly Found[]) {
  const lifted = new Set(looked.flatMap(({ code, cells }) => (code ? cells : [])));
  const imports = new Map<string, Imported>();
  const defined = new Set<string>();
  notebook.cells.forEach(({ kind, source }, at) => {
    if (kind !== 'code') return;
    const code = parsePython(source);
    for (const item of importStatements(code).flatMap(({ items }) => items))
      if (item.name !== '*' && !imports.has(boundBy(item))) imports.set(boundBy(item), withoutComment(item));
    if (!lifted.has(at)) namesOf(code).binds.forEach((name) => defined.add(name));
  });
  for (const name of imports.keys()) defined.delete(name);
  return { imports, defined };
}

/** Modules of which the notebook imports all names. */
const starsOf = ({ cells }: Notebook): string[] =>
  cells.flatMap(({ kind, source }) =>
    kind === 'code' && source.includes('*')
      ? importStatements(parsePython(source)).flatMap(({ items }) =>
          items.filter(({ name }) => name === '*').map(({ module }) => module),
        )
      : [],
  );

export const withoutComment = ({ module, name, as }: Imported): Imported => ({
  module,
  name,
  ...(as && { as }),
});

function statementTexts(source: string): string[] {
  return parsePython(source).statements.map(({ node, to }) => source.slice(node.from, to));
}

/** The cells of one part, and whether their code can be lifted. */
function lookAt(
  notebook: Notebook | undefined,
  { step, path: module, body }: Part,
  pieces: readonly Piece[],
  calls: () => ReadonlySet<string>,
  path: string,
  notes: string[],
): { cells: number[]; code: Liftable | undefined } {
  if (!notebook) return { cells: [], code: undefined };
  const cells = [...new Set(pieces.map(({ at }) => at))];
  if (!cells.length) {
    notes.push(`${path} has no cell tagged azmlops:${step}, so ${module} has the template's code.`);
    return { cells, code: undefined };
  }
  const [only, ...more] = pieces;
  if (only?.source === body && !more.length) return { cells, code: { body, imports: [], calls: [] } };
  const known = calls();
  // All of a cell is lifted, or none.
  for (const one of cells.map((at) => judge(notebook.cells[at]?.source ?? '', known)))
    if ('holds' in one) {
      notes.push(
        `${path}: the cell ${step} stays as it is, since it holds ${one.holds}; ${module} has the template's code.`,
      );
      return { cells, code: undefined };
    }
  const judged = pieces.map(({ source }) => judge(source, known));
  const codes = judged.filter((one) => 'body' in one);
  return {
    cells,
    code: {
      body: codes
        .map(({ body }) => body)
        .filter(Boolean)
        .join('\n\n\n'),
      imports: codes.flatMap(({ imports }) => imports),
      calls: codes.flatMap((one) => one.calls),
    },
  };
}
