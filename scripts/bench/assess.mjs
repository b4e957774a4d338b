// azmlops assess of a level 4 repository against `node -e 0` (goal: at most 4 times), and of one with 50,000 files
// against `git ls-files | wc -l` and reading the files that matter (goal: at most twice): when it sees these files for
// the first time, and when it has seen them before.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fresh, main, ms, node, race, row, run, times } from './measure.mjs';

const git = (dir, ...args) => run('git', args, dir);
const commit = (dir) => {
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message', 'all');
};
/** Those whose names say that they may hold evidence: what any reader of a repository would have to open. */
const MATTERS =
  /\.(?:ya?ml|py|ipynb|sh|toml|ini|cfg)$|(?:^|\/)(?:Makefile|package\.json|requirements[^/]*\.txt)$/;

/** What there is no way around: git's list, and the content of what matters in it, in a process of its own. */
const reader = join(fresh(), 'read.mjs');
mkdirSync(dirname(reader), { recursive: true });
writeFileSync(
  reader,
  `import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
const paths = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 });
let read = 0;
for (const path of paths.split('\\0')) if (${String(MATTERS)}.test(path)) read += readFileSync(path, 'utf8').length;
console.log(read);
`,
);

/** What the parsers alone cost for all YAML and Python of a repository, so that the goal can be judged. */
const parsers = join(dirname(reader), 'parse.mjs');
const built = new URL('../../dist/src/assess/', import.meta.url);
writeFileSync(
  parsers,
  `import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pythonFacts } from ${JSON.stringify(new URL('python/facts.js', built).href)};
import { readYaml } from ${JSON.stringify(new URL('yaml.js', built).href)};
const paths = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8' });
for (const path of paths.split('\\0'))
  if (/\\.ya?ml$/.test(path)) readYaml(readFileSync(path, 'utf8'));
  else if (path.endsWith('.py')) pythonFacts(path, readFileSync(path, 'utf8'));
`,
);

row('', 'time', 'node -e 0', 'ls-files + read');
const level4 = fresh();
node(main, 'new', level4, '--level', '4', '--yes');

const large = fresh();
node(main, 'new', large, '--level', '4', '--yes');
for (let folder = 0; folder < 500; folder++) {
  mkdirSync(join(large, `services/s${folder}/src`), { recursive: true });
  for (let n = 0; n < 100; n++) {
    // What a monorepo has: mostly other languages, some Python and YAML that have nothing to do with it.
    const name = n < 4 ? `m${n}.py` : n < 6 ? `values${n}.yml` : `c${n}.ts`;
    const text = n < 4 ? `"""Part ${n}."""\n\n\ndef part(x):\n    return x + ${n}\n` : `replicas: ${n}\n`;
    writeFileSync(join(large, `services/s${folder}/src`, name), text);
  }
}
commit(large);

for (const [name, dir, rounds] of [
  ['level 4', level4, 11],
  ['50,000 files', large, 5],
]) {
  const result = race(
    {
      node: () => node('-e', '0'),
      list: () => run('sh', ['-c', 'git ls-files | wc -l'], dir),
      read: () => run('sh', ['-c', `git ls-files | wc -l; ${process.execPath} ${reader}`], dir),
      ...(dir === level4 ? { parse: () => run(process.execPath, [parsers], dir) } : {}),
      'at first': () => node(main, 'assess', dir, '--json', '--no-cache'),
      again: () => node(main, 'assess', dir, '--json'),
    },
    rounds,
  );
  if (dir === level4) row('node -e 0', ms(result.node), times(1), '');
  row(`git ls-files | wc -l, ${name}`, ms(result.list), times(result.list / result.node), '');
  row(`the same and reading, ${name}`, ms(result.read), times(result.read / result.node), times(1));
  if (result.parse !== undefined)
    row(`parsing all YAML and Python, ${name}`, ms(result.parse), times(result.parse / result.node), '');
  for (const when of ['at first', 'again'])
    row(
      `azmlops assess, ${name}, ${when}`,
      ms(result[when]),
      times(result[when] / result.node),
      times(result[when] / result.read),
    );
}
