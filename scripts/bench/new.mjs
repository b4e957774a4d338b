// azmlops new as a whole process against `node -e 0` (goal: at most 3 times) and against `cp -r` of the same tree;
// `yo azmlops` for comparison; render alone.
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { environment, folder, fresh, main, ms, node, race, root, row, run, times } from './measure.mjs';

const { highestLevel, ownRoot } = await import('../../dist/src/render/own.js');
const highest = highestLevel([await ownRoot()]);

row('', 'time', 'node -e 0', 'cp -r');
for (let level = 0; level <= highest; level++) {
  const model = fresh();
  const make = (to) => node(main, 'new', to, '--level', String(level), '--yes', '--no-git');
  make(model);
  const result = race(
    {
      node: () => node('-e', '0'),
      cp: () => run('cp', ['-r', model, fresh()]),
      azmlops: () => make(fresh()),
    },
    11,
  );
  if (level === 0) row('node -e 0', ms(result.node), times(1), '');
  row(`cp -r, level ${level}`, ms(result.cp), times(result.cp / result.node), times(1));
  row(
    `azmlops new, level ${level}`,
    ms(result.azmlops),
    times(result.azmlops / result.node),
    times(result.azmlops / result.cp),
  );
}

const home = join(folder, 'yo');
mkdirSync(join(home, 'node_modules'), { recursive: true });
chmodSync(home, 0o777);
symlinkSync(root, join(home, 'node_modules/generator-azmlops'));
const cli = createRequire(import.meta.url).resolve('yo/lib/cli.js');
let count = 0;
const yo = () =>
  execFileSync(
    process.execPath,
    [cli, 'azmlops', `out-${count++}`, '--level', String(highest), '--yes', '--no-git', '--no-insight'],
    { cwd: home, env: { ...environment, HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
const result = race({ node: () => node('-e', '0'), yo }, 3);
row(`yo azmlops, level ${highest}`, ms(result.yo), times(result.yo / result.node), '');

const { render } = await import('../../dist/src/render/render.js');
const { answersFor } = await import('../../dist/src/answers/resolve.js');
for (let level = 0; level <= highest; level++) {
  const templates = [await ownRoot()];
  const answers = answersFor({}, level);
  const taken = race({ render: () => render(templates, level, answers) }, 15);
  row(`render, level ${level}`, ms(taken.render), '', '');
}
