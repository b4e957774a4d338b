import { boundBy, type Imported, sameImport } from '../../python/imports.js';
import { namesOf } from '../../python/names.js';
import { parsePython, type Python, type Statement } from '../../python/parse.js';
import { importStatements, rewriteImports } from '../../python/rewrite-imports.js';
import { without } from '../../python/without.js';

export interface SetUp {
  /** The cell as the template has it at level 0 and at level 1. */
  readonly before: string;
  readonly after: string;
  /** Names that the notebook's other cells still need. */
  readonly needed: ReadonlySet<string>;
  /** Names that lifted code reads: their imports have gone along. */
  readonly lifted: () => ReadonlySet<string>;
  /** Imports that stood in lifted cells. */
  readonly gone: readonly Imported[];
  /** What else is to be imported here. */
  readonly more: readonly Imported[];
  readonly own: ReadonlySet<string>;
}

/** The set-up cell without what only lifted code needed; what the team has added for other reasons stays. */
export function setUpCell(source: string, { before, after, needed, lifted, gone, more, own }: SetUp): string {
  if (source === before && !needed.size && !gone.length && !more.length) return after;
  const carried = lifted();
  const [code, was, becomes] = [source, before, after].map(parsePython) as [Python, Python, Python];
  const [items0, items1] = [was, becomes].map(itemsOf) as [Imported[], Imported[]];
  const obsolete = statementsOf(code)
    .filter((one) => has(was, one, before) && !has(becomes, one, after))
    .map((one) => ({ from: before.includes(one.text) ? one.from : one.node.from, to: one.to }));
  const rest = obsolete.length ? without(source, obsolete) : source;
  const reads = namesOf(parsePython(rest)).reads;
  const wanted = (item: Imported) => needed.has(boundBy(item)) || reads.has(boundBy(item));
  const among = (items: readonly Imported[], item: Imported) => items.some((one) => sameImport(one, item));
  // Where the team says something about an import, it stays.
  const remarked = importStatements(code)
    .filter(({ text }) => text.includes('#') && !before.includes(text))
    .flatMap(({ items }) => items);
  const made = rewriteImports(rest, {
    drop: (item) =>
      !among([...items1, ...remarked], item) &&
      !wanted(item) &&
      (among(items0, item) || carried.has(boundBy(item))),
    add: [...items1.filter((item) => !among(items0, item)), ...gone.filter(wanted), ...more],
    own,
  });
  return source === before && sameStatements(made, after) ? after : made;
}

const itemsOf = (code: Python) => importStatements(code).flatMap(({ items }) => items);

const statementsOf = (code: Python): Statement[] =>
  code.statements.filter(({ node }) => node.name !== 'ImportStatement');

const bare = ({ node, to }: Statement, source: string): string => source.slice(node.from, to);

const has = (code: Python, one: Statement, source: string): boolean =>
  statementsOf(code).some((other) => bare(other, source) === one.text.slice(one.node.from - one.from));

const sameStatements = (one: string, other: string): boolean =>
  one.replace(/\s+/g, '') === other.replace(/\s+/g, '');
