import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/render/context.js';
import { loadRoot } from '../../src/render/load.js';
import { originsOf, renderOverlays } from '../../src/render/overlays.js';
import { ownRoot } from '../../src/render/own.js';
import { answersAt } from '../support/outcome.js';
import { temporary, write } from '../support/session.js';

const rootOf = (name: string, files: Record<string, string>) =>
  loadRoot(write(temporary(), { 'files.yml': '[]', ...files }), name);

describe('the origins of a rendered tree', () => {
  it.each([0, 2, 4])('are there for each of its paths and no other, at level %i', async (level) => {
    const roots = [await ownRoot()];
    for (const endpoint of ['online', 'batch']) {
      const context = contextOf(level, answersAt(level, { endpoint }));
      const origins = originsOf(roots, level, context);
      expect([...origins.keys()].sort()).toEqual([...renderOverlays(roots, level, context).keys()].sort());
      for (const { since, template } of origins.values()) expect(since).toBeLessThanOrEqual(template.level);
    }
  });

  it('name the last root and the highest overlay that have a path, and the level that brought it', () => {
    const roots = [
      rootOf('azmlops', { 'level-0/a': '0', 'level-2/a': '2', 'level-1/b': '1', 'level-3/b': '3' }),
      rootOf('contoso', { 'level-1/b': 'theirs', 'level-2/c': 'theirs' }),
    ];
    const origins = originsOf(roots, 2, contextOf(2, answersAt(2)));
    const found = [...origins].map(([path, { root, since, template }]) => [
      path,
      root,
      since,
      template.level,
    ]);
    expect(found).toEqual([
      ['a', 'azmlops', 0, 2],
      ['b', 'contoso', 1, 1],
      ['c', 'contoso', 2, 2],
    ]);
  });

  it('name the partials that were taken in, the task’s own where there is one, and those of partials', () => {
    const roots = [
      rootOf('azmlops', {
        'level-0/a': "<%- include('x') %><% if (batch) { %><%- include('z') %><% } %>",
        'partials/x': "<%- include('y') %>",
        'partials/y': 'common',
        'partials/z': 'never',
        'tasks/regression/partials/y': 'own',
      }),
    ];
    const of = (task: string) =>
      originsOf(roots, 0, contextOf(0, answersAt(0, { task })))
        .get('a')
        ?.partials()
        .sort();
    expect(of('classification')).toEqual(['x', 'y']);
    expect(of('regression')).toEqual(['regression/y', 'x']);
  });
});
