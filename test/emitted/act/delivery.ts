import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { type Az, type Command, Refusal } from '../stubs/cloud.js';
import type { Runners } from './runners.js';

// The commands of az with which models are released: endpoints, deployments and the registry. Each place is a
// workspace of its own; who asks needs a role there.

/** A deployment as it was asked for, and where it stands. */
export interface Deployed {
  /** `development`, `staging` or `production`, by the group. */
  place: string;
  endpoint: string;
  deployment: string;
  /** Of the model. */
  version: string;
}

type Shares = Record<string, number>;

/** What an endpoint sends where, after a call. */
export interface Moment {
  call: string;
  /** By place and endpoint. */
  live: Record<string, Shares>;
  mirrored: Record<string, Shares>;
  /** Default deployment of batch endpoints. */
  chosen: Record<string, string>;
}

interface Endpoint extends Record<string, unknown> {
  tags: Record<string, string>;
  traffic: Shares;
  mirror_traffic: Shares;
  defaults: { deployment_name: string | null };
}

/** Where an application names the place itself; the machine must have been told the same. */
export const PLACE = ['--resource-group', '--workspace-name'];

export const given = (az: Az, option: string): string | undefined => az.options.get(option)?.[0];

/** Refuse a workflow's identity without one of these roles on what the path names, or on the group around it. */
function allow(az: Az, path: string, ...roles: string[]): string {
  if (!az.call.env.GITHUB_JOB) return path;
  az.show(path);
  const scope = path
    .replace(/^group\//, '/resourceGroups/')
    .replace(/\/(workspace|registry)\//, (_, kind: string) =>
      kind === 'workspace'
        ? '/providers/Microsoft.MachineLearningServices/workspaces/'
        : '/providers/Microsoft.MachineLearningServices/registries/',
    );
  const [group = ''] = scope.split('/providers/');
  const held = [...az.cloud.azure.keys()].some(
    (key) =>
      (key.endsWith(scope) || key.endsWith(group)) &&
      roles.some((role) => key.startsWith(`role/${az.machine.person} ${role} `)),
  );
  if (!held) throw new Refusal(`(AuthorizationFailed) ${az.machine.person} on ${path}`, 1);
  return path;
}

/** The workspace of a call, which is that of the machine. */
function here(az: Az): string {
  const { group, workspace } = az.machine;
  if ((given(az, '--resource-group') ?? group) !== group) throw new Refusal('another resource group', 1);
  if ((given(az, '--workspace-name') ?? workspace) !== workspace) throw new Refusal('another workspace', 1);
  return az.workspace;
}

const WRITERS = ['AzureML Data Scientist', 'Contributor'];
export const written = (az: Az): string => allow(az, here(az), ...WRITERS);
const READERS = [...WRITERS, 'Reader', 'Monitoring Reader', 'Monitoring Contributor'];
export const looked = (az: Az): string => allow(az, here(az), ...READERS);

/** Where assets are: in a registry when one is named, else in the workspace. */
function assets(az: Az, change: boolean): string {
  const name = given(az, '--registry-name');
  if (!name) return change ? written(az) : looked(az);
  const path = [...az.cloud.azure.keys()].find((key) => key.endsWith(`/registry/${name}`));
  if (!path) throw new Refusal(`(ResourceNotFound) the registry ${name} was not found.`, 3);
  return allow(az, path, 'AzureML Registry User', ...(change ? [] : ['Reader']));
}

export function versions(az: Az, path: string): Record<string, unknown>[] {
  return az.list(`${path}/version`).map(({ name, ...rest }) => ({ ...rest, version: name }));
}

/** `--set tags.a=b …`, into the tags of something. */
function retag(az: Az, of: Record<string, unknown>): void {
  // Without --force-string az makes a number of what looks like one.
  const text = az.options.has('--force-string') || az.call.args.includes('online-endpoint');
  const tags = { ...(of.tags as Record<string, unknown>) };
  for (const [path, value] of Object.entries(az.pairs('--set'))) {
    const key = /^tags\.(\w+)$/.exec(path)?.[1];
    if (!key) throw new Refusal(`--set ${path} is not known here`, 2);
    tags[key] = !text && /^\d+$/.test(value) ? Number(value) : value;
  }
  of.tags = tags;
}

const endpointOf = (az: Az, kind: string, name: string): Endpoint =>
  az.show(`${az.workspace}/${kind}/${name}`) as Endpoint;

const deploymentsOf = (az: Az, kind: string, name: string): Record<string, unknown>[] =>
  az.list(`${az.workspace}/${kind}/${name}/deployment`);

/** `blue=90 green=10`, over what is there. */
function shares(text: string, there: Shares): Shares {
  const asked = text.split(' ').map((pair): [string, number] => {
    const [, name, share] = /^([\w-]+)=(\d+)$/.exec(pair) ?? [];
    if (!name) throw new Refusal(`${pair} is no share`, 2);
    return [name, Number(share)];
  });
  return Object.fromEntries(
    Object.entries({ ...there, ...Object.fromEntries(asked) }).filter(([, share]) => share > 0),
  );
}

const sum = (of: Shares): number => Object.values(of).reduce((total, share) => total + share, 0);

/** The rules of Azure for traffic. */
function fit(live: Shares, mirrored: Shares, deployments: readonly string[]): void {
  for (const name of [...Object.keys(live), ...Object.keys(mirrored)])
    if (!deployments.includes(name)) throw new Refusal(`(NotFound) there is no deployment ${name}`, 3);
  if (![0, 100].includes(sum(live))) throw new Refusal('The sum of the traffic must be 0 or 100.', 1);
  if (Object.keys(mirrored).length > 1 || sum(mirrored) > 50)
    throw new Refusal('Mirrored traffic goes to one deployment, and is at most 50 percent.', 1);
  for (const name of Object.keys(mirrored))
    if (live[name]) throw new Refusal(`${name} has live traffic, so nothing is mirrored to it.`, 1);
}

/** What a deployment file asks for; model and environment must be in the registry or the workspace that it names. */
export function deployment(az: Az): Record<string, unknown> {
  const file = resolve(az.call.cwd, az.opt('--file'));
  // As text, all of it: to az, whose YAML is 1.1, 326267556e02 is no number.
  const read = parse(az.file(), { schema: 'failsafe' }) as Record<string, unknown> & {
    code_configuration?: { code: string; scoring_script: string };
  };
  for (const [kind, path] of [
    ['model', (name: string, version: string) => `/model/${name}/version/${version}`],
    ['environment', (name: string, version: string) => `/environment/${name} ${version}`],
  ] as const) {
    const found = /^azureml:\/\/registries\/([\w-]+)\/(model|environment)s\/([\w-]+)\/versions\/(\w+)$/.exec(
      String(read[kind]),
    );
    const [, registry, of, name = '', version = ''] = found ?? [];
    if (of !== kind) throw new Refusal(`${String(read[kind])} is no ${kind} of a registry`, 1);
    const known = [...az.cloud.azure.keys()].some((key) =>
      key.endsWith(`/registry/${registry}${path(name, version)}`),
    );
    if (!known) throw new Refusal(`(ResourceNotFound) ${String(read[kind])} was not found.`, 3);
  }
  const code = resolve(dirname(file), read.code_configuration?.code ?? '');
  const script = resolve(code, read.code_configuration?.scoring_script ?? '');
  if (!existsSync(script) || !statSync(script).isFile())
    throw new Refusal(`${read.code_configuration?.scoring_script} is not in ${code}`, 1);
  return { ...read, name: az.opt('--name'), tags: read.tags ?? {}, provisioning_state: 'Succeeded' };
}

export const placeOf = (path: string): string =>
  /^group\/[^/]*-(staging|production)\//.exec(path)?.[1] ?? 'development';

export const deployed = (path: string, body: Record<string, unknown>): Deployed => {
  const [endpoint = '', name = ''] = path.split(/\/(?:online|batch)\//)[1]?.split('/deployment/') ?? [];
  return {
    ...{ place: placeOf(path), endpoint, deployment: name },
    version: String(body.model).split('/').at(-1) ?? '',
  };
};

/** What goes where now, over all places. */
export function moment(azure: ReadonlyMap<string, Record<string, unknown>>, call: string): Moment {
  const now: Moment = { call, live: {}, mirrored: {}, chosen: {} };
  for (const [path, value] of azure) {
    const [, kind, name] = /\/(online|batch)\/([^/]+)$/.exec(path) ?? [];
    const { traffic, mirror_traffic: mirrored, defaults } = value as Endpoint;
    const at = `${placeOf(path)} ${name}`;
    if (kind === 'online') now.live[at] = { ...traffic };
    if (kind === 'online' && sum(mirrored)) now.mirrored[at] = { ...mirrored };
    if (kind === 'batch' && defaults.deployment_name) now.chosen[at] = defaults.deployment_name;
  }
  return now;
}

const both = (kind: 'online' | 'batch'): Record<string, Command> => ({
  [`ml ${kind}-endpoint list`]: {
    options: [],
    run: (az) => az.list(`${looked(az)}/${kind}`).map((one) => shown(az, kind, String(one.name))),
  },
  [`ml ${kind}-endpoint show`]: {
    options: ['--name'],
    run: (az) => (looked(az), shown(az, kind, az.opt('--name'))),
  },
  [`ml ${kind}-endpoint create`]: {
    options: ['--file', '--name'],
    run: (az) => {
      const name = az.opt('--name');
      if (!/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(name)) throw new Refusal(`(BadArgument) ${name}`, 1);
      const { tags } = parse(az.file()) as { tags?: object };
      az.add(`${written(az)}/${kind}/${name}`, {
        ...{ tags: { ...tags }, traffic: {}, mirror_traffic: {} },
        defaults: { deployment_name: null },
      });
      (az.cloud as Runners).created.push(`${az.workspace}/${kind}/${name}`);
      return shown(az, kind, name);
    },
  },
  [`ml ${kind}-deployment list`]: {
    options: ['--endpoint-name'],
    run: (az) => {
      az.show(`${looked(az)}/${kind}/${az.opt('--endpoint-name')}`);
      return deploymentsOf(az, kind, az.opt('--endpoint-name'));
    },
  },
  [`ml ${kind}-deployment create`]: {
    options: ['--file', '--name', '--endpoint-name'],
    run: (az) => {
      const endpoint = `${written(az)}/${kind}/${az.opt('--endpoint-name')}`;
      az.show(endpoint);
      return az.add(`${endpoint}/deployment/${az.opt('--name')}`, deployment(az));
    },
  },
  [`ml ${kind}-deployment delete`]: {
    options: ['--name', '--endpoint-name', '--yes'],
    run: (az) => {
      written(az);
      const [endpoint, name] = [az.opt('--endpoint-name'), az.opt('--name')];
      const { traffic, mirror_traffic: mirrored, defaults } = endpointOf(az, kind, endpoint);
      if (traffic[name] || mirrored[name] || defaults.deployment_name === name)
        throw new Refusal(`(Conflict) ${name} has traffic, or is the default.`, 1);
      if (!az.options.has('--yes')) throw new Refusal('Operation cancelled.', 1);
      az.remove(`${az.workspace}/${kind}/${endpoint}/deployment/${name}`);
    },
  },
});

function shown(az: Az, kind: 'online' | 'batch', name: string): Record<string, unknown> {
  const { traffic, mirror_traffic: mirrored, defaults, tags } = endpointOf(az, kind, name);
  const group = az.workspace.split('/')[1];
  const id = `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${az.machine.workspace}/${kind}Endpoints/${name}`;
  const common = { name, tags, id, provisioning_state: 'Succeeded' };
  if (kind === 'batch') return { ...common, defaults };
  const uri = (az.cloud as Runners).scoring(`${placeOf(az.workspace)}/${name}`);
  return { ...common, traffic, mirror_traffic: mirrored, scoring_uri: uri };
}

interface Answered {
  predictions: { prediction: unknown; probabilities?: Record<string, number> }[];
}

/** Lines of the result of a batch job, as the answers of the cloud say; undefined: it fails. */
function scored(az: Az, body: Deployed): string[] | undefined {
  const cloud = az.cloud as Runners;
  const [head = '', ...lines] = az.file('--input').trim().split('\n');
  const columns = head.split(',');
  const rows = lines.map((line): Record<string, unknown> => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, at) => [column, values[at]]));
  });
  const file = az.opt('--input').split('/').at(-1);
  const result =
    cloud.refused(rows) === undefined ? (cloud.answers(body, rows) as Answered | undefined) : undefined;
  return result?.predictions.map(
    ({ prediction, probabilities = {} }, row) =>
      `${file},${row + 1},${String(prediction)},${Object.values(probabilities)[0]}`,
  );
}

/** The job that scores a file with one deployment, and what came of it. */
export function batchJob(
  az: Az,
  body: Deployed,
  written: readonly string[] | undefined,
  path = `azureml:${az.opt('--input')}`,
): Record<string, unknown> {
  const name = given(az, '--job-name') ?? `batchjob-${az.list(`${az.workspace}/job`).length}`;
  if (az.opt('--input-type') !== 'uri_file') throw new Refusal('--input-type does not fit', 1);
  return {
    name,
    ...az.add(`${az.workspace}/job/${name}`, {
      status: written ? 'Completed' : 'Failed',
      ...{ next: [], tags: {}, endpoint: body.endpoint },
      inputs: { data: { type: 'uri_file', path } },
      outputs: written ? { score: { 'predictions.csv': `${written.join('\n')}\n` } } : {},
    }),
  };
}

export const DELIVERY: Readonly<Record<string, Command>> = {
  ...both('online'),
  ...both('batch'),
  'ml online-endpoint update': {
    options: ['--name', '--traffic', '--mirror-traffic', '--set'],
    run: (az) => {
      const path = `${written(az)}/online/${az.opt('--name')}`;
      const was = az.show(path) as Endpoint;
      const [traffic, mirror] = [given(az, '--traffic'), given(az, '--mirror-traffic')];
      const live = traffic === undefined ? was.traffic : shares(traffic, was.traffic);
      const mirrored = mirror === undefined ? was.mirror_traffic : shares(mirror, was.mirror_traffic);
      fit(
        live,
        mirrored,
        deploymentsOf(az, 'online', az.opt('--name')).map(({ name }) => String(name)),
      );
      const now = { ...was, traffic: live, mirror_traffic: mirrored };
      if (az.options.has('--set')) retag(az, now);
      az.change(path, now);
    },
  },
  'ml online-endpoint invoke': {
    options: ['--name', '--deployment-name', '--request-file'],
    run: (az) => {
      const name = az.opt('--name');
      const to = given(az, '--deployment-name') ?? busiest(endpointOf(az, 'online', name).traffic);
      const path = `${written(az)}/online/${name}/deployment/${to}`;
      const { data } = JSON.parse(az.file('--request-file')) as { data: unknown[] };
      const answer = (az.cloud as Runners).answers(deployed(path, az.show(path)), data);
      if (answer === undefined) throw new Refusal('(Status code 500) the scoring script failed', 1);
      // As az does: the text of the answer, as a JSON string.
      return JSON.stringify(answer);
    },
  },
  'ml batch-endpoint update': {
    options: ['--name', '--set'],
    run: (az) => {
      const path = `${written(az)}/batch/${az.opt('--name')}`;
      const now = { ...az.show(path) } as Endpoint;
      const { 'defaults.deployment_name': chosen, ...other } = az.pairs('--set');
      if (Object.keys(other).length) retag(az, now);
      if (chosen !== undefined) {
        az.show(`${path}/deployment/${chosen}`);
        now.defaults = { deployment_name: chosen };
      }
      az.change(path, now);
    },
  },
  'ml batch-endpoint invoke': {
    options: ['--name', '--deployment-name', '--input', '--input-type', '--job-name', ...PLACE],
    run: (az) => {
      const name = az.opt('--name');
      const to = given(az, '--deployment-name') ?? endpointOf(az, 'batch', name).defaults.deployment_name;
      const path = `${written(az)}/batch/${name}/deployment/${to}`;
      const body = deployed(path, az.show(path));
      return batchJob(az, body, scored(az, body));
    },
  },
  'ml batch-endpoint list-jobs': {
    options: ['--name'],
    run: (az) => az.list(`${looked(az)}/job`).filter(({ endpoint }) => endpoint === az.opt('--name')),
  },
  'ml model list': {
    options: ['--name', '--registry-name'],
    run: (az) => {
      const at = assets(az, false);
      const name = given(az, '--name');
      if (!name) return az.list(`${at}/model`);
      az.show(`${at}/model/${name}`);
      return versions(az, `${at}/model/${name}`).reverse();
    },
  },
  'ml model show': {
    options: ['--name', '--version', '--label', '--registry-name'],
    run: (az) => {
      const path = `${assets(az, false)}/model/${az.opt('--name')}`;
      const version = given(az, '--version');
      if (version) return { ...az.show(`${path}/version/${version}`), version };
      if (given(az, '--label') !== 'latest') throw new Refusal('--version or --label latest is missing', 2);
      const last = versions(az, path).at(-1);
      if (!last) throw new Refusal(`(ResourceNotFound) ${az.opt('--name')} was not found.`, 3);
      return last;
    },
  },
  'ml model share': {
    options: ['--name', '--version', '--registry-name', '--share-with-name', '--share-with-version'],
    run: (az) => {
      const from = az.show(`${written(az)}/model/${az.opt('--name')}/version/${az.opt('--version')}`);
      const model = `${assets(az, true)}/model/${az.opt('--share-with-name')}`;
      az.cloud.azure.set(model, {});
      // The artifact travels, and its tags do not: delivery.registry writes them anew.
      return az.add(`${model}/version/${az.opt('--share-with-version')}`, { type: from.type, tags: {} });
    },
  },
  'ml model update': {
    options: ['--name', '--version', '--registry-name', '--set', '--force-string'],
    run: (az) => {
      retag(az, az.show(`${assets(az, true)}/model/${az.opt('--name')}/version/${az.opt('--version')}`));
    },
  },
  'ml environment list': {
    options: ['--name', '--registry-name'],
    run: (az) => {
      const all = az.list(`${assets(az, false)}/environment`).map(({ name }) => String(name).split(' '));
      const wanted = given(az, '--name');
      if (wanted === undefined) return [...new Set(all.map(([name]) => name))].map((name) => ({ name }));
      const found = all.filter(([name]) => name === wanted);
      if (!found.length) throw new Refusal(`(ResourceNotFound) ${wanted} was not found.`, 3);
      return found.map(([name, version]) => ({ name, version }));
    },
  },
  'ml environment create': {
    options: ['--file', '--name', '--version', '--registry-name'],
    run: (az) => {
      const name = given(az, '--name') ?? az.inFile('name');
      return az.add(`${assets(az, true)}/environment/${name} ${az.opt('--version')}`);
    },
  },
  'ml data list': {
    options: ['--name', '--registry-name'],
    run: (az) => {
      const all = az.list(`${assets(az, false)}/data`).map(({ name }) => String(name).split(':'));
      const wanted = given(az, '--name');
      if (wanted === undefined) return [...new Set(all.map(([name]) => name))].map((name) => ({ name }));
      const found = all.filter(([name]) => name === wanted);
      if (!found.length) throw new Refusal(`(ResourceNotFound) ${wanted} was not found.`, 3);
      return found.map(([name, version]) => ({ name, version }));
    },
  },
  'ml data share': {
    options: ['--name', '--version', '--registry-name', '--share-with-name', '--share-with-version'],
    run: (az) => {
      az.show(`${written(az)}/data/${az.opt('--name')}:${az.opt('--version')}`);
      az.add(`${assets(az, true)}/data/${az.opt('--share-with-name')}:${az.opt('--share-with-version')}`);
    },
  },
  'ml schedule list': { options: [], run: (az) => az.list(`${looked(az)}/schedule`) },
  'ml schedule create': {
    options: ['--file', '--name'],
    run: (az) => {
      // Of one that is there az makes an update.
      const { create_monitor: monitor } = parse(az.file()) as { create_monitor: object };
      az.cloud.azure.set(`${written(az)}/schedule/${az.opt('--name')}`, {
        monitor,
        creation_context: { created_at: '2026-01-01T00:00:00.000000+00:00' },
      });
    },
  },
  'ml job list': {
    options: ['--max-results', '--parent-job-name'],
    run: (az) =>
      az
        .list(`${looked(az)}/job`)
        .filter(({ parent }) => parent === given(az, '--parent-job-name'))
        .reverse()
        .slice(0, Number(az.opt('--max-results'))),
  },
  'monitor app-insights query': {
    options: ['--apps', '--analytics-query', '--offset'],
    run: (az) => {
      if (!az.machine.insights) throw new Refusal(`'app-insights' is misspelled or not recognized`, 2);
      const path = az.at(az.opt('--apps'));
      allow(az, path.split('/').slice(0, 2).join('/'), 'Reader', 'Monitoring Reader');
      const [first, last] = [...az.opt('--analytics-query').matchAll(/ datetime\(([^)]+)\)/g)].map(
        ([, text = '']) => Date.parse(text),
      );
      if (!first || !last) throw new Refusal('(BadArgumentError) it asks for no days', 1);
      // Without rows outside its offset, whatever the query says.
      const since = Date.now() - Number(/^(\d+)d$/.exec(az.opt('--offset'))?.[1]) * 24 * 60 * 60 * 1000;
      const columns = ['day', 'total', 'failed', 'p95_ms'].map((name) => ({ name }));
      const rows = (az.cloud as Runners).requests
        .filter(({ day }) => Date.parse(day) >= Math.max(first, since) && Date.parse(day) < last)
        .map(({ day, total, failed, p95 }) => [day, total, failed, p95]);
      return { tables: [{ name: 'PrimaryResult', columns, rows }] };
    },
  },
  'monitor metrics list': {
    options: [...['--resource', '--metrics', '--filter', '--aggregation', '--interval', '--start-time']],
    run: (az) => {
      const endpoint = az.at(az.opt('--resource'));
      const name = /^deployment eq '(\w+)'( and statusCodeClass eq '\*')?$/.exec(az.opt('--filter'))?.[1];
      if (!name) throw new Refusal(`--filter ${az.opt('--filter')} is not known here`, 2);
      const path = `${endpoint}/deployment/${name}`;
      const since = Date.parse(az.opt('--start-time'));
      const { requests, errors, p95 } = (az.cloud as Runners).counted(deployed(path, az.show(path)), since);
      const series = (value: number, by: Record<string, string>): object => ({
        metadatavalues: Object.entries(by).map(([key, its]) => ({ name: { value: key }, value: its })),
        data: [{ timeStamp: az.opt('--start-time'), average: value }],
      });
      if (az.opt('--metrics') === 'RequestLatency_P95')
        return { value: [{ timeseries: requests ? [series(p95, { deployment: name })] : [] }] };
      if (az.opt('--metrics') !== 'RequestsPerMinute') throw new Refusal('(BadRequest) no such metric', 1);
      const timeseries = [
        series(requests - errors, { deployment: name, statusCodeClass: '2xx' }),
        series(errors, { deployment: name, statusCodeClass: '5xx' }),
      ];
      return { value: [{ timeseries: requests ? timeseries : [] }] };
    },
  },
};

const busiest = (live: Shares): string =>
  Object.entries(live).sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none';
