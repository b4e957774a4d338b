import { type Cell, type Notebook, readNotebook, withSources } from '../../notebook/notebook.js';
import { boundBy, type Imported } from '../../python/imports.js';
import { namesOf, neededBy } from '../../python/names.js';
import { parsePython } from '../../python/parse.js';
import { importStatements, rewriteImports } from '../../python/rewrite-imports.js';
import { type About, type Found, modulesOf, stepOf, textIn, withoutComment } from './modules.js';
import { setUpCell } from './set-up.js';

export interface LiftedNotebook {
  /** The modules, and the notebook if it is one. */
  readonly files: Map<string, string>;
  readonly notes: string[];
  /** Sources of the cells that became the module `data`. */
  readonly dataCells: readonly string[];
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
  const found = modulesOf(notebook, template, about, notes);
  const files = new Map(found.map(({ path, text: module }) => [path, module]));
  if (notebook) {
    files.set(about.path, rewritten(notebook, template, found, about));
    if (importsScoring(notebook, template))
      notes.push(
        `${about.path}: a cell of your own imports scoring, which is now ${about.stage.answers.package}.scoring.`,
      );
  }
  const data = found.find(({ step, code }) => step === 'data' && code);
  const dataCells = (data?.cells ?? []).map((at) => notebook?.cells[at]?.source ?? '');
  return { files, notes, dataCells: data ? dataCells : [] };
}

const codeCells = (notebook: Notebook | undefined): readonly Cell[] =>
  (notebook?.cells ?? []).filter(({ kind }) => kind === 'code');

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
  for (const { step, body, cells, code, cell, text } of lifted) {
    const [first, ...others] = cells;
    for (const other of others) if (!sources.has(other)) sources.set(other, undefined);
    if (first === undefined) continue;
    const put = (imports: string, calls: readonly string[] = []) => {
      const shared = sources.get(first);
      const add = importStatements(parsePython(imports)).flatMap(({ items }) => items);
      const head = shared === undefined ? imports.trimEnd() : rewriteImports(shared, { add, own });
      sources.set(first, [head, ...calls].filter(Boolean).join('\n\n'));
    };
    if (code?.body === body && !needed.size) {
      put(cell, code.calls);
      continue;
    }
    const module = `${stage.answers.package}.${step}`;
    const has = namesOf(parsePython(text)).binds;
    const defines = namesOf(parsePython(code?.body ?? '')).binds;
    const more = [...defines].filter((name) => needed.has(name)).map((name) => ({ module, name }));
    const imported = rewriteImports(cell, {
      add: more,
      drop: (item) => item.module === module && !has.has(item.name),
      own,
    });
    put(imported, code?.calls);
  }
  const [before, becomes] = [template, after].map((cells) => cells.find(({ id }) => id === 'setup')?.source);
  const source = notebook.cells[setUp]?.source;
  if (source !== undefined && before !== undefined && becomes !== undefined)
    sources.set(
      setUp,
      setUpCell(source, {
        ...{ before, after: becomes, needed, own },
        lifted: () =>
          new Set(lifted.flatMap(({ code }) => [...namesOf(parsePython(code?.body ?? '')).reads])),
        gone: lifted.flatMap(({ code }) => code?.imports ?? []).map(withoutComment),
        more: found.flatMap((part) => stillImported(part, notebook)),
      }).trimEnd(),
    );
  return withSources(notebook, sources);
}

/** Whether a cell of the team's own imports the scoring code as level 0 has it; the template's cells are merged. */
function importsScoring({ cells }: Notebook, template: readonly Cell[]): boolean {
  const known = template.flatMap(({ id, source }) => [id, source]);
  return cells.some(
    ({ kind, id, source }) =>
      kind === 'code' &&
      /\bscoring\b/.test(source) &&
      !known.includes(source) &&
      !(id !== undefined && known.includes(id)) &&
      importStatements(parsePython(source)).some(({ items }) =>
        items.some(({ module }) => module === 'scoring'),
      ),
  );
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
