// `npm run demo`: writes a repository of the highest level into ./demo, installs what it needs by its own set-up, and
// runs its own local run to the end, all as its README tells a person. Needs Node, Python 3.10+ and git.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const demo = join(root, 'demo');
const windows = process.platform === 'win32';

function run(program, args, cwd) {
  console.log(`\n$ ${[program === process.execPath ? 'node' : program, ...args].join(' ')}`);
  // npm is a script that only a shell finds on Windows; no argument here comes from outside.
  const shell = windows && program === 'npm';
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], shell });
  if (error?.code === 'ENOENT')
    stop(`${program} is not installed; the demo needs Node, Python 3.10+ and git`);
  if (status !== 0) stop(`stopped: ${program} ended with ${status ?? error?.message}`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

/** What in ./demo a person wrote: it is never deleted. */
function edits() {
  const git = (...args) => execFileSync('git', args, { cwd: demo, encoding: 'utf8' }).trim();
  if (!existsSync(join(demo, '.git'))) return ['the folder is no repository'];
  const commits = Number(git('rev-list', '--count', 'HEAD'));
  const changed = git('status', '--porcelain').split('\n').filter(Boolean);
  return commits > 1 ? [`${commits} commits`, ...changed] : changed;
}

if (existsSync(demo)) {
  const found = edits();
  if (found.length)
    stop(
      `demo/ holds work of yours (${found.slice(0, 5).join(', ')}): move it away, then run the demo again`,
    );
  rmSync(demo, { recursive: true, force: true });
}
if (!existsSync(join(root, 'node_modules/.package-lock.json')))
  run('npm', ['ci', '--no-audit', '--no-fund'], root);
run(process.execPath, ['scripts/build.mjs'], root);
const { highestLevel, ownRoot } = await import('../dist/src/render/own.js');
const highest = highestLevel([await ownRoot()]);
// A repository of its own, since this folder is one too: lineage then names a commit, and a second run sees edits.
run('git', ['init', '--quiet', '--initial-branch', 'main', 'demo'], root);
run('git', ['config', 'user.name', 'demo'], demo);
run('git', ['config', 'user.email', 'demo@localhost'], demo);
run(
  process.execPath,
  ['dist/src/cli/main.js', 'new', 'demo', '--level', String(highest), '--endpoint', 'both', '--yes'],
  root,
);

// The README gives every command twice; this block is the one that needs no make.
const readme = readFileSync(join(demo, 'README.md'), 'utf8');
const heading = windows ? 'powershell' : 'sh';
const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${heading}\n([^]*?)^\`\`\``, 'gm'))].map(
  ([, body]) => body,
);
const commands =
  blocks
    .find((body) => body.includes('scripts/bootstrap.py'))
    ?.trim()
    .split('\n') ?? [];
if (commands.length === 0) stop('demo/README.md has no commands to follow: this is a bug in azmlops');
// The loop last: its verdict is what the demo ends with.
const isLoop = (line) => line.includes('local/loop.py');
const [loop] = commands.filter(isLoop);
if (loop === undefined) stop('demo/README.md does not run the loop: this is a bug in azmlops');
for (const line of [...commands.filter((one) => !one.includes('.serve ') && !isLoop(one)), loop]) {
  const [program, ...args] = line.split(' ');
  run(program.startsWith('.venv') ? join(demo, program) : program, args, demo);
}

const report = join(demo, 'outputs/loop/report.html');
if (!existsSync(report)) stop('the loop left no report: this is a bug in azmlops');
console.log(`
Above: the loop's verdict. Its report, for a browser: ${relative(root, report)}
Read demo/README.md next; a scoring server starts with: cd demo && make serve`);
