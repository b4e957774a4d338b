import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/levels/load.js';
import { read, type Tree, trees } from '../support/trees.js';

const model = await loadModel();
// What is evidence goes by no name of a repository.
const all = trees(({ length }) => length === 'short');
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
