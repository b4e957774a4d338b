import fc from 'fast-check';
import type { FileEntry, FileTree } from '../../../src/merge/types.js';
import { binary, bytes, exec, lines, over } from '../../merge/scenarios/trees.js';

/** Who edits: each word that is written begins with it, and is written once. */
export type Who = 'team' | 'template';

export interface Edit {
  readonly kind: (typeof KINDS)[number];
  /** Of the files that are there, modulo their number; and of the lines. */
  readonly file: number;
  readonly line: number;
  readonly size: number;
}

const KINDS = [
  'insert',
  'replace',
  'delete',
  'append',
  'add',
  'add alike',
  'drop',
  'rename',
  'chmod',
  'empty',
  'crlf',
  'no final newline',
  'binary',
  'to folder',
] as const;

/** Weighted towards edits of lines: those are what people do. */
export const edits = (kinds: readonly Edit['kind'][] = KINDS, most = 8): fc.Arbitrary<Edit[]> =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom(...kinds.slice(0, 4)) },
        { weight: 1, arbitrary: fc.constantFrom(...kinds) },
      ),
      file: fc.nat(50),
      line: fc.nat(40),
      size: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: most },
  );

const NAMES = [
  'README.md',
  'a b.txt',
  'bin/run.sh',
  'docs/\u00e9.md',
  'logo.bin',
  'src/a.py',
  'src/deep/b.py',
];

/** A synthetic template: every line of it is there once. */
export const start = (): FileTree =>
  over(
    new Map(),
    Object.fromEntries(
      NAMES.map((name, at) => [
        name,
        name.endsWith('.sh')
          ? exec(lines(`base ${name}`, 12))
          : name.endsWith('.bin')
            ? binary(at + 3)
            : lines(`base ${name}`, 4 + 6 * at),
      ]),
    ),
  );

/** The tree after these edits. */
export function edited(tree: FileTree, all: readonly Edit[], who: Who): FileTree {
  const result = new Map(tree);
  let words = 0;
  const word = () => `${who} wrote ${(words += 1)}`;
  for (const { kind, file, line, size } of all) {
    const paths = [...result.keys()].sort();
    const path = paths[file % paths.length] ?? 'README.md';
    const entry = result.get(path) ?? { content: bytes(''), mode: '100644' };
    const text = Buffer.from(entry.content).toString('latin1');
    const put = (at: string, content: string, mode = entry.mode) => {
      const above = [...result.keys()].some((one) => at.startsWith(`${one}/`) || one.startsWith(`${at}/`));
      if (!above) result.set(at, { content: latin(content), mode });
    };
    const spliced = (from: number, count: number, added: number): string => {
      const all = text.split(/(?<=\n)/);
      const ends = text.includes('\r\n') ? '\r\n' : '\n';
      all.splice(
        Math.min(from, all.length - 1),
        count,
        ...Array.from({ length: added }, () => word() + ends),
      );
      return all.join('');
    };
    if (isBinary(entry) && ['insert', 'replace', 'delete', 'append', 'crlf'].includes(kind)) continue;
    if (kind === 'insert') put(path, spliced(line, 0, size));
    if (kind === 'replace') put(path, spliced(line, size, size));
    if (kind === 'delete') put(path, spliced(line, size, 0));
    if (kind === 'append') put(path, `${text}${text.endsWith('\n') || !text ? '' : '\n'}${word()}\n`);
    if (kind === 'add') put(`${who}/${file}.txt`, `${word()}\n`, '100644');
    if (kind === 'add alike') put(`SECURITY-${file % 2}.md`, `${word()}\nboth say this\n`, '100644');
    if (kind === 'drop' && result.size > 2) result.delete(path);
    if (kind === 'rename' && result.size > 2) {
      result.delete(path);
      put(`${who}/renamed-${file}.txt`, text);
    }
    if (kind === 'chmod') result.set(path, { ...entry, mode: entry.mode === '100644' ? '100755' : '100644' });
    if (kind === 'empty') put(path, '');
    if (kind === 'crlf') put(path, text.replaceAll(/\r?\n/g, '\r\n'));
    if (kind === 'no final newline') put(path, text.replace(/\r?\n$/, ''));
    if (kind === 'binary') put(path, `\0${word()}\n`);
    if (kind === 'to folder' && result.size > 2) {
      result.delete(path);
      put(`${path}/inner.txt`, `${word()}\n`, '100644');
    }
  }
  return result;
}

const latin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const isBinary = (entry: FileEntry): boolean => entry.content.includes(0);

/** Lines without their ends, of text and of binary files alike. */
export const linesOf = (content: Uint8Array): string[] =>
  Buffer.from(content)
    .toString('latin1')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter(Boolean);
