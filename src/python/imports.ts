import type { SyntaxNode } from '@lezer/common';
import { STANDARD_LIBRARY } from './known.js';

/** One name that an import brings: `import a.b` has no name of its own, `from .a import b as c` has all three. */
export interface Imported {
  /** With the leading dots. */
  readonly module: string;
  /** Empty for `import module`; `*` for all of it. */
  readonly name: string;
  readonly as?: string;
  /** The comment behind it, with its `#`. */
  readonly comment?: string;
}

/** Line length of the emitted `pyproject.toml`. */
const WIDTH = 100;

/** The name that code then knows it by. */
export const boundBy = ({ module, name, as }: Imported): string =>
  as ?? (name || (module.split('.')[0] ?? module));

export const sameImport = (one: Imported, other: Imported): boolean =>
  one.module === other.module && one.name === other.name && boundBy(one) === boundBy(other);

/** What an ImportStatement imports, in its order. */
export function importsOf(node: SyntaxNode, text: string): Imported[] {
  const source = text.slice(node.from, node.to).replaceAll('\\\n', ' ');
  const from = /^from\s*([.\s]*[^\s(]*?)\s*\bimport\b([^]*)$/.exec(source);
  const list = (from?.[2] ?? source.replace(/^import\b/, '')).replace(/^\s*\(|\)\s*$/g, '');
  const items: Imported[] = [];
  for (const line of list.split('\n')) {
    const [code = '', comment] = split(line, '#');
    const words = code
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
    words.forEach((item, at) => {
      const [what = '', as] = item.split(/\s+as\s+/);
      items.push({
        module: from ? (from[1] ?? '').replace(/\s/g, '') : what.replace(/\s/g, ''),
        name: from ? what : '',
        ...(as && { as }),
        ...(comment !== undefined && at === words.length - 1 && { comment: `#${comment}`.trimEnd() }),
      });
    });
  }
  return items;
}

function split(line: string, at: string): [string, string?] {
  const place = line.indexOf(at);
  return place < 0 ? [line] : [line.slice(0, place), line.slice(place + 1)];
}

/** One `from` statement of one module, or one `import`, as ruff prints it. `tall`: a name to a line, whatever the width. */
export function printImport(items: readonly Imported[], tall = false, comment = ''): string {
  const [first] = items;
  if (!first) return '';
  const behind = comment && `  ${comment}`;
  const alias = ({ as }: Imported) => (as ? ` as ${as}` : '');
  if (!first.name) return items.map((item) => `import ${item.module}${alias(item)}${behind}`).join('\n');
  const sorted = [...items].sort(byMember);
  const names = sorted.map((item) => item.name + alias(item));
  const flat = `from ${first.module} import ${names.join(', ')}`;
  if (!tall && flat.length <= WIDTH && sorted.every((item) => !item.comment)) return flat + behind;
  const lines = sorted.map((item, at) => `    ${names[at]},${item.comment ? `  ${item.comment}` : ''}`);
  return [`from ${first.module} import (${behind}`, ...lines, ')'].join('\n');
}

/** Future, standard library, third party, first party, relative: the sections that ruff parts by a blank line. */
export function sectionOf(module: string, own: ReadonlySet<string>): number {
  const top = module.split('.')[0] ?? '';
  if (module.startsWith('.')) return 4;
  if (top === '__future__') return 0;
  if (own.has(top)) return 3;
  return STANDARD_LIBRARY.has(top) ? 1 : 2;
}

/** The order of statements within a section: `import` before `from`, more dots first, then by name. */
export function byStatement(one: Imported, other: Imported): number {
  const dots = ({ module }: Imported) => /^\.*/.exec(module)?.[0].length ?? 0;
  const bare = ({ module }: Imported) => module.replace(/^\.+/, '');
  return (
    Number(Boolean(one.name)) - Number(Boolean(other.name)) ||
    dots(other) - dots(one) ||
    natural(bare(one), bare(other)) ||
    natural(one.as ?? '', other.as ?? '')
  );
}

/** Constants, then classes, then the rest, each by name. */
function byMember(one: Imported, other: Imported): number {
  const kind = ({ name }: Imported) => {
    if (name.length > 1 && name === name.toUpperCase() && name !== name.toLowerCase()) return 0;
    return /^\p{Lu}/u.test(name) ? 1 : 2;
  };
  return kind(one) - kind(other) || natural(one.name, other.name) || natural(one.as ?? '', other.as ?? '');
}

/** Without regard to case, numbers by their value; only then by case. */
function natural(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => name.toLowerCase().split(/(\d+)/)) as [string[], string[]];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at] ?? '', b[at] ?? ''];
    if (left === right) continue;
    if (at % 2 && Number(left) !== Number(right)) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return one < other ? -1 : Number(one > other);
}
