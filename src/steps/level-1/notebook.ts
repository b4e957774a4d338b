import { type Cell, type Notebook, readNotebook, withSources } from '../../notebook/notebook.js';
import { boundBy, type Imported } from '../../python/imports.js';
import { namesOf, neededBy } from '../../python/names.js';
import { parsePython } from '../../python/parse.js';
import { importStatements, rewriteImports } from '../../python/rewrite-imports.js';
import { textOf } from '../../render/tree.js';
import type { Stage } from '../step.js';
import { judge, type Liftable } from './cell.js';
import { lostNames } from './lost.js';
import { withBody } from './module.js';
import { setUpCell } from './set-up.js';

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

const textIn = (tree: Stage['before'], path: string): string | undefined => {
  const entry = tree.get(path);
  return entry && textOf(entry.content);
};

const stepOf = ({ kind, tags }: Cell): string | undefined =>
  kind === 'code' ? tags.flatMap((tag) => /^azmlops:(\w+)$/.exec(tag)?.[1] ?? [])[0] : undefined;

interface About {
  readonly stage: Stage;
  readonly parts: readonly Part[];
  readonly own: ReadonlySet<string>;
  readonly path: string;
}

export interface LiftedNotebook {
  /** The modules, and the notebook if it is one. */
  readonly files: Map<string, string>;
  readonly notes: string[];
  /** Sources of the cells that became the module `data`. */
  readonly dataCells: readonly string[];
}

/** One part, with what the notebook in hand has for it: code to lift, or the reason why the template's code is taken. */
interface Found extends Part {
  readonly cells: readonly number[];
  readonly code: Liftable | undefined;
  readonly text: string;
}

/** What a tree's notebook becomes, and the modules that its tagged cells become. */
export function liftNotebook(text: string | undefined, about: About): LiftedNotebook {
  const notes: string[] = [];
  const notebook = text === undefined ? undefined : readNotebook(text);
  if (!notebook)
    notes.push(
      `${about.path} is ${text === undefined ? 'not there' : 'no notebook that can be read'}, so the modules of src/${about.stage.answers.package}/ have the template's code.`,
    );
  const template = codeCells(readNotebook(textIn(about.stage.before, about.path) ?? ''));
  const found = modules(notebook, template, about, notes);
  const files = new Map(found.map(({ path, text: module }) => [path, module]));
  if (notebook) files.set(about.path, rewritten(notebook, template, found, about));
  const data = found.find(({ step, code }) => step === 'data' && code);
  const dataCells = (data?.cells ?? []).map((at) => notebook?.cells[at]?.source ?? '');
  return { files, notes, dataCells: data ? dataCells : [] };
}

const codeCells = (notebook: Notebook | undefined): readonly Cell[] =>
  (notebook?.cells ?? []).filter(({ kind }) => kind === 'code');

function modules(
  notebook: Notebook | undefined,
  template: readonly Cell[],
  { parts, own, path, stage }: About,
  notes: string[],
): Found[] {
  const calls = new Set(
    template.filter((cell) => !stepOf(cell)).flatMap(({ source }) => statementTexts(source)),
  );
  const looked = parts.map((part) => ({ ...part, ...lookAt(notebook, part, calls, path, notes) }));
  const lifted = new Set(looked.flatMap(({ code, cells }) => (code ? cells : [])));
  const imports = new Map<string, Imported>();
  const defined = new Set<string>();
  (notebook?.cells ?? []).forEach(({ kind, source }, at) => {
    if (kind !== 'code') return;
    const code = parsePython(source);
    for (const item of importStatements(code).flatMap(({ items }) => items))
      if (item.name !== '*' && !imports.has(boundBy(item))) imports.set(boundBy(item), withoutComment(item));
    if (!lifted.has(at)) namesOf(code).binds.forEach((name) => defined.add(name));
  });
  for (const name of imports.keys()) defined.delete(name);

  const siblings = new Map<string, Imported>();
  return looked.map((part): Found => {
    const { code, step, body } = part;
    const scoring = new Map(
      [...imports].flatMap(([name, item]) => {
        if (item.module !== 'scoring') return [[name, item] as const];
        // The package's scoring code stands on data alone.
        return part.module.includes('from .scoring import')
          ? [[name, { ...item, module: '.scoring' }] as const]
          : [];
      }),
    );
    const sources = { imports: scoring, siblings: new Map(siblings), defined, own };
    const made = code
      ? withBody(
          part.module,
          body,
          code.body,
          code.imports.map((item) => (scoring.get(boundBy(item)) ? item : item)),
          sources,
        )
      : { text: part.module, missing: [] };
    const binds = namesOf(parsePython(code?.body ?? body)).binds;
    for (const name of binds) siblings.set(name, { module: `.${step}`, name });
    if (made.missing.length)
      notes.push(
        `${part.path} uses ${made.missing.join(', ')}, which only ${path} defines: define it in the module.`,
      );
    if (code) notes.push(...lostNames(part, made.text, stage));
    return { ...part, text: made.text };
  });
}

const withoutComment = ({ module, name, as }: Imported): Imported => ({ module, name, ...(as && { as }) });

function statementTexts(source: string): string[] {
  return parsePython(source).statements.map(({ node, to }) => source.slice(node.from, to));
}

/** The tagged cells of one part (Jupyter copies tags when a cell is split), and whether their code can be lifted. */
function lookAt(
  notebook: Notebook | undefined,
  { step, path: module }: Part,
  calls: ReadonlySet<string>,
  path: string,
  notes: string[],
): { cells: number[]; code: Liftable | undefined } {
  if (!notebook) return { cells: [], code: undefined };
  const places = (fits: (cell: Cell) => boolean) =>
    notebook.cells.flatMap((cell, at) => (cell.kind === 'code' && fits(cell) ? [at] : []));
  const tagged = places((cell) => stepOf(cell) === step);
  const cells = tagged.length ? tagged : places((cell) => cell.id === step);
  if (!cells.length) {
    notes.push(`${path} has no cell tagged azmlops:${step}, so ${module} has the template's code.`);
    return { cells, code: undefined };
  }
  const judged = cells.map((at) => judge(notebook.cells[at]?.source ?? '', calls));
  for (const one of judged)
    if ('holds' in one) {
      notes.push(
        `${path}: the cell ${step} stays as it is, since it holds ${one.holds}; ${module} has the template's code.`,
      );
      return { cells, code: undefined };
    }
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

/** The notebook with imports where its lifted code was, and a set-up of what is still needed there. */
function rewritten(
  notebook: Notebook,
  template: readonly Cell[],
  found: readonly Found[],
  { stage, own, path }: About,
): string {
  const sources = new Map<number, string | undefined>();
  const lifted = found.filter(({ code }) => code);
  const gone = new Set(lifted.flatMap(({ cells }) => cells));
  const known = new Set(template.filter((cell) => !stepOf(cell)).map(({ source }) => source));
  const after = codeCells(readNotebook(textIn(stage.after, path) ?? ''));
  for (const cell of after) known.add(cell.source);
  const setUp = placeOfSetUp(notebook, template);

  const needed = new Set<string>();
  notebook.cells.forEach(({ kind, source }, at) => {
    if (kind !== 'code' || gone.has(at) || at === setUp || known.has(source)) return;
    for (const name of neededBy(parsePython(source))) needed.add(name);
  });
  for (const { step, cells, code, cell, text } of lifted) {
    const module = `${stage.answers.package}.${step}`;
    const has = namesOf(parsePython(text)).binds;
    const defines = namesOf(parsePython(code?.body ?? '')).binds;
    const more = [...defines].filter((name) => needed.has(name)).map((name) => ({ module, name }));
    const imported = rewriteImports(cell, {
      add: more,
      drop: (item) => item.module === module && !has.has(item.name),
      own,
    });
    const calls = code?.calls ?? [];
    const [first, ...others] = cells;
    if (first !== undefined) sources.set(first, [imported.trimEnd(), ...calls].filter(Boolean).join('\n\n'));
    for (const other of others) sources.set(other, undefined);
  }
  const [before, becomes] = [template, after].map((cells) => cells.find(({ id }) => id === 'setup')?.source);
  const source = notebook.cells[setUp]?.source;
  if (source !== undefined && before !== undefined && becomes !== undefined)
    sources.set(
      setUp,
      setUpCell(source, {
        ...{ before, after: becomes, needed, own },
        lifted: new Set(lifted.flatMap(({ code }) => [...namesOf(parsePython(code?.body ?? '')).reads])),
        gone: lifted.flatMap(({ code }) => code?.imports ?? []).map(withoutComment),
        more: found.flatMap((part) => stillImported(part, notebook)),
      }).trimEnd(),
    );
  return withSources(notebook, sources);
}

/** What the template's cell at level 1 imports, and a cell that stayed as it was does not define. */
function stillImported({ cells, code, cell }: Found, notebook: Notebook): Imported[] {
  if (code || !cells.length) return [];
  const source = cells.map((at) => notebook.cells[at]?.source ?? '').join('\n');
  const { binds } = namesOf(parsePython(source));
  const imports = importStatements(parsePython(cell)).flatMap(({ items }) => items);
  return imports.filter((item) => !binds.has(boundBy(item)));
}

/** By its id, else (a notebook that was saved without ids) the cell with most of the template's lines. */
function placeOfSetUp({ cells }: Notebook, template: readonly Cell[]): number {
  const place = cells.findIndex(({ kind, id }) => kind === 'code' && id === 'setup');
  if (place >= 0) return place;
  const lines = new Set(
    template
      .find(({ id }) => id === 'setup')
      ?.source.split('\n')
      .filter(Boolean),
  );
  const shared = cells.map(({ kind, source }) =>
    kind === 'code' ? source.split('\n').filter((line) => lines.has(line)).length : 0,
  );
  const most = Math.max(0, ...shared);
  return most * 2 > lines.size ? shared.indexOf(most) : -1;
}
