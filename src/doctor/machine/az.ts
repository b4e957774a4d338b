import { type Answer, type Check, type Context, levelOf, notAsked, ok, warning } from '../check.js';
import { jsonOf, reasonOf, unheard } from '../heard.js';
import { installs } from '../install.js';
import type { Called } from '../program.js';
import { compareVersions, shownVersion, versionIn } from '../version.js';
import { WANTED } from './wanted.js';

/** az takes seconds to start: both of its checks that need its versions share one call. */
const LIMIT = 8;

export const AZ: readonly Check[] = [
  { id: 'az', group: 'machine', asks: 'the version of az', limit: LIMIT, ask: az },
  { id: 'az-ml', group: 'machine', asks: 'the extension ml of az', limit: LIMIT, ask: extension },
  { id: 'az-login', group: 'machine', asks: 'the sign-in to Azure', limit: LIMIT, ask: signedIn },
];

interface Versions {
  readonly 'azure-cli'?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const calls = new WeakMap<Context, Promise<Called>>();

function versions(context: Context): Promise<Called> {
  const asked =
    calls.get(context) ?? context.call('az', ['version', '--output', 'json'], { limit: LIMIT - 1 });
  calls.set(context, asked);
  return asked;
}

async function az(context: Context): Promise<Answer> {
  const asked = await versions(context);
  if (asked.kind === 'missing') {
    // Where there is no repository of ours, or one of level 0, there is no set-up either.
    const what = levelOf(context)
      ? 'scripts/setup.sh and all that speaks to Azure need it'
      : 'deploying needs it';
    return warning(`az is not there: ${what}`, installs('az', context.platform));
  }
  const told = (jsonOf(asked) as Versions | undefined)?.['azure-cli'];
  const version = typeof told === 'string' ? versionIn(told) : undefined;
  return version ? ok(`az ${shownVersion(version)}`) : unheard(asked);
}

async function extension(context: Context): Promise<Answer> {
  const asked = await versions(context);
  if (asked.kind === 'missing') return notAsked('az is not there', installs('az', context.platform));
  const told = jsonOf(asked) as Versions | undefined;
  if (typeof told !== 'object' || told === null) return unheard(asked);
  const found = told.extensions?.ml;
  const add = `az extension add --name ml --version ${WANTED.ml} --yes`;
  if (typeof found !== 'string') return warning('az has no extension ml', add);
  const difference = compareVersions(versionIn(found) ?? [], versionIn(WANTED.ml) ?? []);
  if (difference < 0)
    return warning(
      `the extension ml of az is ${found}; ${WANTED.ml} is what the templates are made for`,
      `${add} --upgrade`,
    );
  return ok(
    `az extension ml ${found}${difference > 0 ? `, newer than the ${WANTED.ml} that the templates name` : ''}`,
  );
}

async function signedIn(context: Context): Promise<Answer> {
  // Read from az's own files: whether Azure still takes it shows when it is asked.
  const asked = await context.call('az', ['account', 'show', '--output', 'json'], { limit: LIMIT - 1 });
  if (asked.kind === 'missing') return notAsked('az is not there', installs('az', context.platform));
  const account = jsonOf(asked) as { name?: unknown; user?: { name?: unknown } } | undefined;
  if (account && typeof account.name === 'string') {
    const who = typeof account.user?.name === 'string' ? ` as ${account.user.name}` : '';
    return ok(`signed in to Azure${who}, subscription ${account.name}`);
  }
  const text = asked.kind === 'ran' ? asked.stderr : '';
  if (/az login|az account set|no subscription/i.test(text))
    return warning('not signed in to Azure', 'az login');
  return notAsked(reasonOf(asked), 'az login');
}
