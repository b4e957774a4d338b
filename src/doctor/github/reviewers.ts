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
import { seen } from '../../cli/seen.js';
import type { GitHub, Heard } from './asked.js';
import { environmentsOf, type Reviewer } from './environments.js';

export const REVIEWERS: Check = {
  id: 'reviewers',
  group: 'github',
  asks: 'who approves a release',
  since: 3,
  limit: 9,
  ask: inRepository(reviewers),
};

/** Whether GitHub enforces required reviewers here; undefined where nobody tells the plan. */
interface Plan {
  readonly enforces: boolean | undefined;
  readonly says: string;
  readonly gate: 'reviewers' | 'pull-request' | 'typed';
}

async function reviewers({ manifest }: Repository, _: Ours, { github }: Context): Promise<Answer> {
  const { gate } = manifest.answers;
  const known = await github.repository();
  if (!('value' in known)) return notAsked(known.why, known.mend);
  const settings = `https://${known.value.host}/${known.value.name}/settings`;
  if (gate === 'typed')
    return ok('the gate is a typed confirmation: GitHub asks for no second person, and none is expected');
  if (gate === 'pull-request') return protection(github, settings);
  const [asked, told] = await Promise.all([environmentsOf(github), planOf(github)]);
  if (!('value' in asked)) return notAsked(asked.why, asked.mend);
  if (!('value' in told)) return notAsked(told.why, told.mend);
  const plan = told.value;
  const production = asked.value.find(({ name }) => name === 'production');
  const rules = (production?.protection_rules ?? []).filter(({ type }) => type === 'required_reviewers');
  const people = rules.flatMap((rule) => rule.reviewers ?? []).map(nameOf);
  if (plan.enforces === false)
    return wrong(`${plan.says}, so nothing would stop a release`, `azmlops set gate=${plan.gate}`);
  if (!people.length)
    return wrong(
      'nobody is named who approves a release to production, so each one stops before it',
      'scripts/setup.sh --reviewer LOGIN',
    );
  const who = `production waits for one of ${few(people)}`;
  if (plan.enforces === undefined) return warning(`${who}; ${plan.says}`, `${settings}/environments`);
  if (!rules.some((rule) => rule.prevent_self_review))
    return warning(`${who}, who may approve what they started themselves`, `${settings}/environments`);
  return ok(
    `${who}; ${plan.says}${production?.can_admins_bypass ? ', but an administrator may pass it' : ''}`,
  );
}

const nameOf = ({ reviewer }: Reviewer): string => seen(reviewer?.login ?? reviewer?.slug ?? '?');

/** https://docs.github.com/actions/reference/deployments-and-environments: public repositories, and GitHub Enterprise. */
async function planOf(github: GitHub): Promise<Heard<Plan>> {
  const asked = await github.get('');
  if (!('value' in asked)) return asked;
  const {
    private: isPrivate,
    visibility,
    owner,
  } = asked.value as {
    private?: boolean;
    visibility?: string;
    owner?: { login?: string; type?: string };
  };
  if (isPrivate === false)
    return { value: { enforces: true, says: 'GitHub enforces it', gate: 'reviewers' } };
  if (visibility === 'internal')
    return { value: { enforces: true, says: 'GitHub Enterprise enforces it', gate: 'reviewers' } };
  const path = owner?.type === 'Organization' ? `orgs/${owner.login}` : `users/${owner?.login}`;
  const plan = await github.root(path);
  const name = 'value' in plan ? (plan.value as { plan?: { name?: string } }).plan?.name : undefined;
  const never = 'GitHub enforces no reviewers in a private repository';
  if (name !== undefined && /enterprise|business/i.test(name))
    return { value: { enforces: true, says: 'GitHub Enterprise enforces it', gate: 'reviewers' } };
  if (name !== undefined)
    return {
      value: {
        enforces: false,
        says: `${never} on the plan ${seen(name)}`,
        gate: /free/i.test(name) ? 'typed' : 'pull-request',
      },
    };
  if (owner?.type === 'User')
    return { value: { enforces: false, says: `${never} of a person`, gate: 'pull-request' } };
  return {
    value: {
      enforces: undefined,
      says: 'whether the plan of this private repository enforces it was not told: only GitHub Enterprise does',
      gate: 'pull-request',
    },
  };
}

interface Rule {
  readonly type?: string;
  readonly parameters?: { readonly required_approving_review_count?: number };
}

/** A promotion is a merge into main: what guards it is the protection of that branch, by a ruleset or the older way. */
async function protection(github: GitHub, settings: string): Promise<Answer> {
  const [rules, classic] = await Promise.all([
    github.get('rules/branches/main'),
    github.get('branches/main/protection'),
  ]);
  const list = 'value' in rules && Array.isArray(rules.value) ? (rules.value as Rule[]) : [];
  const byRule = list.some(
    ({ type, parameters }) =>
      type === 'pull_request' && (parameters?.required_approving_review_count ?? 0) > 0,
  );
  const old =
    'value' in classic
      ? (classic.value as { required_pull_request_reviews?: { required_approving_review_count?: number } })
      : undefined;
  if (byRule || (old?.required_pull_request_reviews?.required_approving_review_count ?? 0) > 0)
    return ok('main takes no change without a review, so a promotion needs one too');
  const both = [rules, classic].flatMap((each) => ('why' in each ? [each.why] : []));
  if (both.some((why) => /upgrade to/i.test(why)))
    return wrong(
      'the plan of this private repository protects no branch, so whoever may push may release',
      'azmlops set gate=typed',
    );
  if (!('value' in rules)) return notAsked(rules.why, rules.mend);
  return wrong('main asks for no review, so whoever may push to it may release', `${settings}/rules`);
}
