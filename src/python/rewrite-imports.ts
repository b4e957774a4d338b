import { byStatement, type Imported, importsOf, printImport, sameImport, sectionOf } from './imports.js';
import { isDefinition, isDocstring, parsePython, type Python, type Statement } from './parse.js';

export interface ImportChange {
  readonly add?: readonly Imported[];
  readonly drop?: (item: Imported) => boolean;
  /** Top-level modules of the repository itself. */
  readonly own: ReadonlySet<string>;
}

interface Entry {
  items: Imported[];
  /** Comments above, and all, as it stands. */
  text: string;
  above: string;
  section: number;
  /** Blank lines part the groups of the text; what is added joins the one of its section. */
  group: number;
}

export interface ImportStatement extends Statement {
  readonly items: readonly Imported[];
}

/** The imports among the top-level statements; several on one line, parted by `;`, are one. */
export function importStatements(code: Python): ImportStatement[] {
  return code.statements.flatMap((statement) => {
    const nodes =
      statement.node.name === 'StatementGroup'
        ? statement.node.getChildren('ImportStatement')
        : [statement.node];
    const only = nodes.length > 0 && nodes.every(({ name }) => name === 'ImportStatement');
    const parts = statement.node.name === 'StatementGroup' ? countStatements(statement.node) : 1;
    if (!only || parts !== nodes.length) return [];
    return [{ ...statement, items: nodes.flatMap((node) => importsOf(node, code.text)) }];
  });
}

function countStatements(group: Statement['node']): number {
  let count = 0;
  for (let kid = group.firstChild; kid; kid = kid.nextSibling) if (kid.name !== ';') count++;
  return count;
}

/**
 * The same text with imports added in their sorted places and others dropped. What neither touches stays letter for
 * letter; a change leaves one blank line between the sections of the head.
 */
export function rewriteImports(text: string, { add = [], drop = () => false, own }: ImportChange): string {
  const code = parsePython(text);
  const all = importStatements(code);
  const present = all.flatMap(({ items }) => items).filter((item) => !drop(item));
  const wanted = add.filter(
    (item, at) => ![...present, ...add.slice(0, at)].some((other) => sameImport(other, item)),
  );
  if (!wanted.length && !all.some(({ items }) => items.some(drop))) return text;

  const head = headOf(code, all);
  const entries: Entry[] = [];
  for (const [at, statement] of head.entries())
    entries.push(entryOf(text, statement, head[at - 1]?.to, entries.at(-1)?.group, own));
  const kept = entries.flatMap((entry) => reduce(entry, drop));
  for (const item of wanted) place(kept, item, own);
  const below = withoutLater(text, all.slice(head.length), drop, head.at(-1)?.to);
  const docstring = code.statements[0] && isDocstring(code.statements[0].node) ? code.statements[0].to : 0;
  const start = head[0]?.from ?? docstring;
  const before = text.slice(0, start) + (!head.length && docstring ? '\n\n' : '');
  const printed = kept.map((entry, at) => {
    const previous = kept[at - 1];
    return (previous ? (previous.group === entry.group ? '\n' : '\n\n') : '') + entry.text;
  });
  if (!head.length) {
    const rest = text.slice(start).replace(/^\n+/, '');
    const first = code.statements.find(({ from }) => from >= start);
    const gap = first && isDefinition(first.node) ? '\n\n\n' : '\n\n';
    return before + printed.join('') + (rest ? gap + rest : '\n');
  }
  return kept.length ? before + printed.join('') + below : before + below.replace(/^\n+/, '');
}

/** The first run of imports with nothing but blank lines and comments between them. */
function headOf(code: Python, all: readonly ImportStatement[]): ImportStatement[] {
  const first = code.statements.findIndex(({ from }) => from === all[0]?.from);
  return all.filter((statement, at) => first >= 0 && code.statements[first + at]?.from === statement.from);
}

/** With the comments between it and the import before it, also those that a blank line parts from it. */
function entryOf(
  text: string,
  { node, items, from, to }: ImportStatement,
  previous: number | undefined,
  group = 0,
  own: ReadonlySet<string>,
): Entry {
  const gap = text.slice(previous ?? from, node.from);
  const above = gap.replace(/^\n+/, '');
  const section = sectionOf(items[0]?.module ?? '', own);
  return {
    items: [...items],
    text: above + text.slice(node.from, to),
    above,
    section,
    group: group + Number(gap.startsWith('\n\n')),
  };
}

function reduce(entry: Entry, drop: (item: Imported) => boolean): Entry[] {
  const items = entry.items.filter((item) => !drop(item));
  if (items.length === entry.items.length) return [entry];
  return items.length ? [{ ...entry, items, text: reprinted({ ...entry, items }) }] : [];
}

function reprinted({ items, text, above }: Entry): string {
  const statement = text.slice(above.length);
  const tall = /,\s*(#[^\n]*)?\n?\s*\)/.test(statement);
  const comment = (/\)[ \t]*(#.*)$/.exec(statement) ?? /^[^(\n]*?(#[^\n]*)$/.exec(statement))?.[1];
  return above + printImport(items, tall, comment);
}

function place(entries: Entry[], item: Imported, own: ReadonlySet<string>): void {
  const section = sectionOf(item.module, own);
  const plain = (one: Imported) => one.name && !one.as && one.name !== '*';
  const same = entries.find(
    ({ items }) => plain(item) && items.every((one) => plain(one) && one.module === item.module),
  );
  if (same) {
    same.items.push(item);
    same.text = reprinted(same);
    return;
  }
  const { comment, ...bare } = item;
  const text = printImport([bare], false, comment);
  const group = entries.find((entry) => entry.section === section)?.group;
  const later = entries.findIndex((entry) =>
    group === undefined
      ? entry.section > section
      : entry.group > group ||
        (entry.group === group && entry.items[0] && byStatement(entry.items[0], item) > 0),
  );
  const at = later < 0 ? entries.length : later;
  // A section of its own stands between the groups around it.
  const between = (entries[at]?.group ?? (entries.at(-1)?.group ?? 0) + 1) - 0.5;
  entries.splice(at, 0, { items: [item], text, above: '', section, group: group ?? between });
}

/** What follows the head, without the imports further down that are dropped. */
function withoutLater(
  text: string,
  later: readonly ImportStatement[],
  drop: (item: Imported) => boolean,
  from = 0,
): string {
  let below = '';
  let at = from;
  for (const statement of later) {
    const items = statement.items.filter((item) => !drop(item));
    if (items.length === statement.items.length) continue;
    below += text.slice(at, statement.from);
    const left = items.length ? printImport(items) : '';
    below += left;
    at = left ? statement.to : Math.min(statement.to + 1, text.length);
  }
  return below + text.slice(at);
}
