import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import {
  type Answer,
  AZ,
  type Az,
  type Call,
  Cloud,
  type Command,
  type GitHub,
  type Machine,
  Refusal,
  SUBSCRIPTION,
} from '../stubs/cloud.js';
import {
  DELIVERY,
  PLACE,
  type Deployed,
  given,
  moment,
  type Moment,
  placeOf,
  versions,
  written,
} from './delivery.js';
import { Repository } from './github.js';

/** What the training job of a run ends as, and the files it leaves, by the name of the output. */
export interface Training {
  status: string;
  /** A folder is an object of its files. */
  outputs: Record<string, string | Record<string, string>>;
}

/**
 * Azure and GitHub as far as workflows use them, on top of what scripts/setup.sh made there. Each job of a workflow is
 * a machine of its own: nobody is signed in, the extension is missing, and only the roles that the set-up gave count.
 */
export class Runners extends Cloud {
  training: Training = { status: 'Completed', outputs: {} };
  /** What the pipeline that tests a model ends as. */
  testing: Training = { status: 'Completed', outputs: {} };
  /** How jobs end, by the name of the pipeline's file; others have no outputs. */
  get ends(): Readonly<Record<string, Training>> {
    return { train: this.training, test: this.testing, drift: this.drifting };
  }

  /** The folder of an output of the job that is asked for, where a scene keeps any. */
  outputFolder?(az: Az, output: string): string | undefined;

  readonly repository = new Repository(this.github.repo);
  /** What goes where, after each call that changed it. */
  readonly history: Moment[] = [];
  /** Paths of the endpoints that workflows made, in order. */
  readonly created: string[] = [];
  readonly #machines = new Map<string, Machine>();
  #door: Server | undefined;
  protected override readonly commands: Readonly<Record<string, Command>> = {
    ...AZ,
    ...WORKFLOWS,
    ...DELIVERY,
  };

  /** What npx fetches and runs; without a network, nothing. */
  fetched: (call: Call) => Answer | Promise<Answer> = () => {
    return [1, '', 'npm error code ENOTFOUND\nnpm error network request failed\n'];
  };

  protected override other(call: Call): Promise<Answer> | undefined {
    if (call.program === 'npx') return Promise.resolve(this.fetched(call));
    if (call.program !== 'turn') return undefined;
    const { GITHUB_RUN_ID: run, GITHUB_JOB: job } = call.env;
    return this.groups
      .turn(call.args[0] ?? '', call.args[1] ?? '', `${run} ${job}`)
      .then((its): Answer =>
        its ? [0, '', ''] : [1, '', 'Canceled: a newer one waits for the same group\n'],
      );
  }

  get comments(): Repository['comments'] {
    return this.repository.comments;
  }

  get releases(): Repository['releases'] {
    return this.repository.releases;
  }

  /** What a deployment answers to these rows; undefined: it breaks. */
  answers = (_deployed: Deployed, rows: unknown[]): unknown => ({
    predictions: rows.map(() => ({ prediction: 'Adelie', probabilities: { Adelie: 0.75, Gentoo: 0.25 } })),
  });

  /** What Azure Monitor counts at a deployment, since a time. */
  counted: (deployed: Deployed, since: number) => { requests: number; errors: number; p95: number } = () => ({
    ...{ requests: 600, errors: 0, p95: 20 },
  });

  /** What the pipeline that compares data finds. */
  drifting: Training = { status: 'Completed', outputs: {} };

  /** Requests to the endpoint in production that Application Insights has recorded, one line a day. */
  requests: { day: string; total: number; failed: number; p95: number }[] = [];

  /** Address of an endpoint, for whoever asks it without az. */
  scoring(endpoint: string): string {
    const { port } = this.#door?.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${endpoint}/score`;
  }

  protected override async open(): Promise<number> {
    const door = createServer((request, response) => {
      const [, place = '', name = ''] = request.url?.split('/') ?? [];
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (text += part));
      request.on('end', () => {
        const [status, answer] = this.#scored(place, name, text);
        const refused = ![200, 404].includes(status);
        response.writeHead(refused ? 424 : status, {
          'content-type': 'application/json',
          ...(refused && { 'ms-azureml-model-error-statuscode': String(status) }),
        });
        response.end(JSON.stringify(answer));
      });
    });
    this.#door = door;
    await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
    return super.open();
  }

  protected override shut(): void {
    super.shut();
    this.#door?.close();
  }

  /** An endpoint asked without az: the deployment with the most live traffic answers. */
  #scored(place: string, endpoint: string, text: string): [number, unknown] {
    const now = moment(this.azure, '').live[`${place} ${endpoint}`] ?? {};
    const [deployment] = Object.entries(now).sort(([, a], [, b]) => b - a)[0] ?? [];
    const found = [...this.azure].find(
      ([path]) =>
        placeOf(path) === place && path.endsWith(`/online/${endpoint}/deployment/${String(deployment)}`),
    );
    if (!found || deployment === undefined) return [404, { error: 'no deployment answers here' }];
    const version = String(found[1].model).split('/').at(-1) ?? '';
    const { data } = JSON.parse(text) as { data: Record<string, unknown>[] };
    const wrong = this.refused(data);
    if (wrong !== undefined) return [400, { error: wrong }];
    const answer = this.answers({ place, endpoint, deployment, version }, data);
    return answer === undefined ? [500, { error: 'it broke' }] : [200, answer];
  }

  /** What the scoring script says of rows that it cannot score. */
  refused(rows: readonly Record<string, unknown>[]): string | undefined {
    const columns = Object.keys((JSON.parse(this.sample()) as { data: [object] }).data[0]);
    if (!rows.length) return 'there are no rows';
    for (const [at, row] of rows.entries())
      for (const column of columns)
        if (!(column in row) || (typeof row[column] === 'object' && row[column] !== null))
          return `row ${at + 1}: column '${column}' is missing, or no value`;
    return undefined;
  }

  /** The request that a repository keeps as a sample. */
  protected sample(): string {
    return readFileSync(join(this.repository.folder, 'samples/request.json'), 'utf8');
  }

  override machine(call: Call): Machine {
    // Each job works in a folder of its own; two of them may have one name.
    const { GITHUB_JOB: job, GITHUB_WORKSPACE: folder } = call.env;
    if (!job || !folder) return super.machine(call);
    const machine = this.#machines.get(folder) ?? { person: '', ml: false, group: '', workspace: '' };
    this.#machines.set(folder, machine);
    return machine;
  }

  /** The token for gh that the next run of a workflow gets. */
  nextRun(): string {
    return TOKEN;
  }

  /** The same things, so that each scene changes its own; there may be more behind them. */
  copy<T extends Runners = this>(kind = this.constructor as new (github?: Partial<GitHub>) => T): T {
    const copy = new kind(structuredClone(this.github));
    copy.inherit(this);
    return copy;
  }

  protected inherit(from: Runners): void {
    this.azure.clear();
    for (const [path, value] of from.azure) this.azure.set(path, structuredClone(value));
    this.history.push(...from.history.slice(-1));
    this.created.push(...from.created);
    this.testing = from.testing;
    this.repository.past = from.repository.past;
  }

  override snapshot(): string {
    const { comments, issues, releases, pulls, branches, started } = this.repository;
    return super.snapshot() + JSON.stringify([comments, issues, releases, pulls, branches, started]);
  }

  /** What happens when a job first makes a call like this, after the call and before its answer. */
  readonly when: { at: RegExp; act: () => void }[] = [];
  /** The machines of the runs that are under way are gone, by the number of the run: no step comes any more. */
  readonly gone = new Map<number, () => void>();
  readonly groups = new Groups();

  protected override after(line: string, call: Call): void {
    if (!call.env.GITHUB_JOB) return;
    const now = this.when.find(({ at }) => at.test(line));
    if (now) {
      this.when.splice(this.when.indexOf(now), 1);
      now.act();
    }
    this.#recorded(line);
  }

  #recorded(line: string): void {
    const now = moment(this.azure, line);
    const last = this.history.at(-1);
    if (JSON.stringify({ ...now, call: '' }) !== JSON.stringify({ ...last, call: '' }))
      this.history.push(now);
  }

  protected override gh(call: Call): string {
    if (!call.env.GITHUB_JOB) return super.gh(call);
    if (call.env.GH_TOKEN !== TOKEN) throw new Refusal('set the GH_TOKEN environment variable', 4);
    const [verb, action] = call.args;
    if (verb === 'api') return this.repository.api(call) ?? super.gh(call);
    if (verb === 'release' && action === 'create') return this.#release(call);
    if (verb === 'workflow' && action === 'run') return this.#start(call);
    throw new Refusal(`unknown command "${call.args.join(' ')}" for "gh"`, 2);
  }

  #start({ args, env }: Call): string {
    const { values, positionals } = parseArgs({
      args: args.slice(2),
      allowPositionals: true,
      options: {
        ref: { type: 'string' },
        repo: { type: 'string' },
        field: { type: 'string', multiple: true, short: 'F' },
        'raw-field': { type: 'string', multiple: true, short: 'f' },
      },
    });
    const [workflow = ''] = positionals;
    if ((values.repo ?? env.GH_REPO) !== this.github.repo)
      throw new Refusal('not a git repository: name it by --repo', 1);
    const pairs = [...(values['raw-field'] ?? []), ...(values.field ?? [])];
    const inputs = Object.fromEntries(
      pairs.map((pair): [string, string] => [pair.replace(/=.*/s, ''), pair.replace(/^[^=]*=/, '')]),
    );
    this.repository.start(workflow, values.ref ?? '', inputs);
    return '';
  }

  #release({ args, cwd, env }: Call): string {
    const { values, positionals } = parseArgs({
      args: args.slice(2),
      allowPositionals: true,
      options: {
        target: { type: 'string' },
        title: { type: 'string' },
        'generate-notes': { type: 'boolean' },
      },
    });
    const [tag = '', ...files] = positionals;
    // Elsewhere gh asks the repository it stands in, and here is none.
    if (env.GH_REPO !== this.github.repo || values.target !== env.GITHUB_SHA)
      throw new Refusal('not a git repository, or another commit', 1);
    for (const file of files) if (!existsSync(resolve(cwd, file))) throw new Refusal(`no ${file}`, 1);
    if (tag in this.releases) throw new Refusal('HTTP 422: Release.tag_name already exists', 1);
    this.releases[tag] = files;
    return '';
  }
}

interface Waiting {
  who: string;
  go: (its: boolean) => void;
}

/**
 * Groups of concurrency: one holds it, one waits, and who waited before that one is cancelled, as on GitHub; with
 * `queue: max` all wait.
 */
class Groups {
  readonly #held = new Map<string, string>();
  readonly #waiting = new Map<string, Waiting[]>();

  turn(group: string, queue: string, who: string): Promise<boolean> {
    if (!this.#held.has(group)) {
      this.#held.set(group, who);
      return Promise.resolve(true);
    }
    const before = this.#waiting.get(group) ?? [];
    if (queue !== 'max') for (const { go } of before.splice(0)) go(false);
    return new Promise((go) => this.#waiting.set(group, [...before, { who, go }]));
  }

  /** Whose name begins so has ended. */
  left(who: string): void {
    for (const [group, holder] of [...this.#held]) {
      if (!holder.startsWith(who)) continue;
      const next = this.#waiting.get(group)?.shift();
      if (next) this.#held.set(group, next.who);
      else this.#held.delete(group);
      next?.go(true);
    }
  }
}

const TOKEN = 'token-of-this-run';
const ended = ['Completed', 'Failed', 'Canceled'];

const workspace = written;

function latest<T>(az: Az, found: readonly T[]): T {
  if (given(az, '--label') !== 'latest') throw new Refusal('--version or --label latest is missing', 2);
  const last = found.at(-1);
  if (last === undefined) throw new Refusal(`(ResourceNotFound) ${az.opt('--name')} was not found.`, 3);
  return last;
}

interface Job extends Training {
  inputs: Record<string, unknown>;
  tags: Record<string, unknown>;
  /** What comes after `status`, one look each. */
  next: string[];
}

function job(az: Az): Job {
  return az.show(`${workspace(az)}/job/${az.opt('--name')}`) as unknown as Job;
}

interface Pipeline {
  type?: string;
  inputs: Record<string, unknown>;
  tags?: Record<string, unknown>;
  experiment_name?: string;
  settings: { default_compute: string };
  jobs: Record<string, { component: string }>;
}

/** The pipeline as `--set` changes it; everything that it names must be there. */
function pipelineOf(az: Az): Pipeline {
  const read = parse(az.file()) as Pipeline;
  for (const [path, value] of Object.entries(az.pairs('--set'))) {
    const keys = path.split('.');
    const leaf = keys.pop() ?? '';
    const at = keys.reduce<Record<string, unknown>>(
      (node, key) => (node[key] ??= {}) as Record<string, unknown>,
      read as unknown as Record<string, unknown>,
    );
    at[leaf] = value;
  }
  const folder = dirname(resolve(az.call.cwd, az.opt('--file')));
  const local = (path: string): void => {
    if (!existsSync(resolve(folder, path))) throw new Refusal(`No such file or directory: ${path}`, 1);
  };
  for (const input of Object.values(read.inputs)) {
    const { path, type } = (input ?? {}) as { path?: string; type?: string };
    const asset = path?.startsWith('azureml:') ? path.slice('azureml:'.length) : undefined;
    if (path === undefined) continue;
    if (asset === undefined) local(path);
    else if (type === 'mlflow_model') az.show(`${az.workspace}/model/${asset.replace(':', '/version/')}`);
    else az.show(`${az.workspace}/data/${asset}`);
  }
  // Components of Microsoft are in a registry that every workspace reads.
  for (const { component } of Object.values(read.jobs))
    if (!component.startsWith('azureml://registries/azureml/')) local(component);
  az.show(`${az.workspace}/compute/${read.settings.default_compute.replace('azureml:', '')}`);
  if (read.type !== 'pipeline') throw new Refusal(`a job of type ${read.type} is not known here`, 2);
  return read;
}

/** Path of a container, for whoever holds one of these roles on it. */
function container(az: Az, name: string, roles: readonly string[]): string {
  const end = `/storage/${az.opt('--account-name')}/container/${name}`;
  const path = [...az.cloud.azure.keys()].find((key) => key.endsWith(end));
  if (!path) throw new Refusal('(ContainerNotFound) The specified container does not exist.', 3);
  if (az.opt('--auth-mode') !== 'login') throw new Refusal('KeyBasedAuthenticationNotPermitted', 1);
  const held = [...az.cloud.azure.keys()].some((key) =>
    roles.some((role) => key.startsWith(`role/${az.machine.person} ${role} `) && key.endsWith(`/${name}`)),
  );
  if (!held) throw new Refusal('AuthorizationPermissionMismatch: you need the required permissions', 1);
  return path;
}

const WORKFLOWS: Readonly<Record<string, Command>> = {
  login: {
    options: ['--service-principal', '--username', '--tenant', '--federated-token'],
    anyone: true,
    run: (az) => {
      const client = az.opt('--username');
      const [path, identity] = [...az.cloud.azure].find(([, { clientId }]) => clientId === client) ?? [];
      if (az.opt('--tenant') !== 'the-tenant' || !path || !identity)
        throw new Refusal(`AADSTS700016: Application '${client}' was not found in the directory.`, 1);
      // What GitHub vouches for: the environment of the job.
      const end = `:environment:${az.call.env.STAND_IN_ENVIRONMENT}`;
      if (!az.list(`${path}/credential`).some(({ subject }) => String(subject).endsWith(end)))
        throw new Refusal('AADSTS700213: No matching federated identity record found.', 1);
      az.machine.person = String(identity.principalId);
    },
  },
  'account set': {
    options: ['--subscription'],
    run: (az) => {
      if (az.opt('--subscription') !== SUBSCRIPTION) throw new Refusal('The subscription does not exist.', 1);
    },
  },
  'extension add': {
    options: ['--name', '--version', '--allow-preview', '--yes'],
    anyone: true,
    run: (az) => {
      if (!az.call.env.GITHUB_JOB) return AZ['extension add']?.run(az);
      const name = az.opt('--name');
      // There is no other version of it than a preview.
      const preview = az.opt('--version').includes('b');
      if (preview && given(az, '--allow-preview') !== 'true')
        throw new Refusal(`No matching extensions for '${name}'. Use --allow-preview.`, 1);
      if (name === 'ml') az.machine.ml = true;
      else if (name === 'application-insights') az.machine.insights = true;
      else throw new Refusal(`No extension found with name '${name}'`, 1);
      return undefined;
    },
  },
  configure: {
    options: ['--defaults', '--list-defaults'],
    anyone: true,
    run: (az) => {
      Object.assign(az.machine, az.pairs('--defaults'));
      const { group, workspace } = az.machine;
      return az.options.has('--list-defaults')
        ? Object.entries({ group, workspace }).map(([name, value]) => ({ name, value }))
        : undefined;
    },
  },
  'storage blob list': {
    options: [...(AZ['storage blob list']?.options ?? []), '--prefix'],
    run: (az) => {
      const roles = ['Storage Blob Data Reader', 'Storage Blob Data Contributor'];
      const blobs = `${container(az, az.opt('--container-name'), roles)}/blob/`;
      return [...az.cloud.azure.keys()]
        .filter((path) => path.startsWith(`${blobs}${given(az, '--prefix') ?? ''}`))
        .map((path) => ({ name: path.slice(blobs.length) }))
        .slice(0, Number(az.opt('--num-results')));
    },
  },
  'storage blob download-batch': {
    options: ['--auth-mode', '--account-name', '--source', '--destination', '--pattern', '--no-progress'],
    run: (az) => {
      const roles = ['Storage Blob Data Reader', 'Storage Blob Data Contributor'];
      const from = `${container(az, az.opt('--source'), roles)}/blob/`;
      const end = (given(az, '--pattern') ?? '*').replace('*', '');
      const found = [...az.cloud.azure].filter(([path]) => path.startsWith(from) && path.endsWith(end));
      for (const [path, { text }] of found) {
        const file = resolve(az.call.cwd, az.opt('--destination'), path.slice(from.length));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, String(text));
      }
      return found.map(([path]) => path.slice(from.length));
    },
  },
  'storage blob upload': {
    options: [...(AZ['storage blob upload']?.options ?? []), '--overwrite'],
    run: (az) => {
      const role = ['Storage Blob Data Contributor'];
      const path = `${container(az, az.opt('--container-name'), role)}/blob/${az.opt('--name')}`;
      if (az.cloud.azure.has(path) && given(az, '--overwrite') !== 'true')
        throw new Refusal('(BlobAlreadyExists) The specified blob already exists.', 1);
      az.cloud.azure.set(path, { text: az.file() });
    },
  },
  'ml data show': {
    options: ['--name', '--version', '--label'],
    run: (az) => {
      const [at, name, version] = [`${workspace(az)}/data`, az.opt('--name'), given(az, '--version')];
      if (version) return { ...az.show(`${at}/${name}:${version}`), version };
      const found = az.list(at).map((one) => String(one.name).split(':'));
      const last = latest(
        az,
        found.filter(([of]) => of === name),
      );
      return { version: last[1] };
    },
  },
  'ml data create': {
    options: ['--file', '--version', '--path', '--name', '--type'],
    run: (az) => {
      const name = given(az, '--name');
      if (name) {
        const job = /^azureml:\/\/jobs\/([^/]+)\/outputs\/\w+$/.exec(az.opt('--path'))?.[1];
        az.show(`${workspace(az)}/job/${job}`);
        return az.add(`${az.workspace}/data/${name}:${az.opt('--version')}`, { path: az.opt('--path') });
      }
      const version = given(az, '--version') ?? az.inFile('version');
      const path = given(az, '--path') ?? az.inFile('path');
      const store = /^azureml:\/\/datastores\/(\w+)\/paths\//.exec(path)?.[1];
      az.show(`${workspace(az)}/datastore/${store}`);
      return az.add(`${az.workspace}/data/${az.inFile('name')}:${version}`, { path });
    },
  },
  'ml model create': {
    options: ['--name', '--type', '--path', '--tags'],
    run: (az) => {
      const path = az.opt('--path');
      const run = /^azureml:\/\/jobs\/([^/]+)\/outputs\/model$/.exec(path)?.[1];
      const from = az.show(`${workspace(az)}/job/${run}`);
      if (from.status !== 'Completed') throw new Refusal(`the job ${run} has no output model yet`, 1);
      const model = `${az.workspace}/model/${az.opt('--name')}`;
      const version = String(versions(az, model).length + 1);
      az.cloud.azure.set(model, {});
      return {
        version,
        ...az.add(`${model}/version/${version}`, {
          path,
          type: az.opt('--type'),
          tags: az.pairs('--tags'),
        }),
      };
    },
  },
  'ml job create': {
    options: ['--file', '--set'],
    run: (az) => {
      const jobs = `${workspace(az)}/job`;
      const { inputs, tags = {}, experiment_name: experiment } = pipelineOf(az);
      const name = `calm-bear-${az.list(jobs).length + 1}`;
      const cloud = az.cloud as Runners;
      const pipeline = basename(az.opt('--file'), '.yml');
      const { status, outputs } = cloud.ends[pipeline] ?? { status: 'Completed', outputs: {} };
      const services = { Studio: { endpoint: `https://ml.azure.com/runs/${name}` } };
      return {
        name,
        ...az.add(`${jobs}/${name}`, {
          ...{ status: 'Queued', next: ['Running', status], outputs },
          ...{ inputs, tags, services, pipeline, experiment_name: experiment },
          creation_context: { created_at: new Date().toISOString() },
        }),
      };
    },
  },
  'ml job stream': {
    options: ['--name'],
    run: (az) => {
      const streamed = job(az);
      streamed.status = streamed.next.splice(0).at(-1) ?? streamed.status;
      if (streamed.status !== 'Completed') throw new Refusal(`Exception: it ended ${streamed.status}`, 1);
    },
  },
  'ml job show': {
    options: ['--name', ...PLACE],
    run: (az) => {
      const shown = job(az);
      const before = { ...shown };
      // Each look at the status is a step on.
      if (['status', undefined].includes(given(az, '--query')))
        shown.status = shown.next.shift() ?? shown.status;
      return before;
    },
  },
  'ml job cancel': {
    options: ['--name'],
    run: (az) => void Object.assign(job(az), { status: 'Canceled', next: [] }),
  },
  'ml job download': {
    options: ['--name', '--output-name', '--download-path', ...PLACE],
    run: (az) => {
      const { status, outputs } = job(az);
      if (!ended.includes(status)) throw new Refusal(`This job is in state ${status}.`, 1);
      const name = az.opt('--output-name');
      const folder = join(resolve(az.call.cwd, az.opt('--download-path')), ...['named-outputs', name]);
      const kept = (az.cloud as Runners).outputFolder?.(az, name);
      if (kept) cpSync(kept, folder, { recursive: true });
      // An output that is not there is no error to az: it writes nothing.
      if (outputs[name] === undefined) return;
      mkdirSync(folder, { recursive: true });
      const files = typeof outputs[name] === 'string' ? { [name]: outputs[name] } : outputs[name];
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    },
  },
};
