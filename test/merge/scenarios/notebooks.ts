import { expect } from 'vitest';
import { onDisk } from './checks.js';
import { type Row, type Seen } from './stage.js';

/** The template's cells have ids of their own, also when their source is another; the team's others. */
const idOf = (source: string, at: number): string =>
  IDS.find(([word]) => source.startsWith(word))?.[1] ?? `team-${at}`;
const IDS = [
  ['import p', 'imports'],
  ['data =', 'load'],
  ['model =', 'fit'],
  ['score(', 'score'],
] as const;

/** A notebook as Jupyter writes it; `run` gives each cell an output and the kernel its metadata. */
function notebook(cells: readonly string[], run = false): string {
  const content = {
    cells: cells.map((source, at) => {
      const count = run ? at + 1 : null;
      const outputs = run ? [{ name: 'stdout', output_type: 'stream', text: [`output ${at + 1}\n`] }] : [];
      return {
        cell_type: 'code',
        execution_count: count,
        id: idOf(source, at),
        metadata: {},
        outputs,
        source: source.split(/(?<=\n)/),
      };
    }),
    metadata: {
      kernelspec: { display_name: run ? 'My Env' : 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python', version: run ? '3.12.7' : '3.12' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(content, undefined, 1)}\n`;
}

const FOUR = ['import pandas', 'data = load()\ndata.head()', 'model = fit(data)', 'score(model)'];
const edited = (at: number, source: string): string[] =>
  FOUR.map((one, cell) => (cell === at ? source : one));

const cellsOf = ({ dir }: Seen): { source: string[]; outputs: unknown[] }[] =>
  (
    JSON.parse((onDisk(dir, 'train.ipynb') ?? '').slice('100644 '.length)) as {
      cells: { source: string[]; outputs: unknown[] }[];
    }
  ).cells;
const sources = (seen: Seen): string[] => cellsOf(seen).map(({ source }) => source.join(''));

/** Rule 5 of the design: notebooks are merged by cell. */
export const NOTEBOOKS: readonly Row[] = [
  {
    id: 'edits of two cells of a notebook meet',
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(edited(1, 'data = own()')) },
    theirs: { 'train.ipynb': notebook(edited(3, 'score(model, deep=True)')) },
    expect: {
      fates: { 'train.ipynb': 'merge' },
      more: (seen) =>
        expect(sources(seen)).toEqual([FOUR[0], 'data = own()', FOUR[2], 'score(model, deep=True)']),
    },
  },
  {
    id: "the team's run keeps its outputs on the cells whose source stays",
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(FOUR, true) },
    theirs: { 'train.ipynb': notebook(edited(3, 'score(model, deep=True)')) },
    expect: {
      losesOutputs: true,
      more: (seen) => {
        expect(sources(seen)).toEqual(edited(3, 'score(model, deep=True)'));
        const kept = cellsOf(seen).map(({ outputs }) => JSON.stringify(outputs));
        expect(kept.slice(0, 3)).toEqual(
          [1, 2, 3].map((at) => expect.stringContaining(`output ${at}`) as string),
        );
        expect(kept[3], 'the output of code that is no longer there').toBe('[]');
      },
    },
  },
  {
    id: 'a notebook that was only run stays as it is when no template changed it',
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(FOUR, true) },
    expect: { work: { 'train.ipynb': notebook(FOUR, true) } },
  },
  {
    id: 'a notebook that was only run goes when the template drops it',
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(FOUR, true) },
    theirs: { 'train.ipynb': null },
    expect: { work: { 'train.ipynb': null }, fates: { 'train.ipynb': 'remove' }, losesOutputs: true },
  },
  {
    id: 'a notebook with an edited cell stays when the template drops it, as a conflict',
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(edited(1, 'data = own()'), true) },
    theirs: { 'train.ipynb': null },
    expect: {
      work: { 'train.ipynb': notebook(edited(1, 'data = own()'), true) },
      conflicts: ['train.ipynb'],
      stages: { 'train.ipynb': [1, 2] },
    },
  },
  {
    id: "two texts for one cell: the team's notebook stays byte for byte, the new one stands beside it",
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(edited(1, 'data = own()'), true) },
    theirs: { 'train.ipynb': notebook(edited(1, 'data = load(fast=True)')) },
    expect: {
      work: { 'train.ipynb': notebook(edited(1, 'data = own()'), true) },
      holds: { 'train.azmlops-new.ipynb': ['data = load(fast=True)'] },
      conflicts: ['train.ipynb'],
      stages: { 'train.ipynb': [1, 2, 3], 'train.azmlops-new.ipynb': [] },
    },
  },
  {
    id: "the team's own cells stay among those of the template",
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(['import pandas', 'import mine', ...FOUR.slice(1), 'plot(model)']) },
    theirs: { 'train.ipynb': notebook(edited(2, 'model = fit(data, seed=1)')) },
    expect: {
      more: (seen) =>
        expect(sources(seen)).toEqual([
          'import pandas',
          'import mine',
          FOUR[1],
          'model = fit(data, seed=1)',
          FOUR[3],
          'plot(model)',
        ]),
    },
  },
  {
    id: 'a cell that the team deleted and the template left alone stays deleted',
    base: { 'train.ipynb': notebook(FOUR) },
    edit: { 'train.ipynb': notebook(FOUR.slice(0, 3)) },
    theirs: { 'train.ipynb': notebook(edited(0, 'import polars')) },
    expect: { more: (seen) => expect(sources(seen)).toEqual(['import polars', FOUR[1], FOUR[2]]) },
  },
  {
    id: 'a notebook that is no JSON is merged as text',
    base: { 'train.ipynb': 'one\ntwo\nthree\nfour\nfive\n' },
    edit: { 'train.ipynb': 'ONE\ntwo\nthree\nfour\nfive\n' },
    theirs: { 'train.ipynb': 'one\ntwo\nthree\nfour\nFIVE\n' },
    expect: { holds: { 'train.ipynb': ['ONE\n'] }, conflicts: 'any' },
  },
];
