import type { SyntaxNode } from '@lezer/common';
import { type Notebook, readNotebook, withSources } from '../../notebook/notebook.js';
import { boundBy, type Imported } from '../../python/imports.js';
import { BUILTINS } from '../../python/known.js';
import { isDefinition } from '../../python/parse.js';
import { rewriteImports } from '../../python/rewrite-imports.js';
import { without } from '../../python/without.js';
import { type Said, statementsOf, type Taken } from './statements.js';

export interface LiftedCells {
  /** The module; and the notebook, which imports from it what it defined before. */
  readonly module: string;
  readonly notebook: string;
  /** Names that the module defines now, in the order of the notebook. */
  readonly names: readonly string[];
}

/** A statement that stays in the notebook, and why it must. */
export interface Stays {
  readonly number: number;
  /** Its first line. */
  readonly line: string;
  readonly name?: string;
  /** Names that only what runs in the notebook gives it. */
  readonly needs: readonly string[];
}

export interface LiftOf {
  /** Undefined when it has nothing that could be lifted. */
  readonly lifted: LiftedCells | undefined;
  /** Functions and classes that could not be lifted. */
  readonly stays: readonly Stays[];
  /** Code cells that run something that a person has to put into a function before it can be lifted. */
  readonly runs: readonly Runs[];
}

export interface Runs {
  readonly number: number;
  readonly does: 'trains' | 'loads data' | 'saves';
  readonly line: string;
}

/**
 * A notebook's functions and classes, with the constants that they need, as a module of the package; what runs stays.
 * Lifted is only what means the same in a module: bound once, and reading nothing but imports and what is lifted as well.
 * Undefined when the text is no notebook.
 */
export function liftCells(
  text: string,
  about: { readonly path: string; readonly module: string },
): LiftOf | undefined {
  const notebook = readNotebook(text);
  if (!notebook) return undefined;
  const taken = statementsOf(notebook);
  const kept = liftable(taken);
  const stays = taken.said
    .filter((one) => one.kind === 'definition' && !kept.has(one))
    .map((one) => staysOf(one, taken, kept));
  const runs = runsOf(taken, notebook);
  if (![...kept].some(({ kind }) => kind === 'definition')) return { lifted: undefined, stays, runs };
  const all = taken.said.filter((one) => kept.has(one));
  const names = all.flatMap(({ binds }) => binds);
  return {
    lifted: {
      module: moduleOf(all, taken, about.path),
      notebook: rewritten(notebook, all, about.module),
      names,
    },
    stays,
    runs,
  };
}

/** Takes away what hangs on something that stays, until nothing does; then the constants that nothing lifted reads. */
function liftable({ said, imports, bound }: Taken): Set<Said> {
  const kept = new Set(
    said.filter(
      ({ kind, readable, binds }) =>
        kind !== 'runs' && readable && binds.length > 0 && binds.every((name) => bound.get(name) === 1),
    ),
  );
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    const defined = new Set([...kept].flatMap(({ binds }) => binds));
    for (const one of kept) if (missing(one, { imports, bound }, defined).length) kept.delete(one);
  }
  const needed = new Set<Said>();
  const take = (one: Said): void => {
    if (needed.has(one)) return;
    needed.add(one);
    for (const other of kept) if (other.binds.some((name) => one.reads.has(name))) take(other);
  };
  for (const one of kept) if (one.kind === 'definition') take(one);
  return needed;
}

/** Names that a module would not have: not those that are imported, unless something else is bound to them too. */
function missing(
  { reads, binds }: Said,
  { imports, bound }: Pick<Taken, 'imports' | 'bound'>,
  defined: ReadonlySet<string>,
): string[] {
  const known = (name: string) =>
    defined.has(name) ||
    binds.includes(name) ||
    (imports.has(name) ? bound.get(name) === 1 : BUILTINS.has(name));
  return [...reads].filter((name) => !known(name));
}

function staysOf(one: Said, { imports, bound }: Taken, kept: ReadonlySet<Said>): Stays {
  const defined = new Set([...kept].flatMap(({ binds }) => binds));
  const [line = ''] = one.statement.text.slice(one.statement.node.from - one.statement.from).split('\n');
  const [name] = one.binds;
  const twice = one.binds.some((each) => (bound.get(each) ?? 0) > 1);
  return {
    number: one.number,
    line: line.trim(),
    ...(name !== undefined && { name }),
    needs: twice ? [] : missing(one, { imports, bound }, defined),
  };
}

function moduleOf(all: readonly Said[], { imports }: Taken, path: string): string {
  const reads = new Set(all.flatMap((one) => [...one.reads]));
  const add = [...imports.values()].filter((item) => item.name !== '*' && reads.has(boundBy(item)));
  const body = all
    .reduce((text, { statement }, at) => {
      const before = all[at - 1]?.statement.node;
      const apart = isDefinition(statement.node) || (before && isDefinition(before));
      return text + (at ? (apart ? '\n\n\n' : '\n') : '') + statement.text.trimEnd();
    }, '')
    .replaceAll('\r\n', '\n');
  const name = path.slice(path.lastIndexOf('/') + 1);
  return rewriteImports(
    `"""What ${name} defined."""\n\n${isDefinition(all[0]!.statement.node) ? '\n' : ''}${body}\n`,
    {
      add,
      own: new Set(),
    },
  );
}

function rewritten(notebook: Notebook, all: readonly Said[], module: string): string {
  const sources = new Map<number, string>();
  for (const cell of new Set(all.map((one) => one.cell))) {
    const gone = all.filter((one) => one.cell === cell);
    const source = notebook.cells[cell]?.source ?? '';
    const rest = without(
      source,
      gone.map(({ statement }) => statement),
    );
    const add = gone.flatMap(({ binds }) => binds).map((name): Imported => ({ module, name }));
    const made = rewriteImports(rest, { add, own: new Set([module.split('.')[0] ?? module]) }).trimEnd();
    sources.set(cell, source.includes('\r\n') ? made.replace(/\r?\n/g, '\r\n') : made);
  }
  return withSources(notebook, sources);
}

const DOES: readonly (readonly [Runs['does'], RegExp])[] = [
  ['trains', /\.(fit|train|partial_fit)$|^(xgb|lgb|xgboost|lightgbm)\.train$/],
  ['loads data', /\.read_(csv|parquet|excel|json|sql|table|feather)$/],
  ['saves', /(^|\.)(dump|to_pickle|save_model|savez?|log_model)$/],
];

/** What the cells do as they are run, by what they call at their top: one line a cell, training first. */
function runsOf({ said }: Taken, { cells }: Notebook): Runs[] {
  const found = new Map<number, Runs>();
  for (const { kind, statement, number, cell } of said) {
    if (kind !== 'runs') continue;
    const source = cells[cell]?.source ?? '';
    const line = source.slice(statement.node.from).split('\n')[0]?.trim() ?? '';
    const calls = callsIn(statement.node, source);
    const does = DOES.find(([, pattern]) => calls.some((name) => pattern.test(name)))?.[0];
    if (!does) continue;
    const known = found.get(number);
    if (!known || (does === 'trains' && known.does !== 'trains')) found.set(number, { number, does, line });
  }
  return [...found.values()];
}

function callsIn(node: SyntaxNode, source: string): string[] {
  const names: string[] = [];
  node.cursor().iterate((at) => {
    if (at.name === 'CallExpression') {
      const called = at.node.firstChild;
      if (called) names.push(source.slice(called.from, called.to));
    }
  });
  return names;
}
