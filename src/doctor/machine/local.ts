import { type Answer, type Check, type Context, levelOf, ok, settled, warning, wrong } from '../check.js';
import { unheard } from '../heard.js';
import { installs } from '../install.js';
import { compareVersions, shownVersion, versionIn } from '../version.js';
import { WANTED } from './wanted.js';

/** Programs that ask nobody else. */
export const LOCAL: readonly Check[] = [
  { id: 'git', group: 'machine', asks: 'the version of git', limit: 5, ask: git },
  { id: 'python', group: 'machine', asks: 'the version of Python', limit: 6, ask: python },
  { id: 'uv', group: 'machine', asks: 'the version of uv', limit: 5, ask: uv },
  {
    id: 'node',
    group: 'machine',
    asks: 'the version of Node',
    limit: 1,
    ask: (context) => Promise.resolve(node(context)),
  },
];

async function git({ call, platform }: Context): Promise<Answer> {
  const oldest = shownVersion(WANTED.git);
  const asked = await call('git', ['--version'], { limit: 4 });
  if (asked.kind === 'missing')
    return wrong(`git is not there: azmlops needs ${oldest} or newer`, installs('git', platform));
  const version = asked.kind === 'ran' ? versionIn(asked.stdout) : undefined;
  if (!version) return unheard(asked);
  return compareVersions(version, WANTED.git) < 0
    ? wrong(
        `git ${shownVersion(version)} is too old: ${oldest} is the oldest that will do`,
        installs('git', platform),
      )
    : ok(`git ${shownVersion(version)}`);
}

const RANGE = `${shownVersion(WANTED.python.oldest)} to ${shownVersion(WANTED.python.newest)}`;

const fits = (version: readonly number[]): boolean =>
  compareVersions(version, WANTED.python.oldest) >= 0 &&
  compareVersions(version.slice(0, 2), WANTED.python.newest) <= 0;

/** As the emitted scripts/bootstrap.py looks for one: the one that `python3` starts, else any that fits. */
async function python(context: Context): Promise<Answer> {
  const { call, dir, platform } = context;
  const minors = [13, 12, 11, 10].map((minor) => `python3.${minor}`);
  const names = (
    platform === 'win32' ? ['python', 'python3', 'py'] : ['python3', 'python', ...minors]
  ).filter((name) => call.find(name));
  const found: { name: string; version: readonly number[] }[] = [];
  // pyenv and its like answer for the folder one is in. `--version` imports nothing from there.
  const ask = async (name: string) => {
    const asked = await call(name, ['--version'], { cwd: dir, limit: 5 });
    const version =
      asked.kind === 'ran' && asked.exitCode === 0 ? versionIn(asked.stdout || asked.stderr) : undefined;
    if (version) found.push({ name, version });
  };
  const [first, ...others] = names;
  if (first !== undefined) await ask(first);
  if (!found.some(({ version }) => fits(version))) await Promise.all(others.map(ask));
  const right = found.find(({ version }) => fits(version));
  if (right) return ok(`Python ${shownVersion(right.version)} (${right.name})`);
  const there = found.map(({ name, version }) => `${name} is ${shownVersion(version)}`).join(', ');
  const says = `Python ${RANGE} is not there${there && `: ${there}`}`;
  const own = settled(context.ours)?.manifest.answers.python ?? '3.12';
  if (call.find('uv')) return warning(`${says}; uv brings one`, `uv python install ${own}`);
  const answer = context.ours ? wrong : warning;
  return answer(`${says}: nothing here runs or is tested without`, installs('python', platform));
}

async function uv(context: Context): Promise<Answer> {
  const asked = await context.call('uv', ['--version'], { limit: 4 });
  if (asked.kind === 'missing') {
    const does = 'pip does what it would do, more slowly';
    return levelOf(context) === 0
      ? ok('uv is not there; level 0 does not use it')
      : warning(`uv is not there: ${does}`, installs('uv', context.platform));
  }
  const version = asked.kind === 'ran' ? versionIn(asked.stdout) : undefined;
  return version ? ok(`uv ${shownVersion(version)}`) : unheard(asked);
}

function node({ node: told }: Context): Answer {
  const version = versionIn(told) ?? [];
  const supported = WANTED.node.some(
    ({ from, below }) =>
      compareVersions(version, from) >= 0 && (!below || compareVersions(version, below) < 0),
  );
  return supported
    ? ok(`Node ${shownVersion(version)}`)
    : warning(
        `Node ${shownVersion(version)}: azmlops is tested with 20.17 and newer of 20, and with 22.9 and newer`,
        'https://nodejs.org',
      );
}
