import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesOf } from '../../src/assess/files/index.js';
import { cacheFolder, kept, type Keeper } from '../../src/assess/kept.js';
import type { Files } from '../../src/assess/types.js';
import { temporary } from '../support/session.js';

const MAKER = '1.0.0 of 1 on 2026-11-23';
const keeperIn = (folder: string): Keeper => ({ folder: join(folder, 'assess'), maker: MAKER });

const of = (texts: Readonly<Record<string, string>>): Files =>
  filesOf(
    new Map(
      Object.entries(texts).map(([path, text]) => [path, { mode: '100644', content: Buffer.from(text) }]),
    ),
  );

/** Reads one file, and those that it names, as workflows lead to scripts. */
function follow(files: Files): string[] {
  const found: string[] = [];
  const left = ['start'];
  for (const path of left) {
    const text = files.text(path);
    found.push(`${path}: ${text ?? files.skipped.get(path) ?? 'not there'}`);
    for (const name of text?.split(' ') ?? []) if (!left.includes(name)) left.push(name);
  }
  return found;
}

/** How often it was made anew, beside what was answered. */
function asking(keeper: Keeper) {
  let made = 0;
  return async (files: Files, about = 'churn') => {
    const before = made;
    const answer = await kept(keeper, about, files, (seen) => {
      made++;
      return Promise.resolve(follow(seen));
    });
    return { answer, again: made > before };
  };
}

describe('an answer that is kept', () => {
  it('is given again for the same files, and made anew once one changes that it hangs on', async () => {
    const ask = asking(keeperIn(temporary()));
    const texts = { start: 'a b', a: 'x', other: '1' };
    expect(await ask(of(texts))).toEqual({ answer: follow(of(texts)), again: true });
    expect(await ask(of(texts))).toEqual({ answer: follow(of(texts)), again: false });
    // Nobody read it.
    expect((await ask(of({ ...texts, other: '2' }))).again).toBe(false);
    for (const changed of [
      { ...texts, a: 'y' },
      { ...texts, b: 'now there' },
      { start: 'a b', other: '1' },
      { ...texts, a: 'x\0' },
    ])
      expect(await ask(of(changed))).toEqual({ answer: follow(of(changed)), again: true });
  });

  it('is always what would be answered without it', async () => {
    const ask = asking(keeperIn(temporary()));
    const word = fc.constantFrom('a', 'b', 'c', 'd', '\0', '');
    const text = fc.array(word, { maxLength: 3 }).map((words) => words.join(' '));
    const tree = fc.dictionary(fc.constantFrom('start', 'a', 'b', 'c', 'd'), text);
    await fc.assert(
      fc.asyncProperty(tree, async (texts) => {
        expect((await ask(of(texts))).answer).toEqual(follow(of(texts)));
        expect((await ask(of(texts))).again).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is of one folder, one version and one day', async () => {
    const dir = temporary();
    const files = of({ start: 'a' });
    await asking(keeperIn(dir))(files);
    expect((await asking(keeperIn(dir))(files)).again).toBe(false);
    expect((await asking(keeperIn(dir))(files, 'fraud')).again).toBe(true);
    expect((await asking({ ...keeperIn(dir), maker: 'tomorrow' })(files)).again).toBe(true);
  });

  it('that is damaged is made anew', async () => {
    const dir = temporary();
    const files = of({ start: 'a' });
    await asking(keeperIn(dir))(files);
    const [name = ''] = readdirSync(join(dir, 'assess'));
    for (const text of ['', '{', 'null', '[]', JSON.stringify({ maker: MAKER }), '{"answer":["no"]}']) {
      writeFileSync(join(dir, 'assess', name), text);
      expect(await asking(keeperIn(dir))(files)).toEqual({ answer: follow(files), again: true });
    }
  });

  it('that cannot be kept is given all the same', async () => {
    const dir = temporary();
    writeFileSync(join(dir, 'assess'), 'a file where the folder should be');
    const ask = asking(keeperIn(dir));
    const files = of({ start: 'a' });
    expect((await ask(files)).answer).toEqual(follow(files));
    expect((await ask(files)).answer).toEqual(follow(files));
    expect(readFileSync(join(dir, 'assess'), 'utf8')).toBe('a file where the folder should be');
  });

  it.skipIf(process.platform === 'win32')(
    'is for nobody else to read, and leaves nothing beside it',
    async () => {
      const dir = temporary();
      await asking(keeperIn(dir))(of({ start: 'a' }));
      const names = readdirSync(join(dir, 'assess'));
      expect(names).toHaveLength(1);
      expect(statSync(join(dir, 'assess')).mode & 0o077).toBe(0);
      expect(statSync(join(dir, 'assess', names[0] ?? '')).mode & 0o077).toBe(0);
    },
  );

  it('makes room: of more than a hundred folders the oldest go', async () => {
    const dir = temporary();
    mkdirSync(join(dir, 'assess'));
    for (let n = 0; n < 120; n++) writeFileSync(join(dir, 'assess', `${n}.json`), '{}');
    const ask = asking(keeperIn(dir));
    await ask(of({ start: 'a' }));
    expect(readdirSync(join(dir, 'assess'))).toHaveLength(100);
    expect((await ask(of({ start: 'a' }))).again).toBe(false);
  });
});

describe('the folder for it', () => {
  it.runIf(process.platform === 'linux')('is the one that the environment names', () => {
    expect(cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: '/cache' })).toBe('/cache/azmlops');
    expect(cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: '' })).toBe('/home/me/.cache/azmlops');
    // Relative, it would be another one in each folder, and in a repository at last.
    for (const env of [{}, { HOME: '' }, { XDG_CACHE_HOME: 'cache' }])
      expect(cacheFolder(env)).toBeUndefined();
  });
});
