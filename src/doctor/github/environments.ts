import {
  type Answer,
  type Check,
  type Context,
  few,
  inRepository,
  notAsked,
  ok,
  type Ours,
  warning,
  wrong,
} from '../check.js';
import type { Repository } from '../../repository/open.js';
import type { GitHub, Heard } from './asked.js';
import { expectedOf } from './expected.js';

export const ENVIRONMENTS: Check = {
  id: 'environments',
  group: 'github',
  asks: 'the environments',
  since: 1,
  limit: 9,
  ask: inRepository(environments),
};

export interface Reviewer {
  readonly type?: string;
  readonly reviewer?: { readonly login?: string; readonly slug?: string };
}

/** An environment as GitHub's interface tells of it. */
export interface ToldEnvironment {
  readonly name: string;
  readonly can_admins_bypass?: boolean;
  readonly protection_rules?: readonly {
    readonly type: string;
    readonly prevent_self_review?: boolean;
    readonly reviewers?: readonly Reviewer[];
  }[];
  readonly deployment_branch_policy?: object | null;
}

export async function environmentsOf(github: GitHub): Promise<Heard<readonly ToldEnvironment[]>> {
  const asked = await github.get('environments?per_page=100');
  // GitHub has none at all for some plans.
  if (!('value' in asked))
    return asked.absent && 'value' in (await github.repository()) ? { value: [] } : asked;
  const list = (asked.value as { environments?: unknown }).environments;
  return { value: Array.isArray(list) ? (list as ToldEnvironment[]) : [] };
}

/** Whether the set-up found no environments on this plan, and keeps the variables in the repository instead. */
export async function withoutEnvironments(github: GitHub, names: readonly string[]): Promise<boolean> {
  const [found, variables] = await Promise.all([environmentsOf(github), github.variables()]);
  if (!('value' in found) || !('value' in variables)) return false;
  return (
    !found.value.some(({ name }) => names.includes(name)) &&
    variables.value.some(({ name }) => name === 'AZURE_CLIENT_ID')
  );
}

async function environments(
  { manifest }: Repository,
  _: Ours,
  { github }: Context,
): Promise<Answer | Answer[]> {
  const { level, answers } = manifest;
  const names = (await expectedOf(manifest)).environments.map(({ name }) => name);
  const asked = await environmentsOf(github);
  if (!('value' in asked)) return notAsked(asked.why, asked.mend);
  if (await withoutEnvironments(github, names)) {
    const says = 'GitHub has no environments for this repository; its own variables are used instead';
    return level >= 3 && answers.gate !== 'typed'
      ? wrong(
          `${says}, which the workflows of the gate ${answers.gate} do not know`,
          'azmlops set gate=typed',
        )
      : ok(says);
  }
  const there = new Map(asked.value.map((each) => [each.name, each]));
  const missing = names.filter((name) => !there.has(name));
  const open = names.filter((name) => there.has(name) && !there.get(name)?.deployment_branch_policy);
  const said: Answer[] = [];
  if (missing.length)
    said.push(
      wrong(
        `not there: ${few(missing)}. Whatever runs first would make ${missing.length === 1 ? 'it' : 'them'} without any rule`,
        'scripts/setup.sh',
        'missing',
      ),
    );
  if (open.length) {
    const label = open.includes('production') ? wrong : warning;
    said.push(label(`every branch may use ${few(open)}`, 'scripts/setup.sh', 'open'));
  }
  return said.length ? said : ok(`${few(names)}: there, for named branches only`);
}
