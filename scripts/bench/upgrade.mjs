// azmlops upgrade against the same merge by plain git commands on ready trees (goal: at most 1.5 times), against
// `node -e 0`, as the repository grows (goal: 100,000 files cost at most 2 `git status` more than 100), and 200 at once.
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { performance } from 'node:perf_hooks';
import { folder, fresh, main, ms, node, race, row, run, times } from './measure.mjs';

const HIGHEST = 4;
const git = (dir, ...args) => run('git', args, dir);
const azmlops = (accepted, ...args) => run(process.execPath, [main, ...args], folder, accepted);

const filesOf = (dir, below = '') =>
  readdirSync(join(dir, below), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(below, entry.name);
    if (path === '.git') return [];
    return entry.isDirectory() ? filesOf(dir, path) : [path];
  });

function repository(level, name = 'bench') {
  const dir = fresh();
  node(main, 'new', dir, '--level', String(level), '--yes', '--name', name);
  return dir;
}

const copyOf = (dir) => {
  const copy = fresh();
  run('cp', ['-a', dir, copy]);
  git(copy, 'update-index', '-q', '--refresh');
  return copy;
};

/** A line of the team's at the end of as many text files as it takes, and a commit. */
function edited(level, wanted) {
  const dir = repository(level);
  const paths = filesOf(dir).filter(
    (path) => /\.(md|py|yml|txt|csv)$|\.gitignore$/.test(path) && !/^\.azmlops/.test(path),
  );
  const chosen = paths.slice(0, wanted);
  for (const path of chosen) {
    const line = /\.csv$/.test(path)
      ? 'Adelie,Torgersen,39.1,18.7,181,3750,male\n'
      : /\.md$/.test(path)
        ? '\nOurs.\n'
        : '# Ours.\n';
    appendFileSync(join(dir, path), line);
  }
  git(dir, 'commit', '--quiet', '--all', '--message', 'Ours');
  return { dir, count: chosen.length };
}

/** The floor: git's own three-way merge of trees that lie ready on disk, nothing rendered, decided or explained. */
const FLOOR = `set -eu
tree() { GIT_INDEX_FILE=$PWD/.git/floor GIT_WORK_TREE=$1 git add --all --force . && GIT_INDEX_FILE=$PWD/.git/floor git write-tree; rm -f .git/floor; }
base=$(tree "$1"); theirs=$(tree "$2")
git read-tree -m -u --aggressive "$base" HEAD "$theirs"
git merge-index -o -q git-merge-one-file -a || true
`;

async function against(title, model) {
  const baseline = fresh();
  const theirs = fresh();
  node(main, 'new', baseline, '--level', '0', '--yes', '--no-git', '--name', 'bench');
  node(main, 'new', theirs, '--level', String(HIGHEST), '--yes', '--no-git', '--name', 'bench');
  const script = join(folder, 'floor.sh');
  writeFileSync(script, FLOOR);
  const result = race(
    {
      node: () => node('-e', '0'),
      floor: { before: () => copyOf(model), work: (dir) => run('bash', [script, baseline, theirs], dir) },
      azmlops: {
        before: () => copyOf(model),
        work: (dir) => azmlops([0, 1], 'upgrade', dir, '--to', String(HIGHEST), '--yes'),
      },
    },
    7,
  );
  row(`plain git, ${title}`, ms(result.floor), times(result.floor / result.node), times(1));
  row(
    `azmlops upgrade --to ${HIGHEST}, ${title}`,
    ms(result.azmlops),
    times(result.azmlops / result.node),
    times(result.azmlops / result.floor),
  );
}

row('', 'time', 'node -e 0', 'plain git');
await against('untouched', repository(0));
const { dir: changed, count } = edited(0, 20);
await against(`${count} edited files`, changed);

/** A repository in which the team keeps this many files of its own. */
function grown(others) {
  const dir = repository(1);
  for (let at = 0; at < others; at++) {
    const path = join(dir, 'notes', String(at % 100), `${at}.txt`);
    if (at < 100) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${at}\n`);
  }
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message', 'Notes');
  git(dir, 'status');
  return dir;
}

const grownTimes = [];
for (const others of [100, 10_000, 100_000]) {
  const dir = grown(others);
  const result = race(
    {
      status: () => git(dir, 'status', '--porcelain'),
      upgrade: {
        before: () => {
          git(dir, 'reset', '--quiet', '--hard');
          git(dir, 'clean', '--quiet', '-fd');
          git(dir, 'status');
        },
        work: () => azmlops([0], 'upgrade', dir, '--yes', '--commit'),
      },
      back: () => git(dir, 'reset', '--quiet', '--hard', 'HEAD~1'),
    },
    others > 10_000 ? 3 : 5,
  );
  grownTimes.push(result);
  row(`azmlops upgrade, ${others.toLocaleString('en')} other files`, ms(result.upgrade), '', '');
  row(`git status, ${others.toLocaleString('en')} other files`, ms(result.status), '', '');
}
const [least, , most] = grownTimes;
row('growth, in git status of 100,000', times((most.upgrade - least.upgrade) / most.status), '', '');

const many = [];
const first = repository(0);
for (let at = 0; at < 200; at++) many.push(copyOf(first));
const taken = race({ all: () => azmlops([0], 'upgrade', ...many, '--yes', '--dry-run') }, 1);
row('200 repositories, one call, dry run', ms(taken.all), `${ms(taken.all / many.length)} each`, '');
const started = performance.now();
azmlops([0], 'upgrade', ...many, '--yes');
const all = performance.now() - started;
row('200 repositories, one call', ms(all), `${ms(all / many.length)} each`, '');
row(`(${cpus().length} cores)`, '', '', '');
