import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileEntry, FileTree } from '../../../src/merge/types.js';

/** A file of a tree literal: text, bytes, an executable or a link (`exec`, `link`). */
export type Content = string | Uint8Array | FileEntry;
/** Changes to a tree; null takes a file away. */
export type Changes = Readonly<Record<string, Content | null>>;

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const exec = (text: string): FileEntry => ({ content: bytes(text), mode: '100755' });
export const link = (target: string): FileEntry => ({ content: bytes(target), mode: '120000' });

export const entryOf = (content: Content): FileEntry =>
  typeof content === 'string'
    ? { content: bytes(content), mode: '100644' }
    : content instanceof Uint8Array
      ? { content, mode: '100644' }
      : content;

export function over(tree: FileTree, changes: Changes = {}): FileTree {
  const result = new Map(tree);
  for (const [path, content] of Object.entries(changes))
    if (content === null) result.delete(path);
    else result.set(path, entryOf(content));
  return result;
}

/** `count` lines that all differ, from other files' lines too. */
export const lines = (word: string, count: number): string =>
  Array.from({ length: count }, (_, at) => `${word} line ${at + 1}\n`).join('');

/** The same text with these lines, counted from 1, in place of its own. */
export function at(text: string, changed: Readonly<Record<number, string>>): string {
  const all = text.split('\n');
  for (const [line, words] of Object.entries(changed)) all[Number(line) - 1] = words;
  return all.join('\n');
}

export const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

/** Bytes with NUL, as git knows a binary file. */
export const binary = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 2048 }, (_, index) => (index * seed) % 251);

export const README = lines('Readme', 30);
export const TRAIN = lines('train', 40);
export const DEV = `${lines('setting', 20)}stage: dev\n`;
export const GUIDE = lines('guide', 30);
export const RUN = `#!/bin/sh\n${lines('echo', 10)}`;

/** What each scenario begins with. */
export const START: FileTree = over(new Map(), {
  'README.md': README,
  'src/train.py': TRAIN,
  'config/dev.yml': DEV,
  'config/prod.yml': DEV.replace('dev', 'prod'),
  'infra/main.bicep': lines('param', 8),
  'scripts/run.sh': exec(RUN),
  '.gitignore': '*.log\n.env\n',
  'assets/logo.bin': binary(7),
  'docs/guide.md': GUIDE,
});

export function place(dir: string, path: string, { content, mode }: FileEntry): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  if (mode === '120000') symlinkSync(Buffer.from(content).toString(), file);
  else {
    writeFileSync(file, content);
    chmodSync(file, mode === '100755' ? 0o755 : 0o644);
  }
}

export function writeTree(dir: string, tree: FileTree): void {
  for (const [path, entry] of tree) place(dir, path, entry);
}

/** Everything below a folder but git's own: path to mode and bytes, as one text so that two can be compared. */
export function workOf(dir: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(dir, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) for (const inner of workOf(dir, path)) found.set(...inner);
    else found.set(path, said(fileAt(dir, path)));
  }
  return found;
}

export function fileAt(dir: string, path: string): FileEntry {
  const file = join(dir, path);
  const stat = lstatSync(file);
  if (stat.isSymbolicLink()) return link(readlinkSync(file));
  return { content: readFileSync(file), mode: stat.mode & 0o100 ? '100755' : '100644' };
}

export const said = ({ mode, content }: FileEntry): string =>
  `${mode} ${Buffer.from(content).toString('latin1')}`;

/** The bytes of every file below git's folder that `fits`. */
export function gitBytes(folder: string, fits: (path: string) => boolean, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (!fits(path)) continue;
    if (entry.isDirectory()) for (const inner of gitBytes(folder, fits, path)) found.set(...inner);
    else found.set(path, readFileSync(join(folder, path), 'latin1'));
  }
  return found;
}
