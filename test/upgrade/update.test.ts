import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { loadRoot } from '../../src/render/load.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import type { Root } from '../../src/render/root.js';
import { azmlops, files, home } from '../support/session.js';
import { append, commit, emittedFrom, state } from './emitted.js';

beforeEach(() => void home());

const OLDER = fileURLToPath(new URL('older-templates', import.meta.url));

/** An older set of templates, laid over ours: texts that changed since, a file gone since, a file new since. */
async function older(): Promise<Root[]> {
  const own = await ownRoot();
  const root = loadRoot(OLDER, 'older');
  const module = own.templates.find(({ path }) => path === 'src/_package_/source.py');
  if (typeof module?.body !== 'string') throw new Error('source.py is no plain text any more');
  // One line of a longer text, so that an edit elsewhere in it merges.
  const body = `# An older first line.\n${module.body.slice(module.body.indexOf('\n') + 1)}`;
  return [own, { ...root, templates: [...root.templates, { ...module, body }] }];
}

async function fresh(level: number): Promise<Record<string, string>> {
  const tree = render([await ownRoot()], level, answersFor({ name: 'churn' }, level));
  return Object.fromEntries([...tree].map(([path, { content }]) => [path, Buffer.from(content).toString()]));
}

describe('update', () => {
  it.each([0, 1, 4])(
    'makes of an untouched repository of older templates at level %d what new writes',
    async (level) => {
      const dir = await emittedFrom(await older(), level);
      const before = files(dir);
      expect(before['docs/contacts.md']).toContain('# Contacts of churn');
      expect(before).not.toHaveProperty(['docs/model-card.md']);
      const { code, out } = await azmlops(dir, 'update');
      expect(code).toBe(0);
      expect(out).toContain('docs/contacts.md');
      expect(files(dir)).toEqual(await fresh(level));
    },
  );

  it('keeps what the team changed, and says what it kept deleted', async () => {
    const dir = await emittedFrom(await older(), 1);
    commit(dir, {
      'src/churn/source.py': append('# the last line is ours'),
      'README.md': append('Ours as well.'),
      'docs/own.md': 'all ours\n',
      'docs/roles.md': null,
    });
    const { code, out } = await azmlops(dir, 'update', '--json');
    expect(code).toBe(0);
    const { entries } = JSON.parse(out) as { entries: { path: string; fate: string }[] };
    const fates = Object.fromEntries(entries.map(({ path, fate }) => [path, fate]));
    expect(fates).toMatchObject({
      'src/churn/source.py': 'merge',
      'README.md': 'keep',
      'docs/roles.md': 'keep-deleted',
      'docs/contacts.md': 'remove',
      'docs/model-card.md': 'add',
    });
    const expected = await fresh(1);
    delete expected['docs/roles.md'];
    expect(files(dir)).toEqual({
      ...expected,
      'src/churn/source.py': `${expected['src/churn/source.py']}# the last line is ours\n`,
      'README.md': `${expected['README.md']}Ours as well.\n`,
      'docs/own.md': 'all ours\n',
    });
  });

  it('leaves a file that the templates dropped and the team edited, as a conflict', async () => {
    const dir = await emittedFrom(await older(), 0);
    commit(dir, { 'docs/contacts.md': append('Ask Ada.') });
    const { code, out } = await azmlops(dir, 'update', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ conflicts: ['docs/contacts.md'] });
    expect(files(dir)['docs/contacts.md']).toContain('Ask Ada.\n');
  });

  it('upgrades from older templates in one go', async () => {
    const dir = await emittedFrom(await older(), 0);
    expect((await azmlops(dir, 'upgrade', '--to', '2')).code).toBe(0);
    expect(files(dir)).toEqual(await fresh(2));
  });

  it('twice: the second time there is nothing to do', async () => {
    const dir = await emittedFrom(await older(), 1);
    await azmlops(dir, 'update');
    commit(dir, {});
    const before = state(dir);
    const { code, out } = await azmlops(dir, 'update');
    expect([code, state(dir)]).toEqual([0, before]);
    expect(out).toContain('Nothing to do');
  });

  it.each([['--to', '2'], ['--owner', 'me'], ['--yes']])('knows no %s', async (...words) => {
    const { code } = await azmlops(await emittedFrom([await ownRoot()], 0), 'update', ...words);
    expect(code).toBe(2);
  });
});
