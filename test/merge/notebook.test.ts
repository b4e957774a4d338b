import { describe, expect, test } from 'vitest';
import { sameNotebook } from '../../src/merge/notebook.js';
import { book, clean, conflict, merge, output, read, sources } from './books.js';
import type { Cell } from './books.js';

const A: Cell = { id: 'load', source: 'import pandas as pd\nframe = pd.read_csv("a.csv")' };
const B: Cell = { id: 'train', source: 'model = fit(frame)\nscore(model)', tags: ['train'] };
const C: Cell = { id: 'notes', source: '# Notes\n\nNothing yet.', type: 'markdown' };

describe('what is an edit of a notebook', () => {
  const base = book([A, B, C]);
  const same = (text: string) => sameNotebook(Buffer.from(base), Buffer.from(text));

  test('a notebook that was only run is untouched', () => {
    const ran = [
      { ...A, outputs: output('1'), count: 3, metadata: { execution: { 'iopub.execute_input': 'x' } } },
      B,
      C,
    ];
    expect(same(book(ran, { metadata: { kernelspec: { name: 'py312' }, widgets: {} } }))).toBe(true);
    expect(same(book([A, B, C], { indent: 2 }))).toBe(true);
  });

  test.each([
    ['a source', [{ ...A, source: 'pass' }, B, C]],
    ['a tag', [A, { ...B, tags: [] }, C]],
    ['the order', [B, A, C]],
    ['a type', [A, B, { ...C, type: 'code' as const }]],
    ['an id', [{ ...A, id: 'other' }, B, C]],
    ['a cell less', [A, B]],
  ])('%s is an edit', (_, cells) => expect(same(book(cells))).toBe(false));

  test('what is no notebook is compared by its bytes', () => {
    expect(sameNotebook(Buffer.from('{'), Buffer.from('{'))).toBe(true);
    expect(sameNotebook(Buffer.from('{'), Buffer.from('{}'))).toBe(false);
  });
});

describe('cells that merge', () => {
  test('edits of different cells, and of different lines of one cell, come together', async () => {
    const long = { ...A, source: 'one\ntwo\nthree\nfour' };
    const ours = book([{ ...A, source: 'one\ntwo\nthree\nFOUR' }, B, C]);
    const theirs = book([{ ...A, source: 'ONE\ntwo\nthree\nfour' }, { ...B, source: 'fit()' }, C]);
    expect(sources(await clean(book([long, B, C]), ours, theirs))).toEqual([
      'ONE\ntwo\nthree\nFOUR',
      'fit()',
      C.source,
    ]);
  });

  test('a line added below the last one by the team and one added on top by the template', async () => {
    const ours = book([{ ...A, source: `x = 1\n${'y = 2\n'.repeat(3)}z = 3\nteam = 4` }]);
    const base = book([{ ...A, source: `x = 1\n${'y = 2\n'.repeat(3)}z = 3` }]);
    const theirs = book([{ ...A, source: `template = 0\nx = 1\n${'y = 2\n'.repeat(3)}z = 3` }]);
    expect(sources(await clean(base, ours, theirs))).toEqual([
      `template = 0\nx = 1\n${'y = 2\n'.repeat(3)}z = 3\nteam = 4`,
    ]);
  });

  test('both insert at one place: the team first', async () => {
    const team = { id: 'team', source: 'mine = 1' };
    const template = { id: 'new', source: 'new = 1' };
    const result = await clean(book([A, B, C]), book([A, team, B, C]), book([A, template, B, C]));
    expect(sources(result)).toEqual([A.source, 'mine = 1', 'new = 1', B.source, C.source]);
  });

  test('the team moved cells, the template deleted one, changed one and added one', async () => {
    const theirs = book([A, { ...B, source: 'fit()' }, { id: 'more', source: 'more()' }]);
    const result = read(await clean(book([A, B, C]), book([B, C, A]), theirs));
    expect(result.cells.map(({ id }) => id)).toEqual(['train', 'more', 'load']);
  });

  test('the template moved cells, the team added one', async () => {
    const result = await clean(
      book([A, B, C]),
      book([A, { id: 'mine', source: 'm' }, B, C]),
      book([C, A, B]),
    );
    expect(read(result).cells.map(({ id }) => id)).toEqual(['notes', 'load', 'mine', 'train']);
  });

  test('a cell that the team deleted stays deleted, and the reason says that the template changed it', async () => {
    const merged = await merge(book([A, B, C]), book([A, C]), book([A, { ...B, source: 'fit()' }, C]));
    expect(merged).toMatchObject({
      kind: 'clean',
      reason: expect.stringMatching(/train.*deleted/) as string,
    });
    expect(sources(merged.content)).toEqual([A.source, C.source]);
  });

  test('tags of both come together', async () => {
    const ours = book([A, { ...B, tags: ['train', 'mine'] }, C]);
    const result = read(await clean(book([A, B, C]), ours, book([A, { ...B, tags: ['fit'] }, C])));
    expect(result.cells[1]!.metadata.tags?.sort()).toEqual(['fit', 'mine']);
  });

  test('the same cell added by both stands once', async () => {
    const both = { id: 'both', source: 'both()' };
    const result = await clean(book([A, C]), book([A, both, C]), book([A, both, { ...C, source: 'x' }]));
    expect(sources(result)).toEqual([A.source, 'both()', 'x']);
  });
});

describe('what stays as the team has it', () => {
  test('outputs stay on cells whose source stays, and go where it changes', async () => {
    const ours = book([
      { ...A, outputs: output('1'), count: 1 },
      { ...B, outputs: output('2'), count: 2 },
      C,
    ]);
    const result = read(await clean(book([A, B, C]), ours, book([A, { ...B, source: 'fit()' }, C])));
    expect(result.cells.map(({ outputs }) => outputs)).toEqual([output('1'), [], undefined]);
  });

  test('bytes of cells that stay: floats, escapes, indentation, kernel, no final newline', async () => {
    const ours = book([{ ...A, outputs: [{ data: 'FLOAT' }] }, C], {
      indent: 4,
      metadata: { kernelspec: { name: 'team' } },
    })
      .replace('"FLOAT"', '1.50e+00')
      .replace('import pandas', '\\u0069mport pandas')
      .trimEnd();
    const theirs = book([A, { id: 'new', source: 'x = 1\ny = 2' }, C], {
      metadata: { kernelspec: { name: 'python3' } },
    });
    const base = book([A, C], { metadata: { kernelspec: { name: 'python3' } } });
    const result = Buffer.from(await clean(base, ours, theirs)).toString();
    const inserted = [
      ...[
        '{',
        '    "cell_type": "code",',
        '    "execution_count": null,',
        '    "id": "new",',
        '    "metadata": {},',
      ],
      ...['    "outputs": [],', '    "source": [', '        "x = 1\\n",', '        "y = 2"', '    ]', '},'],
    ];
    const lines = inserted.map((line) => `        ${line}\n`).join('');
    const place = ours.indexOf('        {\n            "cell_type": "markdown"');
    expect(result).toBe(ours.slice(0, place) + lines + ours.slice(place));
  });

  test('escapes of the lines that stay in a cell which both changed', async () => {
    const [base, ours, theirs] = ['one', 'ours', 'one'].map((last, i) =>
      book([{ ...A, source: `a = "<"\n${i === 2 ? 'theirs' : 'x'}\n1\n2\n${last}` }]),
    ) as [string, string, string];
    const escaped = ours.replace('<', '\\u003c');
    const result = Buffer.from(await clean(base, escaped, theirs)).toString();
    expect(result).toBe(escaped.replace('"x\\n"', '"theirs\\n"'));
  });

  test('a notebook in one line stays in one line', async () => {
    const ours = book([A, C], { indent: 0 }).trimEnd();
    const result = Buffer.from(await clean(book([A, C]), ours, book([A, B, C]))).toString();
    expect(result).not.toContain('\n');
    expect(sources(Buffer.from(result))).toEqual([A, B, C].map(({ source }) => source));
  });

  test('CRLF line ends', async () => {
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    const result = await clean(crlf(book([A, C])), crlf(book([A, C], { indent: 2 })), crlf(book([A, B, C])));
    expect(Buffer.from(result).toString()).toBe(crlf(book([A, B, C], { indent: 2 })));
  });
});

describe('notebooks without ids, or with other ones', () => {
  const bare = (cells: readonly Cell[]) => cells.map((cell) => ({ ...cell, id: undefined }));

  test('an old format is matched by source and gets no ids', async () => {
    const ours = book(bare([A, { ...B, source: 'model = fit(frame, depth=3)\nscore(model)' }, C]), {
      minor: 4,
    });
    const theirs = book([A, { id: 'new', source: 'new()' }, B, { ...C, source: '# Notes' }]);
    const result = read(await clean(book([A, B, C]), ours, theirs));
    expect(result.cells.map(({ source }) => [source].flat().join(''))).toEqual([
      A.source,
      'new()',
      'model = fit(frame, depth=3)\nscore(model)',
      '# Notes',
    ]);
    expect(result.cells.flatMap(({ id }) => id ?? [])).toEqual([]);
  });

  test('a cell with a rewritten id that the team edited is still the template cell', async () => {
    const lines = (first: string, last: string) => `${first}\nframe = load()\nmodel = fit(frame)\n${last}`;
    const ours = book([
      { ...A, id: 'c0', source: lines('a = 1', 'mine(model)') },
      { ...B, id: 'c1' },
    ]);
    const theirs = book([{ ...A, source: lines('new = 1', 'b(model)') }, B]);
    const result = await clean(book([{ ...A, source: lines('a = 1', 'b(model)') }, B]), ours, theirs);
    expect(sources(result)).toEqual([lines('new = 1', 'mine(model)'), B.source]);
  });

  test('rewritten ids stay the team ones, and a new cell whose id is taken gets another', async () => {
    const ours = book([
      { ...A, id: 'new' },
      { ...B, id: 'c1' },
      { ...C, id: 'c2' },
    ]);
    const theirs = book([A, B, { id: 'new', source: 'new()' }, { ...C, source: '# Notes\n\nSome.' }]);
    const { cells } = read(await clean(book([A, B, C]), ours, theirs));
    expect(cells.map(({ source }) => [source].flat().join(''))).toEqual([
      A.source,
      B.source,
      'new()',
      '# Notes\n\nSome.',
    ]);
    expect(cells.map(({ id }) => id).filter((_, i) => i !== 2)).toEqual(['new', 'c1', 'c2']);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(4);
  });
});

describe('conflicts', () => {
  const base = book([A, B, C]);
  const edited = (cell: Cell, source: string) => ({ ...cell, source });

  test('both changed a line: every such cell is named', async () => {
    const ours = book([edited(A, 'ours'), edited(B, 'ours'), C]);
    expect(await conflict(base, ours, book([edited(A, 'theirs'), edited(B, 'theirs'), C]))).toMatch(
      /load.*train/,
    );
  });

  test('both moved', async () => {
    expect(await conflict(base, book([B, A, C]), book([A, C, B]))).toMatch(/moved.*train/);
  });

  test('the team changed what the template deleted', async () => {
    expect(await conflict(base, book([A, edited(B, 'mine()'), C]), book([A, C]))).toMatch(/train.*deleted/);
  });

  test('both added a cell of one id', async () => {
    const [one, other] = [
      { id: 'x', source: '1' },
      { id: 'x', source: '2' },
    ];
    expect(await conflict(base, book([A, B, C, one]), book([A, B, C, other]))).toMatch(/added.* x/);
  });

  test.each([
    ['broken JSON', '{"cells": ['],
    ['no notebook', '{"cells": 3, "nbformat": 4}'],
    ['an old notebook', '{"worksheets": [], "nbformat": 3}'],
    ['markers', `<<<<<<< x\n${book([A])}`],
  ])('%s on the team side', async (_, ours) => {
    expect(await conflict(base, ours, book([A]))).toMatch(/not a notebook/);
  });

  test('one id on two of the team cells', async () => {
    expect(await conflict(base, book([A, B, C, { ...A, source: 'x' }]), book([A, B]))).toMatch(/load/);
  });

  test('both added a notebook: clean only when the cells are equal', async () => {
    expect(await conflict(undefined, book([A, B]), book([A, C]))).toMatch(/both added/);
    const ours = book([{ ...A, outputs: output('1') }, B]);
    const merged = await merge(undefined, ours, book([A, B]));
    expect([merged.kind, Buffer.from(merged.content).toString()]).toEqual(['clean', ours]);
  });
});
