import { type Answer, type Check, type Context, levelOf, notAsked, ok, warning } from '../check.js';
import { isOffline, reasonOf, unheard } from '../heard.js';
import { installs } from '../install.js';
import { compareVersions, shownVersion, versionIn } from '../version.js';
import { WANTED } from './wanted.js';

export const GH: readonly Check[] = [
  { id: 'gh', group: 'machine', asks: 'the version of gh', limit: 5, ask: gh },
  { id: 'gh-login', group: 'machine', asks: 'the sign-in to GitHub', limit: 8, ask: signedIn },
];

const UNUSED = 'gh is not there; level 0 does not use it';

async function gh(context: Context): Promise<Answer> {
  const asked = await context.call('gh', ['--version'], { limit: 4 });
  if (asked.kind === 'missing')
    return levelOf(context) === 0
      ? ok(UNUSED)
      : warning(
          `gh is not there: ${context.ours ? 'scripts/setup.sh and --pr need it' : 'a set-up on GitHub needs it'}`,
          installs('gh', context.platform),
        );
  const version = asked.kind === 'ran' ? versionIn(asked.stdout) : undefined;
  if (!version) return unheard(asked);
  return compareVersions(version, WANTED.gh) < 0
    ? warning(
        `gh ${shownVersion(version)}: scripts/setup.sh needs ${shownVersion(WANTED.gh)} or newer`,
        installs('gh', context.platform),
      )
    : ok(`gh ${shownVersion(version)}`);
}

async function signedIn(context: Context): Promise<Answer> {
  const { call } = context;
  const unused = levelOf(context) === 0;
  const asked = await call('gh', ['auth', 'status'], { limit: 4 });
  if (asked.kind === 'missing')
    return unused
      ? ok('no sign-in to GitHub; level 0 needs none')
      : notAsked('gh is not there', installs('gh', context.platform));
  const text = asked.kind === 'ran' ? `${asked.stdout}\n${asked.stderr}` : '';
  const [, host, who] = /Logged in to (\S+) (?:as|account) (\S+)/.exec(text) ?? [];
  // From 2.40 on, a token that GitHub refuses was no failure for some versions: https://github.com/cli/cli/issues/8845
  const failed = asked.kind !== 'ran' || asked.exitCode !== 0 || /^\s*X /m.test(text);
  if (!failed) return ok(`signed in to ${host ?? 'GitHub'}${who === undefined ? '' : ` as ${who}`}`);
  if (unused) return ok('not signed in to GitHub; level 0 needs no sign-in');
  if (asked.kind !== 'ran') return unheard(asked);
  if (isOffline(asked)) return notAsked('GitHub cannot be reached');
  // Without a network some versions call a token invalid. A call that every token may make tells.
  const tried = await call('gh', ['api', 'rate_limit', '--silent'], { limit: 3 });
  if (tried.kind === 'ran' && tried.exitCode === 0)
    return host === undefined
      ? ok('signed in to GitHub')
      : ok(`signed in to ${host}${who === undefined ? '' : ` as ${who}`}`);
  if (isOffline(tried)) return notAsked('GitHub cannot be reached');
  if (tried.kind === 'silent') return notAsked(reasonOf(tried));
  return warning('not signed in to GitHub', 'gh auth login');
}
