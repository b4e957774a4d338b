import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FileTree } from '../../../src/merge/types.js';
import { commit } from '../../merge/scenarios/stage.js';
import { onDisk } from '../../merge/scenarios/checks.js';
import { entryOf, place, said } from '../../merge/scenarios/trees.js';
import { azmlops, git, home } from '../../support/session.js';
import { type Chosen, holding, isTree, levelTree, PAIRS, upgraded } from '../random/levels.js';
import { treeOnDisk } from '../random/repository.js';

beforeEach(() => void home());

const TASKS = ['classification', 'regression'];
const ENDPOINTS = ['online', 'batch', 'both'];
const GATES = ['reviewers', 'pull-request', 'typed'];
const all = (to: number): Chosen[] =>
  TASKS.flatMap((task) =>
    ENDPOINTS.flatMap((endpoint) => GATES.slice(0, to < 3 ? 1 : 3).map((gate) => ({ task, endpoint, gate }))),
  );

/** Each pair with every answer, or with one of them, so that each answer's value is met by some pair. */
const combinations = PAIRS.flatMap(([from, to], nth) => {
  const some = all(to);
  const one = some[(nth * 7) % some.length] ?? {};
  return (process.env.AZMLOPS_ALL ? some : [one]).map((chosen) => ({ from, to, chosen, ...chosen }));
});

describe('an untouched repository', () => {
  it.each(combinations)(
    'from level $from to $to ($task, $endpoint, $gate) is what `new` writes there, and a second run has nothing to do',
    async ({ from, to, chosen }) => {
      const dir = holding(await levelTree(from, chosen));
      const { code, err } = await upgraded(dir, from, to, chosen);
      expect([code, err]).toEqual([0, '']);
      isTree(dir, await levelTree(to, chosen));
      expect(git(dir, 'diff', '--name-only')).toBe('');
      commit(dir, 'up');
      for (const words of [['upgrade', '--to', String(to), '--yes'], ['update']]) {
        const again = await azmlops(dir, ...words);
        expect([again.code, again.err], words[0]).toEqual([0, '']);
        expect(again.out).toMatch(/nothing to do/i);
      }
      expect(git(dir, 'status', '--porcelain')).toBe('');
    },
  );

  it('level by level is what one jump gives', async () => {
    const dir = holding(await levelTree(0));
    for (const to of [1, 2, 3, 4]) {
      expect((await upgraded(dir, to - 1, to)).code).toBe(0);
      commit(dir, `level ${to}`);
    }
    isTree(dir, await levelTree(4));
  });
});

const textIn = (tree: FileTree, path: string): string =>
  Buffer.from(tree.get(path)?.content ?? '').toString();

/** The line in the midst of the longest stretch that both have, once: an edit there meets no change of a template. */
function quietLine(trees: readonly FileTree[], path: string): number {
  const texts = trees.map((tree) => `\n${textIn(tree, path)}`);
  const all = textIn(trees[0]!, path).split('\n');
  const radius = (at: number): number => {
    let r = 0;
    const alike = (wide: number) => {
      const around = `\n${all.slice(Math.max(0, at - wide), at + wide + 1).join('\n')}\n`;
      return texts.every((text) => text.split(around).length === 2);
    };
    while (r < 12 && alike(r)) r++;
    return r;
  };
  const indented = (at: number) => !/^\S/.test(all[at] ?? '');
  const [[best, at] = [0, 0]] = all
    .map((_, at): [number, number] => [indented(at) ? 0 : radius(at), at])
    .sort(([a], [b]) => b - a);
  expect(best, `a quiet line in ${path}`).toBeGreaterThan(2);
  return at;
}

const withLine = (text: string, after: number, line: string): string => {
  const all = text.split('\n');
  all.splice(after + 1, 0, line);
  return all.join('\n');
};

interface Notebook {
  cells: { cell_type: string; id: string; metadata: object; source: string[] }[];
}

/** A notebook with one more cell at its end, and with outputs in the others, as after a run. */
function withCell(text: string, source: string): string {
  const notebook = JSON.parse(text) as Notebook;
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code'
      ? { ...cell, execution_count: 3, outputs: [{ output_type: 'stream', name: 'stdout', text: ['ran\n'] }] }
      : cell,
  );
  const own = { cell_type: 'code', id: 'team-cell', metadata: {}, execution_count: null, outputs: [] };
  return `${JSON.stringify({ ...notebook, cells: [...cells, { ...own, source: [source] }] }, undefined, 1)}\n`;
}

/** Edits of lines, by path; the line that is written, and since which level the path is there. */
const LINES = {
  'README.md': ['A line of the team.', 0],
  'azureml/environments/inference-conda.yml': ['# conda, by the team', 0],
  '.gitignore': ['team-scratch/', 0],
  'src/churn/train.py': ['# train, by the team', 1],
  '.github/workflows/ci.yml': ['# workflow, by the team', 1],
  'pyproject.toml': ['# project, by the team', 1],
} as const;

describe("a team's edits", () => {
  it.each(PAIRS)('from level %i to %i are all found, without a conflict', async (from, to) => {
    const trees = await Promise.all([0, 1, 2, 3, 4].slice(from, to + 1).map((level) => levelTree(level)));
    const [base, target] = [trees[0], trees.at(-1)];
    if (!base || !target) throw new Error('no trees');
    const dir = holding(base);
    const edit = (path: string, text: string) => place(dir, path, { ...entryOf(text), mode: '100644' });
    const mine = Object.entries(LINES).filter(([, [, since]]) => since <= from);
    for (const [path, [line]] of mine)
      edit(path, withLine(textIn(base, path), quietLine([base, target], path), line));
    edit('notebooks/explore.ipynb', withCell(textIn(base, 'notebooks/explore.ipynb'), 'own_plot(data)'));
    edit('src/our_own.py', 'OURS = 1\n');
    edit('docs/notes of the team.md', '# Ours\n');
    rmSync(join(dir, 'docs/roles.md'));
    commit(dir, 'the team');

    const { code, out, err } = await upgraded(dir, from, to);
    expect([code, err], out).toEqual([0, '']);
    for (const [path, [line]] of mine) expect(onDisk(dir, path), path).toContain(`\n${line}\n`);
    expect(onDisk(dir, 'notebooks/explore.ipynb')).toContain('own_plot(data)');
    expect(onDisk(dir, 'src/our_own.py')).toBe('100644 OURS = 1\n');
    expect(onDisk(dir, 'docs/notes of the team.md')).toBe('100644 # Ours\n');
    expect(onDisk(dir, 'docs/roles.md'), 'deleted by the team').toBeUndefined();
    if (textIn(base, 'docs/roles.md') !== textIn(target, 'docs/roles.md'))
      expect(out).toContain('docs/roles.md');

    // But for those, the result is what `new` writes.
    const touched = new Set([...mine.map(([path]) => path), 'notebooks/explore.ipynb', 'docs/roles.md']);
    const result = treeOnDisk(dir);
    for (const [path, entry] of target)
      if (!touched.has(path)) expect(result.get(path) && said(result.get(path)!), path).toBe(said(entry));
    for (const [path, [line]] of mine)
      expect((onDisk(dir, path) ?? '').replace(`${line}\n`, ''), path).toBe(said(target.get(path)!));
    const ours = ['src/our_own.py', 'docs/notes of the team.md'];
    expect([...result.keys()].filter((path) => !target.has(path) && !ours.includes(path))).toEqual([]);

    commit(dir, 'up');
    const again = await azmlops(dir, 'update');
    expect([again.code, git(dir, 'status', '--porcelain')]).toEqual([0, '']);
  });

  it.each(PAIRS)(
    'from level %i to %i in a line that the template changes is a conflict',
    async (from, to) => {
      const [base, target] = [await levelTree(from), await levelTree(to)];
      const dir = holding(base);
      const [first = ''] = textIn(base, 'README.md')
        .split('\n')
        .filter((line) => line && !textIn(target, 'README.md').includes(line));
      expect(first).not.toBe('');
      const edited = textIn(base, 'README.md').replace(first, 'What the team says instead.');
      place(dir, 'README.md', entryOf(edited));
      commit(dir, 'the team');
      const dry = await azmlops(dir, 'upgrade', '--to', String(to), '--yes', '--dry-run');
      expect(dry.code, 'the dry run exits as the run would').toBe(1);
      expect(git(dir, 'status', '--porcelain')).toBe('');
      const { code, out } = await upgraded(dir, from, to);
      expect(code).toBe(1);
      expect(out).toContain('README.md');
      const readme = onDisk(dir, 'README.md') ?? '';
      expect(readme).toContain('What the team says instead.\n');
      expect(readme).toMatch(/^<{7} yours$/m);
      expect(readme).toMatch(new RegExp(`^[|]{7} level ${from} template$`, 'm'));
      expect(readme).toMatch(new RegExp(`^>{7} level ${to} template$`, 'm'));
      expect(git(dir, 'ls-files', '--unmerged')).toContain('README.md');
      expect((await azmlops(dir, 'upgrade', '--yes')).code, 'the next run').toBe(3);
      expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
      expect([git(dir, 'status', '--porcelain'), onDisk(dir, 'README.md')]).toEqual(['', `100644 ${edited}`]);
    },
  );
});

describe('an edit in a tagged cell of level 0', () => {
  it.each(process.env.AZMLOPS_ALL ? [1, 2, 3, 4] : [1, 4])(
    'is found in the package at level %i',
    async (to) => {
      const base = await levelTree(0);
      const dir = holding(base);
      const train = textIn(base, 'notebooks/train.ipynb');
      const notebook = JSON.parse(train) as Notebook;
      const tagged = notebook.cells.find(({ source }) => source.some((line) => line.startsWith('def ')));
      const at = tagged?.source.findIndex((line) => line.startsWith('def ')) ?? -1;
      expect(at, 'a function in the notebook').toBeGreaterThanOrEqual(0);
      tagged?.source.splice(at, 0, 'TEAM_FACTOR = 17\n', '\n', '\n');
      place(dir, 'notebooks/train.ipynb', entryOf(`${JSON.stringify(notebook, undefined, 1)}\n`));
      commit(dir, 'the team');
      const { code, out } = await upgraded(dir, 0, to);
      const found = [...treeOnDisk(dir)].filter(([, entry]) => said(entry).includes('TEAM_FACTOR = 17'));
      expect(
        found.map(([path]) => path).filter((path) => path.startsWith('src/churn/')),
        out,
      ).not.toEqual([]);
      expect(code, out).toBe(0);
    },
  );
});
