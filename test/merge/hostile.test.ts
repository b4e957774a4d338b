import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { abort } from '../../src/merge/abort.js';
import { mergeInto } from '../../src/merge/index.js';
import { prepare } from '../../src/merge/merge-into.js';
import { git, home } from '../support/session.js';
import { HOSTILE, SETTINGS } from './scenarios/hostile.js';
import { farRepository } from './scenarios/places.js';
import { play } from './scenarios/play.js';
import { LABELS, repository } from './scenarios/stage.js';
import { globally } from './scenarios/traps.js';
import { over, START, workOf } from './scenarios/trees.js';

beforeEach(() => void home());

describe('a hostile configuration or environment changes nothing', () => {
  it.each(HOSTILE)('$id', play);
});

describe('the patch', () => {
  it.each(Object.entries(SETTINGS).filter(([id]) => /words|renames|white/.test(id)))(
    'is the same under %s',
    async (_, lines) => {
      const { dir, request } = farRepository();
      const plain = await (await prepare(dir, { ...request, dryRun: true })).patch(false);
      expect(plain).toContain('--- a/README.md\n+++ b/README.md\n');
      expect(plain).toContain('\n+template\n');
      const end = globally(lines)(dir);
      const under = await (await prepare(dir, { ...request, dryRun: true })).patch(false);
      end();
      expect(under).toBe(plain);
    },
  );
});

describe('a filter that fails', () => {
  it('leaves the old tree, or one that --abort makes the old one', async () => {
    const dir = repository({
      base: { '.gitattributes': '*.bad filter=bad\n', 'a.bad': 'one\n' },
      config: { 'filter.bad.clean': 'cat', 'filter.bad.smudge': 'false', 'filter.bad.required': 'true' },
    });
    const base = over(START, { '.gitattributes': '*.bad filter=bad\n', 'a.bad': 'one\n' });
    const theirs = over(base, { 'a.bad': 'two\n', 'NEW.md': 'new\n', 'README.md': 'new\n' });
    const before = [workOf(dir), git(dir, 'ls-files', '--stage')];
    await expect(mergeInto(dir, { base, theirs, labels: LABELS })).rejects.toMatchObject({ exitCode: 3 });
    git(dir, 'config', 'filter.bad.smudge', 'cat');
    await abort(dir, { force: false }).catch((error: { exitCode?: number }) =>
      expect(error.exitCode).toBe(3),
    );
    expect([workOf(dir), git(dir, 'ls-files', '--stage')]).toEqual(before);
    expect((await mergeInto(dir, { base, theirs, labels: LABELS })).conflicts).toEqual([]);
    expect(workOf(dir).get('a.bad')).toBe('100644 two\n');
  });
});

describe('a lock of somebody else', () => {
  it('is a refusal that names it, and stays', async () => {
    const { dir, request } = farRepository();
    const lock = join(dir, '.git/index.lock');
    writeFileSync(lock, '');
    const before = [workOf(dir), git(dir, 'ls-files', '--stage')];
    await expect(mergeInto(dir, request)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('index.lock') as string,
    });
    expect([workOf(dir), git(dir, 'ls-files', '--stage')]).toEqual(before);
    expect(workOf(join(dir, '.git')).has('index.lock')).toBe(true);
  });
});
