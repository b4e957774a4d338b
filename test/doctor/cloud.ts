import type { Machine, Reply } from './stubs.js';
import { SUBSCRIPTION, WELL } from './stubs.js';

export const REPO = 'Contoso/Churn';
export const NOT_FOUND: Reply = {
  exit: 1,
  out: '{"message":"Not Found"}',
  err: 'gh: Not Found (HTTP 404)\n',
};
export const IMMUTABLE = 'repo:Contoso@11/Churn@22';

interface Environment {
  readonly reviewers?: readonly string[];
  readonly selfReview?: boolean;
  /** Every branch may use it. */
  readonly open?: boolean;
  readonly bypass?: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** GitHub, and the identities in Azure, of one repository. */
export interface Cloud {
  readonly visibility?: 'public' | 'private' | 'internal';
  /** Of the organisation; not told without it. */
  readonly plan?: string;
  readonly environments?: Readonly<Record<string, Environment>>;
  /** Of the repository. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** How subjects begin, as GitHub tells it; `custom` is not the default form. */
  readonly prefix?: string;
  readonly custom?: boolean;
  /** Subjects by environment; without the environment, there is no such identity. */
  readonly trusted?: Readonly<Record<string, readonly (string | object)[]>>;
  readonly rules?: Reply;
  readonly protection?: Reply;
}

const json = (value: unknown): string => JSON.stringify(value);
const listed = (variables: Readonly<Record<string, string | undefined>>): string =>
  json(
    Object.entries(variables)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value })),
  );

/** The programs of a machine that is signed in to that cloud. */
export function machineOf(cloud: Cloud): Machine {
  const { visibility = 'public', environments = {}, variables = {}, trusted = {} } = cloud;
  const isPrivate = visibility !== 'public';
  const told = Object.entries(environments).map(([name, { reviewers = [], selfReview, open, bypass }]) => ({
    name,
    can_admins_bypass: bypass ?? false,
    protection_rules: [
      ...(reviewers.length
        ? [
            {
              type: 'required_reviewers',
              prevent_self_review: !selfReview,
              reviewers: reviewers.map((login) => ({ type: 'User', reviewer: { login } })),
            },
          ]
        : []),
      ...(open ? [] : [{ type: 'branch_policy' }]),
    ],
    deployment_branch_policy: open ? null : { protected_branches: false, custom_branch_policies: true },
  }));
  const api = `api --method GET repos/${REPO}`;
  const gh: Record<string, Reply> = {
    ...WELL.gh,
    'repo view --json nameWithOwner,url': json({ nameWithOwner: REPO, url: `https://github.com/${REPO}` }),
    [api]: json({
      full_name: REPO,
      private: isPrivate,
      visibility,
      owner: { login: 'Contoso', type: 'Organization' },
    }),
    'api --method GET orgs/Contoso': json({
      login: 'Contoso',
      ...(cloud.plan && { plan: { name: cloud.plan } }),
    }),
    [`${api}/environments?per_page=100`]: json({ total_count: told.length, environments: told }),
    [`${api}/actions/organization-variables`]: json({ total_count: 0, variables: [] }),
    [`${api}/actions/oidc/customization/sub`]: json({
      use_default: !cloud.custom,
      ...(cloud.custom && { include_claim_keys: ['job_workflow_ref'] }),
      ...(cloud.prefix && { use_immutable_subject: true, sub_claim_prefix: cloud.prefix }),
    }),
    [`${api}/rules/branches/main`]: cloud.rules ?? '[]',
    [`${api}/branches/main/protection`]: cloud.protection ?? NOT_FOUND,
    [`variable list --repo ${REPO} --json name,value`]: listed(variables),
    'variable list --env': NOT_FOUND,
    ...Object.fromEntries(
      Object.entries(environments).map(([name, each]) => [
        `variable list --env ${name} --repo ${REPO} --json name,value`,
        listed(each.variables),
      ]),
    ),
  };
  const list = 'identity federated-credential list';
  const az: Record<string, Reply> = {
    ...WELL.az,
    [list]: { exit: 3, err: 'ERROR: (ResourceNotFound) The Resource was not found.\n' },
    ...Object.fromEntries(
      Object.entries(trusted).map(([name, subjects]) => [
        `${list} --identity-name=id-churn-${name} --resource-group=${groupOf(name)} --subscription=${SUBSCRIPTION} `,
        json(subjects.map((subject) => (typeof subject === 'string' ? credential(subject) : subject))),
      ]),
    ),
  };
  return { ...WELL, gh, az };
}

export const credential = (subject: string) => ({
  name: 'github',
  subject,
  issuer: 'https://token.actions.githubusercontent.com',
  audiences: ['api://AzureADTokenExchange'],
});

const groupOf = (environment: string): string =>
  ({ development: 'rg-churn', staging: 'rg-churn-staging' })[environment] ?? 'rg-churn-production';

const PLACE = (environment: string) => ({
  AZURE_CLIENT_ID: `client-${environment}`,
  AZURE_TENANT_ID: 'tenant',
  AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
  AZURE_RESOURCE_GROUP: groupOf(environment),
  AZURE_ML_WORKSPACE: 'mlw-churn',
  AZURE_ML_REGISTRY: 'churn-abcde',
});

/** As scripts/setup.sh leaves it at level 4. */
export const SET_UP = {
  prefix: IMMUTABLE,
  environments: {
    development: { variables: { ...PLACE('development'), AZURE_STORAGE_ACCOUNT: 'stchurnabcde' } },
    staging: { variables: { ...PLACE('staging'), ENDPOINT_SUFFIX: 'abcde' } },
    production: {
      reviewers: ['alice', 'bob'],
      variables: { ...PLACE('production'), ENDPOINT_SUFFIX: 'fghij' },
    },
    monitoring: {
      variables: {
        ...PLACE('monitoring'),
        ENDPOINT_SUFFIX: 'fghij',
        AZURE_STORAGE_ACCOUNT: 'stchurnfghij',
        AZURE_APP_INSIGHTS: 'insights',
      },
    },
  },
  trusted: Object.fromEntries(
    ['development', 'staging', 'production', 'monitoring'].map((name) => [
      name,
      [`${IMMUTABLE}:environment:${name}`],
    ]),
  ),
} as const satisfies Cloud;
