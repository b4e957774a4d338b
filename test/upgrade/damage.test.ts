import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { packBaseline, unpackBaseline } from '../../src/baseline/pack.js';
import { ownRoot } from '../../src/render/own.js';
import { BASELINE, MANIFEST, render } from '../../src/render/render.js';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { append, commit, emitted, state } from './emitted.js';

beforeEach(() => void home());

const ALL = [['upgrade', '--yes'], ['update'], ['set', 'endpoint=both']] as const;

/** Refused, with nothing touched. */
async function refused(
  dir: string,
  says: readonly string[],
  commands: readonly (readonly string[])[] = [['update']],
): Promise<void> {
  const before = state(dir);
  for (const words of commands) {
    const { code, out, err } = await azmlops(dir, ...words);
    expect([code, out, state(dir)]).toEqual([3, '', before]);
    for (const part of says) expect(err).toContain(part);
    expect(err).not.toContain('bug in azmlops');
  }
}

describe('a manifest', () => {
  it.each<[string, (text: string) => string, string[]]>([
    [
      'of a newer azmlops',
      (t) => t.replace(/version: .*/, 'version: "9.1.0"'),
      ['9.1.0', 'npm install --global generator-azmlops@9.1.0'],
    ],
    [
      'whose newer azmlops knows more answers',
      (t) => `${t.replace(/version: .*/, 'version: "9.1.0"')}  color: "red"\n`,
      ['9.1.0'],
    ],
    [
      'with a level edited up',
      (t) => t.replace('level: 1', 'level: 3'),
      ['edited by hand', 'azmlops upgrade --to 3', 'level: 1'],
    ],
    ['with a level edited down', (t) => t.replace('level: 1', 'level: 0'), ['edited by hand', 'level: 1']],
    ['with a level that is none', (t) => t.replace('level: 1', 'level: 9'), [`${MANIFEST}:3`]],
    ['without a level', (t) => t.replace('level: 1\n', ''), ['level is missing']],
    ['without a version', (t) => t.replace(/version: .*\n/, ''), ['version is missing']],
    [
      'with a version that is none',
      (t) => t.replace(/version: .*/, 'version: "1; rm -rf ~"'),
      [`${MANIFEST}:2`],
    ],
    ['without answers', (t) => t.slice(0, t.indexOf('answers:')), ['answers is missing']],
    ['without one answer', (t) => t.replace(/ {2}name: .*\n/, ''), ['name is missing under answers']],
    [
      'with an answer that is wrong',
      (t) => t.replace('endpoint: "online"', 'endpoint: "onlin"'),
      [`${MANIFEST}:`, 'Did you mean online?'],
    ],
    [
      'with an answer of another level',
      (t) => `${t}  gate: "typed"\n`,
      ['gate is an answer from level 3 on'],
    ],
    ['with an answer nobody knows', (t) => `${t}  endpont: "x"\n`, ['Did you mean endpoint?']],
    ['with an answer twice', (t) => `${t}  endpoint: "both"\n`, [`${MANIFEST}:`]],
    [
      'with conflict markers',
      (t) => t.replace(/level: 1\n/, '<<<<<<< HEAD\nlevel: 1\n=======\nlevel: 2\n>>>>>>> other\n'),
      [`${MANIFEST}:3`, 'conflict markers'],
    ],
    ['cut short', (t) => t.slice(0, t.indexOf('name: "') + 8), [`${MANIFEST}`]],
    ['that is empty', () => '\n', ['version is missing']],
    ['that is no YAML', () => '{{{', [MANIFEST]],
    ['that is a list', () => '- a\n', [MANIFEST]],
  ])('%s is refused with exit 3, and the place is named', async (_, damage, says) => {
    const dir = await emitted(1);
    commit(dir, { [MANIFEST]: damage });
    await refused(dir, says);
  });

  it('in bytes that are no text is refused', async () => {
    const dir = await emitted(1);
    writeFileSync(join(dir, MANIFEST), Buffer.from([0xff, 0xfe, 0]));
    commit(dir, {});
    await refused(dir, ['no text in UTF-8'], ALL);
  });

  it('that is a folder is no manifest', async () => {
    const dir = await emitted(1);
    rmSync(join(dir, MANIFEST));
    commit(dir, { [`${MANIFEST}/x`]: '' });
    await refused(dir, [MANIFEST]);
  });
});

describe('a place', () => {
  it('that is no repository, that azmlops did not write, or not its top, is refused with what to do', async () => {
    const none = temporary();
    write(none, { 'file.txt': '' });
    for (const [dir, ...says] of [
      [none, 'no git repository', 'azmlops new'],
      [join(none, 'absent'), 'is not there'],
      [join(none, 'file.txt'), 'is no folder'],
    ] as const) {
      const { code, err } = await azmlops(none, 'update', dir);
      expect(code).toBe(3);
      for (const part of says) expect(err).toContain(part);
    }
    git(none, 'init', '--quiet');
    expect((await azmlops(none, 'update')).err).toContain('azmlops did not write this repository');
  });

  it('below the repository names the repository', async () => {
    const dir = await emitted(1);
    const { code, err } = await azmlops(join(dir, 'src/churn'), 'upgrade');
    expect(code).toBe(3);
    expect(err).toContain(`--dir ${dir}\n`);
  });

  it('never committed says so', async () => {
    const dir = temporary();
    await azmlops(dir, 'new', '--level', '0', '--yes', '--no-git');
    expect((await azmlops(dir, 'upgrade')).err).toContain('git init && git add --all && git commit');
    git(dir, 'init', '--quiet');
    const { code, err } = await azmlops(dir, 'upgrade');
    expect([code, err]).toEqual([3, expect.stringContaining('is not committed') as string]);
  });

  it('that is bare is refused', async () => {
    const dir = await emitted(1);
    const bare = temporary();
    git(bare, 'clone', '--quiet', '--bare', dir, 'bare.git');
    const { code, err } = await azmlops(join(bare, 'bare.git'), 'upgrade');
    expect([code, err]).toEqual([3, expect.stringContaining('no work tree') as string]);
  });
});

describe('a baseline', () => {
  const damages: [string, (packed: Buffer) => Uint8Array, string][] = [
    ['cut short', (packed) => packed.subarray(0, 200), 'no whole gzip'],
    ['with one bit changed', (packed) => flipped(packed), BASELINE],
    [
      'with other content under the old checksum',
      (packed) => gzipSync(Buffer.concat([gunzipSync(packed), Buffer.from('x')])),
      'SHA-256 differs',
    ],
    ['with conflict markers', () => Buffer.from('<<<<<<< HEAD\n=======\n>>>>>>> x\n'), 'no whole gzip'],
    ['that is empty', () => Buffer.alloc(0), 'no whole gzip'],
    [
      'that unpacks to a gigabyte',
      () => Buffer.concat(Array.from({ length: 1024 }, () => MEBIBYTE)),
      'more than 64 MiB',
    ],
    ['with a path that leads out', (packed) => repacked(packed, '../../.bashrc'), 'leads out of its folder'],
    ['with a path into .git', (packed) => repacked(packed, '.git/hooks/pre-commit'), 'lies in a .git folder'],
    ['that holds itself', (packed) => repacked(packed, BASELINE), 'holds itself'],
    ['without a manifest', (packed) => without(packed, MANIFEST), `holds no ${MANIFEST}`],
  ];

  it.each(damages)('%s is refused with exit 3, and --rebase is offered', async (_, damage, says) => {
    const dir = await emitted(1);
    damaged(dir, damage);
    await refused(dir, [BASELINE, says, '--rebase']);
  });

  it('that is missing is refused with exit 3, and --rebase is offered', async () => {
    const dir = await emitted(1);
    commit(dir, { [BASELINE]: null });
    await refused(dir, ['is missing', '--rebase'], ALL);
  });

  it.each([
    ['missing', (dir: string) => commit(dir, { [BASELINE]: null })],
    ['damaged', (dir: string) => damaged(dir, (packed) => packed.subarray(0, 200))],
  ])(
    '%s is rendered anew with --rebase: the report says so, edits stay, and it is whole again',
    async (_, lose) => {
      const dir = await emitted(1);
      commit(dir, { 'docs/runbook.md': append('Ours.'), 'docs/mine.md': 'mine\n' });
      lose(dir);
      const { code, out } = await azmlops(dir, 'upgrade', '--rebase');
      expect(code).toBe(0);
      expect(out).toContain('--rebase');
      const fresh = render([await ownRoot()], 2, answersFor({}, 2));
      const there = files(dir);
      expect(there['docs/mine.md']).toBe('mine\n');
      expect(there['docs/runbook.md']).toContain('Ours.\n');
      for (const [path, { content }] of fresh)
        if (path !== 'docs/runbook.md') expect(there[path]).toBe(Buffer.from(content).toString());
      commit(dir, {});
      expect((await azmlops(dir, 'update')).out).toContain('Nothing to do');
    },
  );

  it('that is whole is used as it is, --rebase or not', async () => {
    const dir = await emitted(1);
    const { out } = await azmlops(dir, 'upgrade', '--rebase', '--json');
    expect(JSON.parse(out)).toMatchObject({ rebased: false, exitCode: 0 });
  });

  it('packed by another zlib is the same baseline: nothing changes', async () => {
    const dir = await emitted(1);
    damaged(dir, (packed) => gzipSync(gunzipSync(packed), { level: 1 }));
    const before = state(dir);
    expect((await azmlops(dir, 'update')).out).toContain('Nothing to do');
    expect(state(dir)).toEqual(before);
  });
});

const MEBIBYTE = gzipSync(Buffer.alloc(1024 * 1024));

function damaged(dir: string, damage: (packed: Buffer) => Uint8Array): void {
  const path = join(dir, BASELINE);
  writeFileSync(path, damage(readFileSync(path)));
  commit(dir, {});
}

function flipped(packed: Buffer): Buffer {
  const copy = Buffer.from(packed);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** The same with one more path, its checksum right. */
function repacked(packed: Buffer, path: string): Uint8Array {
  const tree = unpackBaseline(packed);
  return packBaseline(tree.set(path, { mode: '100644', content: new Uint8Array([10]) }));
}

function without(packed: Buffer, path: string): Uint8Array {
  const tree = unpackBaseline(packed);
  tree.delete(path);
  return packBaseline(tree);
}
