import { children, type Code, sourceOf } from './code.js';
import type { Syntax } from './tree.js';

export interface Imports {
  readonly modules: { module: string; line: number }[];
  /** What a name stands for, dotted. */
  readonly aliases: Map<string, string>;
}

/** `src/churn/score.py` is the module churn.score: what is packed lies below `src`. */
export function packageOf(path: string): string[] {
  const folders = path.split('/').slice(0, -1);
  return folders.slice(folders.lastIndexOf('src') + 1);
}

export function importsOf(codes: readonly Code[], path: string): Imports {
  const found: Imports = { modules: [], aliases: new Map() };
  for (const code of codes) for (const node of code.imports) read(node, code, path, found);
  return found;
}

function read(node: Syntax, code: Code, path: string, { modules, aliases }: Imports): void {
  const words = [...children(node)].map((part) => ({
    text: sourceOf(part, code),
    line: code.line(part.from),
  }));
  const line = words[0]?.line ?? 1;
  const at = words.findIndex(({ text }) => text === 'import');
  const from = words[0]?.text === 'from' ? absolute(joined(words.slice(1, at)), path) : undefined;
  for (const part of split(words.slice(at + 1))) {
    const as = part.findIndex(({ text }) => text === 'as');
    const name = joined(as === -1 ? part : part.slice(0, as));
    const alias = as === -1 ? undefined : part[as + 1]?.text;
    if (!name) continue;
    const full = from === undefined ? name : [from, name].filter(Boolean).join('.');
    if (from !== undefined && name !== '*') aliases.set(alias ?? name, full);
    else if (alias) aliases.set(alias, full);
    if (name !== '*') modules.push({ module: full, line: part[0]?.line ?? line });
  }
  if (from) modules.push({ module: from, line });
}

type Word = { readonly text: string; readonly line: number };

const joined = (words: readonly Word[]): string =>
  words
    .map(({ text }) => text)
    .filter((text) => text !== '(' && text !== ')')
    .join('');

function split(words: readonly Word[]): Word[][] {
  const parts: Word[][] = [[]];
  for (const word of words) {
    if (word.text === ',') parts.push([]);
    else if (word.text !== '(' && word.text !== ')') parts.at(-1)?.push(word);
  }
  return parts;
}

const IMPORTS =
  /\bfrom(?:[\s\\]+|(?=\.))([.\w]+)[\s\\]+import\b|\bimport[ \t\\\n]+([\w., \t]*(?:\\\n[\w., \t]*)*)/g;

/**
 * Modules that a text may import, dotted: all that any reader would find, and more, for comments and strings are looked
 * at as well. To rule a file out without parsing it.
 */
export function mayImport(text: string, path: string): readonly string[] {
  const plain = path.endsWith('.ipynb') ? text.replaceAll('\\n', '\n') : text;
  const found = new Set<string>();
  for (const [, from, names = ''] of plain.matchAll(IMPORTS))
    if (from !== undefined) found.add(absolute(from, path));
    else for (const [name] of names.matchAll(/[\w.]+/g)) found.add(name);
  return [...found];
}

function absolute(module: string, path: string): string {
  const [dots = ''] = /^\.+/.exec(module) ?? [];
  if (!dots) return module;
  const folders = packageOf(path);
  const above = folders.slice(0, Math.max(folders.length - (dots.length - 1), 0));
  return [...above, module.slice(dots.length)].filter(Boolean).join('.');
}
