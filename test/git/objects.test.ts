import { execFileSync } from 'node:child_process';
import { beforeEach, describe, expect, it } from 'vitest';
import { oidOf, readObjects, storeObjects } from '../../src/git/objects.js';
import { git, home, temporary } from '../support/session.js';

beforeEach(() => void home());

const blob = (content: Uint8Array) => ({ type: 'blob', content }) as const;

describe.each(['sha1', 'sha256'] as const)('objects of a %s repository', (algorithm) => {
  // Around each size at which the head of an object in a pack grows by a byte.
  const contents = [0, 1, 15, 16, 17, 2047, 2048, 2049, 300_000].map((size) =>
    Uint8Array.from({ length: size }, (_, at) => (at * 31) % 256),
  );

  it('are stored by one call, under the names that git gives them, and read again', async () => {
    const dir = temporary();
    git(dir, 'init', '--quiet', `--object-format=${algorithm}`);
    await storeObjects(dir, algorithm, contents.map(blob));
    const names = contents.map((content) => oidOf(algorithm, blob(content)));
    const byGit = contents.map((input) =>
      execFileSync('git', ['hash-object', '--stdin'], { cwd: dir, input, encoding: 'utf8' }).trimEnd(),
    );
    expect(names).toEqual(byGit);
    const found = await readObjects(dir, names);
    for (const [i, object] of found.entries()) {
      expect(object?.type).toBe('blob');
      expect(object?.content.equals(contents[i]!)).toBe(true);
    }
    expect(() => git(dir, 'fsck', '--strict')).not.toThrow();
  });

  it('that are not there are undefined, and those after them are read all the same', async () => {
    const dir = temporary();
    git(dir, 'init', '--quiet', `--object-format=${algorithm}`);
    const there = blob(Buffer.from('there\n'));
    await storeObjects(dir, algorithm, [there]);
    const missing = oidOf(algorithm, blob(Buffer.from('missing\n')));
    const found = await readObjects(dir, [missing, 'HEAD:no such path missing', oidOf(algorithm, there)]);
    expect(found.map((object) => object?.content.toString())).toEqual([undefined, undefined, 'there\n']);
  });
});
