import {
  type Answer,
  type Check,
  type Context,
  few,
  inRepository,
  notAsked,
  ok,
  type Ours,
  wrong,
} from '../check.js';
import type { Repository } from '../../repository/open.js';
import { seen } from '../../cli/seen.js';
import type { Manifest } from '../../manifest/read.js';
import { installs } from '../install.js';
import { isAbsent, jsonOf, reasonOf } from '../heard.js';
import type { GitHub, Heard } from './asked.js';
import { withoutEnvironments } from './environments.js';
import { expectedOf } from './expected.js';

export const SUBJECT: Check = {
  id: 'subject',
  group: 'github',
  asks: 'the subject of the federated credential',
  since: 1,
  limit: 9,
  ask: inRepository(subject),
};

const ISSUER = 'https://token.actions.githubusercontent.com';
const AUDIENCE = 'api://AzureADTokenExchange';

interface Credential {
  readonly subject?: string;
  readonly issuer?: string;
  readonly audiences?: readonly string[];
}

/** Entra ID compares what GitHub says of a job with what is configured, letter by letter. */
async function subject({ manifest }: Repository, _: Ours, context: Context): Promise<Answer | Answer[]> {
  const { github, call } = context;
  if (call.find('az') === undefined) return notAsked('az is not there', installs('az', context.platform));
  const prefix = await prefixOf(github);
  if ('label' in prefix) return prefix;
  const { environments } = await expectedOf(manifest);
  const names = environments.map(({ name }) => name);
  const without = await withoutEnvironments(github, names);
  return Promise.all(
    names.map((name) => {
      const expected = without
        ? `${prefix.value}:ref:refs/heads/main`
        : `${prefix.value}:environment:${name}`;
      return ofEnvironment(context, manifest, name, expected);
    }),
  );
}

/** How subjects of this repository begin: only GitHub knows, since it depends on when the repository was made. */
async function prefixOf(github: GitHub): Promise<{ readonly value: string } | Answer> {
  const known = await github.repository();
  if (!('value' in known)) return notAsked(known.why, known.mend);
  const { name, host } = known.value;
  if (host !== 'github.com')
    return notAsked(`${host} signs with an issuer of its own, which is not known here`);
  const asked: Heard<unknown> = await github.get('actions/oidc/customization/sub');
  if (!('value' in asked)) return asked.absent ? { value: `repo:${name}` } : notAsked(asked.why, asked.mend);
  const told = asked.value as {
    use_default?: boolean;
    include_claim_keys?: readonly string[];
    sub_claim_prefix?: string | null;
  };
  if (told.use_default === false && told.include_claim_keys?.join() !== 'repo,context')
    return wrong(
      'the subject of this repository is customized, so none that the set-up makes will match',
      `gh api --method PUT repos/${name}/actions/oidc/customization/sub -F use_default=true`,
    );
  return { value: told.sub_claim_prefix || `repo:${name}` };
}

async function ofEnvironment(
  { github, call }: Context,
  manifest: Manifest,
  environment: string,
  expected: string,
): Promise<Answer> {
  const identity = `id-${manifest.answers.name}-${environment}`;
  const set = await github.variables(environment);
  const value = (name: string) =>
    'value' in set ? set.value.find((each) => each.name === name)?.value : undefined;
  const group = value('AZURE_RESOURCE_GROUP') ?? groupOf(manifest, environment);
  const subscription = value('AZURE_SUBSCRIPTION_ID');
  // Joined by `=`, so that a value from GitHub is never taken for an option.
  const asked = await call(
    'az',
    [
      ...[
        'identity',
        'federated-credential',
        'list',
        `--identity-name=${identity}`,
        `--resource-group=${group}`,
      ],
      ...(subscription === undefined ? [] : [`--subscription=${subscription}`]),
      ...['--output', 'json', '--only-show-errors'],
    ],
    { limit: 8 },
  );
  const about = environment;
  const list = jsonOf(asked);
  if (Array.isArray(list)) return judged(list as Credential[], expected, identity, about);
  if (isAbsent(asked) && !('value' in set) && !set.absent)
    return notAsked(
      `${identity} is not in ${seen(group)}, but GitHub did not tell which group and subscription it is in: ${set.why}`,
      undefined,
      about,
    );
  if (isAbsent(asked))
    return wrong(
      `${environment}: the identity ${identity} is not there in ${seen(group)}`,
      'scripts/setup.sh',
      about,
    );
  const text = asked.kind === 'ran' ? asked.stderr : '';
  if (/az login|AADSTS/i.test(text)) return notAsked('not signed in to Azure', 'az login', about);
  return notAsked(reasonOf(asked), undefined, about);
}

/** As scripts/setup.sh names the groups: from level 3 on, staging and production have their own. */
function groupOf({ level, answers }: Manifest, environment: string): string {
  const base = answers['resource-group'];
  if (environment === 'development' || level < 3) return base;
  return `${base}-${environment === 'staging' ? 'staging' : 'production'}`;
}

function judged(list: readonly Credential[], expected: string, identity: string, about: string): Answer {
  const bad = (says: string) => wrong(`${about}: ${says}`, 'scripts/setup.sh', about);
  const found = list.find((each) => each.subject === expected);
  if (found) {
    if (found.issuer !== ISSUER)
      return bad(`${identity} trusts the issuer ${seen(String(found.issuer))}, not ${ISSUER}`);
    if (!found.audiences?.includes(AUDIENCE))
      return bad(`${identity} expects another audience than ${AUDIENCE}`);
    return ok(`${about}: ${identity} trusts ${expected}`, about);
  }
  const subjects = list.flatMap((each) => (each.subject === undefined ? [] : [each.subject]));
  if (!subjects.length) return bad(`${identity} trusts nobody, and GitHub would say ${expected}`);
  const letters = subjects.some((each) => each.toLowerCase() === expected.toLowerCase());
  return bad(
    `GitHub says ${expected}, but ${identity} trusts ${few(subjects.map(seen), 2)}${letters ? ': upper and lower case differ' : ''}`,
  );
}
