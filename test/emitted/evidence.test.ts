import { describe, expect, it, vi } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assess, type Assessed } from '../../src/assess/evaluate/assess.js';
import { contextOf } from '../../src/assess/rules/context.js';
import { meets } from '../../src/assess/rules/meets.js';
import { factsOfTree, model } from '../assess/assessed.js';
import { filesOf, read, type Tree, trees } from '../support/trees.js';

vi.mock(import('../../src/assess/python/facts.js'), async (load) =>
  (await import('../assess/remembered.js')).remembering(await load(), 'pythonFacts'),
);
vi.mock(import('../../src/assess/yaml.js'), async (load) =>
  (await import('../assess/remembered.js')).remembering(await load(), 'readYaml'),
);

// What is evidence goes by no name of a repository.
const all = trees(({ length }) => length === 'short');
const facts = new Map(
  all.map((tree) => [
    tree.id,
    factsOfTree(
      new Map(
        filesOf(tree.dir).map((path) => [
          path,
          { content: readFileSync(join(tree.dir, path)), mode: '100644' as const },
        ]),
      ),
    ),
  ]),
);
const contexts = new Map([...facts].map(([id, found]) => [id, contextOf(found, model.acts)]));
const assessed = new Map<string, Assessed>();
const assessedOf = (tree: Tree): Assessed => {
  const known = assessed.get(tree.id) ?? assess(facts.get(tree.id)!, model, {});
  assessed.set(tree.id, known);
  return known;
};

/** Rows whose levels files cannot tell apart; People and app.expertise have no evidence at all. */
const untold = ['release.scoring-script', 'release.owner'];

describe('evidence', () => {
  const rows = model.characteristics.flatMap((row) =>
    row.evidence.flatMap((rules, level) =>
      (rules ?? []).map((rule, n) => ({ id: `${row.id} L${level} rule ${n + 1}`, row, level, rule })),
    ),
  );
  const met = (tree: Tree, rule: (typeof rows)[number]['rule']) => meets(rule, contexts.get(tree.id)!).met;

  it.each(rows)('$id is there from its level on', ({ rule, level }) => {
    const lacking = all.filter((tree) => tree.level >= level && !met(tree, rule));
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });

  it('is looked for in each row that can be seen', () => {
    const seen = rows.map(({ row }) => row.id);
    expect([...new Set(seen)].sort()).toEqual(
      model.characteristics
        .filter((row) => row.seen)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it.each(rows.filter(({ row, level }) => level > row.starts && !untold.includes(row.id)))(
    '$row.id L$level is not met below',
    ({ row, level }) => {
      const showing = all.filter(
        (tree) => tree.level < level && (row.evidence[level] ?? []).every((rule) => met(tree, rule)),
      );
      // A level's evidence may be there early where the model says that the row holds it.
      const early = showing.filter((tree) => (model.levels[tree.level]!.holds[row.id] ?? 0) < level);
      expect(early.map(({ id }) => id)).toEqual([]);
    },
  );

  it.each(model.characteristics)('$id holds what the model expects', ({ id }) => {
    for (const tree of all) {
      const row = assessedOf(tree).rows.find((one) => one.id === id);
      expect(row?.holds, tree.id).toBe(model.levels[tree.level]!.holds[id]);
    }
  });

  it('gives each repository its own level', () => {
    for (const tree of all) expect(assessedOf(tree).level, tree.id).toBe(tree.level);
  });

  it('stands where it says', () => {
    for (const tree of all)
      for (const { id, evidence, nearly } of assessedOf(tree).rows)
        for (const { path, line } of [...evidence, ...nearly]) {
          const lines = facts.get(tree.id)!.files.text(path)?.split('\n').length ?? 0;
          expect(line >= 1 && line <= lines, `${tree.id} ${id}: ${path}:${line}`).toBe(true);
        }
  });

  it('leads from each level below the highest to the next', () => {
    for (const tree of all) {
      const { definition, rows } = assessedOf(tree);
      expect(definition.length > 0, tree.id).toBe(tree.level < 4);
      if (tree.level < 4)
        expect(
          definition.every(({ met }) => met),
          tree.id,
        ).toBe(false);
      for (const row of rows) expect(row.next !== null, `${tree.id} ${row.id}`).toBe((row.holds ?? 4) < 4);
    }
  });
});

describe('what the pages say of the model', () => {
  const flat = (tree: Tree, path: string) => read(tree, path).replace(/\s+/g, ' ');

  it('docs/roles.md gives the People rows of its level, and what only people can do', () => {
    for (const tree of all) {
      const page = flat(tree, 'docs/roles.md');
      for (const row of model.characteristics.filter(({ dimension }) => dimension === 'people'))
        expect(page, `${tree.id} ${row.id}`).toContain(row.statements[tree.level]);
      for (const level of model.levels)
        for (const { text, until } of level.people) {
          const theirs = level.number <= tree.level && tree.level <= until;
          expect(page.includes(text), `${tree.id} ${text}`).toBe(theirs);
        }
    }
  });

  it('docs/next-level.md gives what hurts, what is next, who must act, and where the sources differ', () => {
    for (const tree of all) {
      const page = flat(tree, 'docs/next-level.md');
      const level = model.levels[tree.level]!;
      const next = model.levels[tree.level + 1];
      // Above the highest level there is nothing, and the page says what to keep reviewing.
      expect(page).toContain(
        next ? `# The road to level ${next.number}: ${next.name}` : '# After level 4: what to keep reviewing',
      );
      expect(page.toLowerCase()).toContain((next ?? level).summary.toLowerCase());
      for (const { theme, text } of level.challenges)
        expect(page, tree.id).toContain(`- ${theme[0]!.toUpperCase()}${theme.slice(1)}. ${text}`);
      const people = (next?.people ?? []).map(({ text }) => text);
      for (const task of [...level.next, ...people]) expect(page, tree.id).toContain(`- ${task}`);
      for (const { level: n, text } of model.sources.flatMap(({ differs }) => differs))
        expect(page, tree.id).toContain(`- Level ${n}: ${text}`);
    }
  });

  it('the README names its level as the model does', () => {
    for (const tree of all)
      expect(flat(tree, 'README.md')).toContain(
        `at level ${tree.level}, "${model.levels[tree.level]!.name}"`,
      );
  });
});
