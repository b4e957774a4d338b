import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { programs } from '../../support/tools.js';
import { type Az, type Command, Refusal } from '../stubs/cloud.js';
import { batchJob, deployed, given, placeOf, written } from './delivery.js';
import type { Runners, Training } from './runners.js';
import { type Asked, type Backend, Serving, type ToServe } from './serving.js';

// Behind az, the real things: a job runs the pipeline by the runner of the repository, a deployment is the server of
// Azure ML with its own code and model, a batch job scores its file, the monitor measures what was really asked.

type Stored = Record<string, unknown>;

/** A process of live.py. */
interface Process {
  pid: number;
  port: number | null;
  /** Exit code; negative: the signal. */
  ended: Promise<number>;
}

/** What a pipeline of a job wrote, and what its steps logged. */
interface Result {
  outputs: Record<string, string>;
  tracked: Tracked;
}
export interface Tracked {
  metrics: Record<string, number>;
  params: Record<string, string>;
}

const here = dirname(fileURLToPath(import.meta.url));
/** What the numeric libraries may use: there are other processes on these cores. */
const MODEST = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
const PIPELINES = ['train', 'test', 'drift'];
const PATIENCE = 120_000;
const DAY = 24 * 60 * 60 * 1000;

/** Where processes run, and their files; copies of a cloud share it, the last one takes it away. */
class Machines {
  readonly folder = mkdtempSync(join(tmpdir(), 'azmlops-live-'));
  users = 1;
  readonly #waiting = new Map<
    string,
    { started: (process: Process) => void; ended: (code: number) => void }
  >();
  #python: ChildProcess | undefined;
  #heard = '';
  #count = 0;

  /** A folder of its own. */
  room(name: string): string {
    const folder = join(this.folder, `${name}-${this.#count++}`);
    mkdirSync(folder);
    return folder;
  }

  start(command: Stored & { kind: string; folder: string; log: string }): Promise<Process> {
    const python = this.#started();
    const id = String(this.#count++);
    return new Promise((done) => {
      let stop: (code: number) => void = () => undefined;
      const ended = new Promise<number>((end) => (stop = end));
      const started = (process: Process): void => done({ ...process, ended });
      this.#waiting.set(id, { started, ended: stop });
      python.stdin?.write(`${JSON.stringify({ ...command, id })}\n`);
    });
  }

  /** Import what takes seconds while nobody waits for it. */
  warm(): void {
    this.#started();
  }

  async leave(): Promise<void> {
    if (--this.users > 0) return;
    const python = this.#python;
    if (python && python.exitCode === null && python.signalCode === null) {
      const gone = new Promise((done) => python.once('exit', done));
      python.stdin?.end();
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #started(): ChildProcess {
    if (this.#python) return this.#python;
    const python = spawn(programs.python, [join(here, 'live.py')], {
      cwd: this.folder,
      // A group of its own, which it ends with itself.
      detached: true,
      env: { PATH: process.env.PATH, HOME: this.folder, LANG: 'C.UTF-8', ...MODEST },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#python = python;
    python.stdout.setEncoding('utf8');
    python.stdout.on('data', (part: string) => {
      const lines = (this.#heard + part).split('\n');
      this.#heard = lines.pop() ?? '';
      for (const line of lines) this.#told(JSON.parse(line) as Told);
    });
    return python;
  }

  #told({ id = '', pid, port = null, exit }: Told): void {
    const waiting = this.#waiting.get(id);
    if (pid !== undefined) waiting?.started({ pid, port, ended: Promise.resolve(0) });
    if (exit === undefined) return;
    waiting?.ended(exit);
    this.#waiting.delete(id);
  }
}

interface Told {
  id?: string;
  pid?: number;
  port?: number | null;
  exit?: number;
}

const said = (log: string): string =>
  existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-25).join('\n') : '';

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

export class Live extends Serving {
  override serve = (what: ToServe): Promise<Backend> => this.#server(what);
  /** What the jobs logged to MLflow, by the name of the job. */
  readonly tracked: Record<string, Tracked> = {};

  #today = Math.floor(Date.now() / DAY);
  #machines = new Machines();
  /** Folders of what is stored, by its path: outputs of jobs, versions of models and data, code of batch deployments. */
  readonly #stored = new Map<string, string>();
  /** When a monitor was made, in milliseconds, by its path. */
  readonly #made = new Map<string, number>();
  /** Jobs under way, by their path. */
  readonly #running = new Map<string, { over: Promise<void>; stop: () => void }>();

  constructor(...words: ConstructorParameters<typeof Serving>) {
    super(...words);
    Object.assign(this.commands, this.#real());
  }

  protected override inherit(from: Runners): void {
    super.inherit(from);
    if (!(from instanceof Live)) return;
    void this.#machines.leave();
    this.#machines = from.#machines;
    this.#machines.users++;
    for (const [path, folder] of from.#stored) this.#stored.set(path, folder);
    for (const [path, at] of from.#made) this.#made.set(path, at);
    Object.assign(this.tracked, from.tracked);
    this.asked.push(...from.asked.map((one) => ({ ...one })));
  }

  override outputFolder(az: Az, output: string): string | undefined {
    return this.#stored.get(`${az.workspace}/job/${az.opt('--name')}/output/${output}`);
  }

  override get ends(): Readonly<Record<string, Training>> {
    const under: Training = { status: 'Running', outputs: {} };
    return Object.fromEntries(PIPELINES.map((name) => [name, under]));
  }

  override async stopAll(): Promise<void> {
    for (const { stop } of this.#running.values()) stop();
    await Promise.all([...this.#running.values()].map(({ over }) => over));
    await super.stopAll();
    await this.#machines.leave();
  }

  /** Begin with what takes seconds, while nobody waits for it. */
  warm(): void {
    this.#machines.warm();
  }

  // --- what people and time do ---
  /** Put an export of the system of record where the data workflow finds it. */
  export(csv: string): void {
    for (const [path, blob] of this.azure) if (/\/container\/landing\/blob\//.test(path)) blob.text = csv;
  }

  /** The export that lies there. */
  exported(): string {
    const found = [...this.azure].find(([path]) => /\/container\/landing\/blob\//.test(path));
    return String(found?.[1].text);
  }

  /** Rows go to the online endpoint of a place, as from an application: so many requests, one after the other. */
  async ask(place: string, rows: readonly Stored[], requests: number): Promise<number[]> {
    const size = Math.ceil(rows.length / requests);
    const endpoint = this.#endpoint(place);
    const statuses: number[] = [];
    for (let at = 0; at < rows.length; at += size) {
      const body = JSON.stringify({ data: rows.slice(at, at + size) });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${this.door(place, endpoint)}/score`, { method: 'POST', headers, body });
      await answer.text();
      statuses.push(answer.status);
    }
    return statuses;
  }

  /** Somebody has the default deployment of a place score a file; the lines of the result. */
  async scoreFile(place: string, name: string, csv: string): Promise<string[] | undefined> {
    const [path, endpoint] = [...this.azure].find(
      ([key]) => placeOf(key) === place && /\/batch\/[^/]+$/.test(key),
    ) ?? ['', {}];
    const { deployment_name: to } = endpoint.defaults as { deployment_name: string };
    const input = this.#uploaded(name, csv);
    const lines = await this.#scored(`${path}/deployment/${to}`, input);
    const [workspace = '', of] = path.split('/batch/');
    this.azure.set(`${workspace}/job/of-the-application-${this.azure.size}`, {
      ...{ status: lines ? 'Completed' : 'Failed', next: [], tags: {}, endpoint: of },
      inputs: { data: { type: 'uri_file', path: `azureml:${input}` } },
      outputs: lines ? { score: { 'predictions.csv': `${lines.join('\n')}\n` } } : {},
    });
    return lines;
  }

  /** The next day comes: all that is dated becomes a day older, unless midnight has just passed anyway. */
  nextDay(): void {
    const today = Math.floor(Date.now() / DAY);
    if (today === this.#today) this.days(1);
    this.#today = today;
  }

  /** So many days go by. */
  days(count: number): void {
    const earlier = (text: string): string =>
      text.replace(/(?<!\d)20\d\d-[01]\d-[0-3]\d(?!\d)/g, (day) =>
        new Date(Date.parse(day) - count * DAY).toISOString().slice(0, 10),
      );
    const moved = JSON.parse(earlier(JSON.stringify([...this.azure]))) as [string, Stored][];
    this.azure.clear();
    for (const [path, value] of moved) this.azure.set(path, value);
    for (const one of this.asked) one.at -= count * DAY;
    for (const [path, at] of this.#made) this.#made.set(path, at - count * DAY);
    for (const one of this.repository.earlier) one.at = earlier(one.at);
    for (const [path, folder] of [...this.#stored]) {
      this.#stored.delete(path);
      this.#stored.set(earlier(path), folder);
    }
  }

  /**
   * The monitor runs, as its schedule says: it holds what the deployment was asked the day before against the data
   * that the model learned from. The measure and its limits are those of the repository, as those of Azure are not to be
   * had; it says what it finds as Azure does, in tags.
   */
  async monitor(): Promise<string | undefined> {
    const [path, schedule] = [...this.azure].find(([key]) => key.includes('/schedule/')) ?? [];
    if (path === undefined) throw new Error('there is no monitor');
    const { monitoring_target: target, monitoring_signals: signals } = (schedule as Stored)
      .monitor as Monitor;
    const [, endpoint, name] = target.endpoint_deployment_id.split(':');
    const today = Math.floor(Date.now() / DAY) * DAY;
    const rows = this.asked
      .filter((one) => one.place === placeOf(path) && one.endpoint === endpoint && one.deployment === name)
      .filter(({ at, status }) => status === 200 && at >= today - DAY && at < today)
      .flatMap(({ request }) => (JSON.parse(request) as { data: Stored[] }).data);
    const address = signals.data_drift?.reference_data.input_data.path ?? '';
    const [, registry, data, version] =
      /^azureml:\/\/registries\/([\w-]+)\/data\/([\w-]+)\/versions\/(\w+)$/.exec(address) ?? [];
    const reference = this.#folderOf(`/registry/${registry}/data/${data}:${version}`);
    const room = this.#machines.room('monitor');
    const source = join(this.repository.folder, 'src');
    const report = join(room, 'report.json');
    const log = join(room, 'log.txt');
    const { ended } = await this.#machines.start({
      ...{ kind: 'compare', folder: source, log, rows, reference, work: join(room, 'work'), result: report },
      package: this.#package(source),
      limits: join(this.repository.folder, 'config/monitoring.yml'),
    });
    if ((await ended) !== 0) throw new Error(said(log));
    const { violates, reasons } = JSON.parse(readFileSync(report, 'utf8')) as {
      violates: boolean | null;
      reasons: string[];
    };
    const now = new Date().toISOString();
    const job = `${basename(path)}-${now.replace(/\D/g, '').slice(0, 14)}`;
    this.azure.set(`${path.replace(/\/schedule\/.*/, '')}/job/${job}`, {
      ...{ status: violates === false ? 'Completed' : 'Failed', next: [], outputs: {} },
      tags: violates ? { azureml_modelmonitor_threshold_breached: `data_drift: ${reasons.join('; ')}` } : {},
      creation_context: { created_at: now },
    });
    return violates ? reasons.join('; ') : undefined;
  }

  #package(source: string): string {
    const path = [...this.azure.keys()].find((key) => key.includes('/schedule/')) ?? '';
    const name = basename(path)
      .replace(/-monitor$/, '')
      .replaceAll('-', '_');
    if (!existsSync(join(source, name))) throw new Error(`no package ${name}`);
    return name;
  }

  #endpoint(place: string): string {
    const all = [...this.azure.keys()].filter((path) => placeOf(path) === place);
    const [endpoint] = all.flatMap((path) => /\/online\/([^/]+)$/.exec(path)?.[1] ?? []);
    if (endpoint === undefined) throw new Error(`${place} has no online endpoint`);
    return endpoint;
  }

  // --- what is stored ---
  #folderOf(end: string): string {
    const found = [...this.#stored].find(([path]) => path.endsWith(end));
    if (!found) throw new Refusal(`(UserError) ${end} holds no files`, 1);
    return found[1];
  }

  /** The folder of the model that a deployment names, as Azure mounts it: below its name and version. */
  #model(body: Stored): string {
    const [, registry, name, version] =
      /^azureml:\/\/registries\/([\w-]+)\/models\/([\w-]+)\/versions\/(\w+)$/.exec(String(body.model)) ?? [];
    const stored = this.#folderOf(`/registry/${registry}/model/${name}/version/${version}`);
    const mounted = join(this.#machines.room('mounted'), String(name), String(version));
    cpSync(stored, join(mounted, 'model'), { recursive: true });
    return mounted;
  }

  /** A version of the data asset, as a folder: what lies below its path in the storage. */
  #data(az: Az, asset: string): string {
    const { path } = az.show(`${az.workspace}/data/${asset}`);
    const below = /^azureml:\/\/datastores\/(\w+)\/paths\/(.*)$/.exec(String(path));
    if (!below) throw new Refusal(`${String(path)} cannot be read`, 1);
    const start = `/container/${below[1]}/blob/${below[2]}`;
    const room = this.#machines.room('data');
    for (const [key, { text }] of this.azure) {
      const at = key.indexOf(start);
      if (at < 0) continue;
      const file = join(room, asset.replaceAll(':', '-'), key.slice(at + start.length));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, String(text));
    }
    return join(room, asset.replaceAll(':', '-'));
  }

  // --- processes ---
  async #server({ body, code, script, environment }: ToServe): Promise<Backend> {
    const log = join(this.#machines.room('server'), 'log.txt');
    const { pid, port, ended } = await this.#machines.start({
      ...{ kind: 'serve', folder: code, log },
      environment: {
        ...environment,
        AZUREML_MODEL_DIR: this.#model(body),
        AZUREML_ENTRY_SCRIPT: join(code, script),
        AML_APP_ROOT: code,
      },
    });
    let exit: number | undefined;
    const over = ended.then((status) => (exit = status));
    const stop = async (): Promise<void> => {
      end(pid);
      await over;
    };
    const address = `http://127.0.0.1:${port}`;
    for (const until = Date.now() + PATIENCE; ; await pause(50)) {
      const status = await fetch(address).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return { address, stop };
      if (exit !== undefined || Date.now() > until) {
        await stop();
        throw new Error(`the server does not answer: ${said(log)}`);
      }
    }
  }

  /** Run the pipeline of a job; its record says how it goes. */
  #run(path: string, az: Az, inputs: Record<string, string>): void {
    const room = this.#machines.room('job');
    const folder = join(room, 'repository');
    for (const part of ['azureml', 'config', 'local', 'src'])
      cpSync(resolve(az.call.cwd, part), join(folder, part), { recursive: true });
    const local = Object.entries(inputs).map(([name, value]): [string, string] => {
      if (value.startsWith('azureml:')) {
        const [, of, version] = value.split(':');
        const model = this.#stored.get(`${az.workspace}/model/${of}/version/${version}`);
        return [name, model ?? this.#data(az, `${of}:${version}`)];
      }
      const from = resolve(az.call.cwd, value);
      if (!existsSync(from) || !statSync(from).isFile()) return [name, value];
      // Azure ML takes files of the submitting machine along.
      const to = join(room, name);
      cpSync(from, to);
      return [name, to];
    });
    const [log, result] = [join(room, 'log.txt'), join(room, 'result.json')];
    const running = this.#machines.start({
      ...{ kind: 'pipeline', folder, log, file: az.opt('--file'), result, work: join(room, 'work') },
      ...{ inputs: Object.fromEntries(local), store: join(this.#machines.folder, 'mlruns') },
    });
    let stopped = false;
    const over = running
      .then(({ ended }) => ended)
      .then((status) => {
        this.#running.delete(path);
        // A cancelled job stays so.
        if (!stopped) this.#ended(path, status === 0 ? result : undefined, log);
      });
    const stop = (): void => {
      stopped = true;
      void running.then(({ pid }) => end(pid));
    };
    this.#running.set(path, { over, stop });
  }

  #ended(path: string, result: string | undefined, log: string): void {
    const job = this.azure.get(path);
    if (!job) return;
    if (result === undefined) {
      Object.assign(job, { next: [], status: 'Failed', error: said(log) });
      return;
    }
    const { outputs, tracked } = JSON.parse(readFileSync(result, 'utf8')) as Result;
    this.tracked[basename(path)] = tracked;
    const texts: Record<string, string> = {};
    for (const [name, at] of Object.entries(outputs)) {
      if (statSync(at).isFile()) texts[name] = readFileSync(at, 'utf8');
      else this.#stored.set(`${path}/output/${name}`, at);
    }
    Object.assign(job, { next: [], status: 'Completed', outputs: texts });
  }

  /** Where a file lies that somebody handed in. */
  #uploaded(name: string, text: string): string {
    const room = this.#machines.room('batch');
    const uri = `azureml://datastores/workspaceblobstore/paths/LocalUpload/${basename(room)}/${name}`;
    writeFileSync(join(room, name), text);
    this.#stored.set(uri, join(room, name));
    return uri;
  }

  /** Lines that a batch deployment makes of a file; undefined: it failed. */
  async #scored(path: string, input: string): Promise<string[] | undefined> {
    const body = this.azure.get(path) ?? {};
    const room = this.#machines.room('batch');
    const { scoring_script: script = '' } = body.code_configuration as Record<string, string>;
    const result = join(room, 'result.json');
    const { ended } = await this.#machines.start({
      ...{ kind: 'score', folder: this.#stored.get(path) ?? '', log: join(room, 'log.txt'), script, result },
      ...{ files: [this.#stored.get(input)], environment: { AZUREML_MODEL_DIR: this.#model(body) } },
    });
    return (await ended) === 0 ? (JSON.parse(readFileSync(result, 'utf8')) as string[]) : undefined;
  }

  // --- az ---
  #real(): Record<string, Command> {
    const usual = { ...this.commands };
    /** A command that does as usual, and then what this says. */
    const after = (name: string, then: (az: Az, answer: Stored) => void): Record<string, Command> => {
      const command = usual[name];
      if (!command) throw new Error(`az ${name} is not known`);
      const run = (az: Az): unknown => {
        const answer = command.run(az);
        then(az, (answer ?? {}) as Stored);
        return answer;
      };
      return { [name]: { ...command, run } };
    };
    /** A command that waits for a job first, but not for ever. */
    const waiting = (name: string, most?: number): Record<string, Command> => {
      const command = usual[name];
      if (!command) throw new Error(`az ${name} is not known`);
      const first = async (az: Az): Promise<void> => {
        const over = this.#running.get(`${az.workspace}/job/${az.opt('--name')}`)?.over;
        await (most === undefined ? over : Promise.race([over, pause(most)]));
      };
      return { [name]: { ...command, first } };
    };
    const registry = (az: Az): string =>
      [...this.azure.keys()].find((key) => key.endsWith(`/registry/${az.opt('--registry-name')}`)) ?? '';
    const output = (az: Az, path: string): string => {
      const [, job, name] = /^azureml:\/\/jobs\/([^/]+)\/outputs\/(\w+)$/.exec(path) ?? [];
      return this.#folderOf(`${az.workspace}/job/${job}/output/${name}`);
    };
    const batch = usual['ml batch-endpoint invoke'];
    if (!batch) throw new Error('nothing scores files');
    const scored = new WeakMap<Az, Scored>();
    return {
      ...after('ml job create', (az, { name }) => {
        if (!PIPELINES.includes(basename(az.opt('--file'), '.yml'))) return;
        const inputs = Object.entries(az.pairs('--set')).flatMap(([key, value]): [string, string][] => {
          const input = /^inputs\.(\w+)(\.path)?$/.exec(key)?.[1];
          return input === undefined ? [] : [[input, value]];
        });
        // Whoever hands a job in does not wait for it.
        this.#run(`${az.workspace}/job/${String(name)}`, az, Object.fromEntries(inputs));
      }),
      ...waiting('ml job stream'),
      ...waiting('ml job show', 500),
      ...after('ml job cancel', (az) => this.#running.get(`${az.workspace}/job/${az.opt('--name')}`)?.stop()),
      ...after('ml model create', (az, { version }) => {
        const path = `${az.workspace}/model/${az.opt('--name')}/version/${String(version)}`;
        this.#stored.set(path, output(az, az.opt('--path')));
      }),
      ...after('ml model share', (az) => {
        const from = `${az.workspace}/model/${az.opt('--name')}/version/${az.opt('--version')}`;
        const to = `model/${az.opt('--share-with-name')}/version/${az.opt('--share-with-version')}`;
        this.#stored.set(`${registry(az)}/${to}`, this.#folderOf(from));
      }),
      ...after('ml data create', (az) => {
        const name = given(az, '--name');
        if (name === undefined) return;
        this.#stored.set(`${az.workspace}/data/${name}:${az.opt('--version')}`, output(az, az.opt('--path')));
      }),
      ...after('ml data share', (az) => {
        const from = `${az.workspace}/data/${az.opt('--name')}:${az.opt('--version')}`;
        const to = `data/${az.opt('--share-with-name')}:${az.opt('--share-with-version')}`;
        this.#stored.set(`${registry(az)}/${to}`, this.#folderOf(from));
      }),
      ...after('ml batch-deployment create', (az, { code_configuration: configuration }) => {
        // Azure takes the code along; the folder it came from is gone after the job.
        const { code = '' } = configuration as Record<string, string>;
        const kept = this.#machines.room('code');
        cpSync(resolve(az.call.cwd, dirname(az.opt('--file')), code), kept, { recursive: true });
        const endpoint = `${az.workspace}/batch/${az.opt('--endpoint-name')}`;
        this.#stored.set(`${endpoint}/deployment/${az.opt('--name')}`, kept);
      }),
      ...after('ml schedule create', (az) => {
        // A monitor that is changed was made when it was made.
        const path = `${az.workspace}/schedule/${az.opt('--name')}`;
        this.#made.set(path, this.#made.get(path) ?? Date.now());
        const at = new Date(this.#made.get(path) ?? 0).toISOString();
        az.change(path, { creation_context: { created_at: at } });
      }),
      'ml batch-endpoint invoke': {
        ...batch,
        first: async (az) => {
          const endpoint = `${written(az)}/batch/${az.opt('--name')}`;
          const { defaults } = az.show(endpoint) as { defaults: { deployment_name: string | null } };
          const to = given(az, '--deployment-name') ?? defaults.deployment_name;
          const path = `${endpoint}/deployment/${to}`;
          az.show(path);
          const asked = az.opt('--input');
          const input = this.#stored.has(asked) ? asked : this.#uploaded(basename(asked), az.file('--input'));
          scored.set(az, { path, input, lines: await this.#scored(path, input) });
        },
        run: (az) => {
          const { path, input, lines } = scored.get(az) ?? { path: '', input: '' };
          return batchJob(az, deployed(path, az.show(path)), lines, `azureml:${input}`);
        },
      },
      'monitor app-insights query': {
        ...(usual['monitor app-insights query'] as Command),
        first: (az) => {
          this.requests = this.#byDay();
          return Promise.resolve(az);
        },
      },
    };
  }

  /** What the servers in production were asked, by day; the copies of a rollout too, as the server itself tells. */
  #byDay(): Runners['requests'] {
    const days = new Map<string, Asked[]>();
    for (const one of this.asked) {
      if (one.place !== 'production') continue;
      const day = `${new Date(one.at).toISOString().slice(0, 10)}T00:00:00Z`;
      days.set(day, [...(days.get(day) ?? []), one]);
    }
    return [...days].map(([day, all]) => {
      const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
      const failed = all.filter(({ model }) => model >= 500).length;
      return { day, total: all.length, failed, p95: times[Math.ceil(times.length * 0.95) - 1] ?? 0 };
    });
  }
}

/** A file that a batch deployment was given, where it lies now, and the result; undefined: it failed. */
interface Scored {
  path: string;
  input: string;
  lines?: string[] | undefined;
}

interface Monitor {
  monitoring_target: { endpoint_deployment_id: string };
  monitoring_signals: Record<string, { reference_data: { input_data: { path: string } } } | undefined>;
}
