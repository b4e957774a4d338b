import { parse } from 'yaml';
import { azureProblem } from '../../answers/azure-names.js';
import { type Rule, resourceGroupRule, workspaceRule } from '../../answers/rules.js';
import { seen } from '../../cli/seen.js';
import { seenPath } from '../../upgrade/report-words.js';
import { type Answer, type Check, few, inRepository, ok, type Ours, wrong } from '../check.js';
import type { Repository } from '../../repository/open.js';
import type { Files } from './files.js';

export const NAMES: Check = {
  id: 'names',
  group: 'repository',
  asks: 'whether Azure takes the names',
  limit: 8,
  ask: inRepository(names),
};

const between =
  (min: number, max: number): Rule =>
  (name) => {
    if (name.length < min || name.length > max) return `has ${name.length} characters, not ${min} to ${max}`;
    return /^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name)
      ? undefined
      : 'is not letters, digits and hyphens, a letter first, no hyphen last';
  };

const component: Rule = (name) =>
  /^[a-z0-9_]{1,255}$/.test(name) ? undefined : 'is not lower-case letters, digits and _';

/** What Azure ML calls a file of this $schema, and which names it takes; facts of SDK 1.35.2 and its documentation. */
const KINDS: readonly { readonly schema: RegExp; readonly what: string; readonly rule: Rule }[] = [
  { schema: /OnlineEndpoint\b/i, what: 'online endpoint', rule: between(3, 32) },
  { schema: /BatchEndpoint\b/i, what: 'batch endpoint', rule: between(3, 32) },
  { schema: /Deployment\b/i, what: 'deployment', rule: between(3, 32) },
  { schema: /computeInstance\b/i, what: 'compute instance', rule: between(3, 24) },
  { schema: /amlCompute\b/i, what: 'compute cluster', rule: between(3, 32) },
  { schema: /workspace\b/i, what: 'workspace', rule: workspaceRule },
  { schema: /component\b/i, what: 'component', rule: component },
];

/** As long as the hyphen and the suffix that the set-up script appends. */
const SUFFIX = 6;

async function names({ manifest: { answers } }: Repository, ours: Ours): Promise<Answer> {
  const said = (what: string, name: string, problem: string | undefined) =>
    problem === undefined ? [] : [`${what} ${JSON.stringify(seen(name))} ${problem}`];
  const files = await ours.files();
  const problems = [
    ...said('name', answers.name, azureProblem(answers.name)),
    ...said('resource group', answers['resource-group'], resourceGroupRule(answers['resource-group'])),
    ...said('workspace', answers.workspace, workspaceRule(answers.workspace)),
    ...azureFiles(files).flatMap(({ path, schema, name }) => {
      const kind = KINDS.find((each) => each.schema.test(schema));
      return kind ? said(`${seenPath(path)}: ${kind.what}`, name, kind.rule(name)) : [];
    }),
    ...targets(files).flatMap((name) =>
      said('config/targets.yml: target', name, between(3, 32 - SUFFIX)(name)),
    ),
  ];
  return problems.length
    ? wrong(`Azure refuses: ${few(problems, 3)}`, mendFor(problems[0] ?? ''))
    : ok('every name is one that Azure takes');
}

const mendFor = (problem: string): string =>
  problem.startsWith('resource group')
    ? 'azmlops set resource-group=NAME'
    : problem.startsWith('workspace')
      ? 'azmlops set workspace=NAME'
      : problem.startsWith('name')
        ? 'azmlops set name=NAME'
        : `azmlops explain ${/^(\S+):/.exec(problem)?.[1] ?? 'PATH'}`;

function azureFiles({ paths, text }: Files): { path: string; schema: string; name: string }[] {
  return paths.flatMap((path) => {
    if (!/\.ya?ml$/.test(path)) return [];
    const found = text(path);
    if (found === undefined || !/^\$schema:.*azureml/m.test(found)) return [];
    const { $schema: schema, name } = mapping(found);
    return typeof schema === 'string' && typeof name === 'string' ? [{ path, schema, name }] : [];
  });
}

function targets({ text }: Files): string[] {
  const { targets: list } = mapping(text('config/targets.yml') ?? '');
  if (!Array.isArray(list)) return [];
  return list
    .map((each: unknown) => (each as { name?: unknown } | null)?.name)
    .filter((name): name is string => typeof name === 'string');
}

function mapping(text: string): Record<string, unknown> {
  try {
    const found: unknown = parse(text, { maxAliasCount: 10 });
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
