import { expect, it } from 'vitest';
import { filesOf } from '../../../src/assess/files/index.js';
import { follower } from '../../../src/assess/hops/follower.js';
import { pythonFacts } from '../../../src/assess/python/facts.js';

it('what a loop does over and over is told once, another way to it is told as well', () => {
  const files = filesOf(
    new Map([['x.sh', { mode: '100644', content: Buffer.from('for n in 1 2 3; do play; done\n') }]]),
  );
  const follow = follower(files, [], (path) => pythonFacts(path, files.text(path) ?? ''));
  const acts = follow.script({
    text: 'for n in 1 2 3; do play $n; sleep 1; done\nsh x.sh a\nsh x.sh b\n',
    ...{ language: 'shell', at: { path: 'ci.yml', line: 1 }, dir: '', env: {}, way: [] },
  });
  expect(acts.map(({ text, way }) => [text, ...way.map(({ as }) => as)].join(' < '))).toEqual([
    ...['play 1', 'sleep 1', 'play 2', 'play 3'],
    ...['sh x.sh a', 'play < sh x.sh a', 'sh x.sh b', 'play < sh x.sh b'],
  ]);
});
