import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer, type IncomingHttpHeaders, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Az, type Command, Refusal } from '../stubs/cloud.js';
import { type Deployed, deployed, deployment, placeOf, written } from './delivery.js';
import { Runners } from './runners.js';

// Online endpoints that really answer: each deployment is a server, each endpoint a proxy that shares requests out as
// its traffic says. What az says was asked, and how long it took, is what was asked.

/** A server that scores: POST /score below its address. */
export interface Backend {
  readonly address: string;
  stop(): Promise<void>;
}

/** What is deployed. */
export interface ToServe extends Deployed {
  /** Its deployment.yml, all of it text. */
  body: Record<string, unknown>;
  /** The code, as it was when it was deployed. */
  code: string;
  /** The scoring script, below the code. */
  script: string;
  environment: Record<string, string>;
}

/** One request to a deployment. */
export interface Asked {
  /** When it came, in milliseconds. */
  at: number;
  place: string;
  endpoint: string;
  deployment: string;
  /** What the endpoint answered; of what the model says Azure passes on nothing but 200. */
  status: number;
  /** What the model answered. */
  model: number;
  ms: number;
  /** A copy of a live request, whose answer nobody got. */
  mirrored: boolean;
  /** It named the deployment, whatever the traffic. */
  named: boolean;
  request: string;
  answer: string;
}

interface Answer {
  status: number;
  /** What the model said, or would have. */
  model: number;
  text: string;
  /** Which deployment was asked; empty: none. */
  deployment: string;
}

type Stored = Record<string, unknown>;
const WHICH = 'azureml-model-deployment';
const agent = new Agent({ keepAlive: true });

export class Serving extends Runners {
  /** How a deployment is served. The promise is kept when it is healthy, and broken when it does not become so. */
  serve: (what: ToServe) => Promise<Backend> = (what) => this.model(what);
  /** The requests so far, in the order in which they were answered. */
  readonly asked: Asked[] = [];
  /** Metrics come late: so many milliseconds. */
  late = 0;

  /** By the path of the deployment. */
  readonly #backends = new Map<string, Promise<Backend>>();
  readonly #code = new Map<string, string>();
  /** By the path of the endpoint: how many requests went where since its traffic changed, and what is owed to the mirror. */
  readonly #shared = new Map<string, { shares: string; sent: Record<string, number>; owed: number }>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'azmlops-served-'));
  readonly #clients: Client[] = [];
  #proxy: Server | undefined;
  #sample = '';

  constructor(...given: ConstructorParameters<typeof Runners>) {
    super(...given);
    Object.assign(this.commands, this.#commands());
  }

  protected override inherit(from: Runners): void {
    super.inherit(from);
    if (!(from instanceof Serving)) return;
    this.#sample = from.#sample;
    for (const [path, code] of from.#code) {
      this.#code.set(path, join(this.#folder, `code-${this.#code.size}`));
      cpSync(code, this.#code.get(path) ?? '', { recursive: true });
    }
  }

  // --- whoever asks ---
  /** Address of an endpoint. */
  door(place: string, endpoint: string): string {
    const { port } = this.#proxy?.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${place}/${endpoint}`;
  }

  override scoring(endpoint: string): string {
    const [place = '', name = ''] = endpoint.split('/');
    return `${this.door(place, name)}/score`;
  }

  /** A steady caller of the only online endpoint of a place. */
  client(place: string): Client {
    const all = [...this.azure.keys()].filter((path) => placeOf(path) === place);
    const [endpoint, ...others] = all.flatMap((path) => /\/online\/([^/]+)$/.exec(path)?.[1] ?? []);
    if (endpoint === undefined || others.length) throw new Error(`${place} has not one online endpoint`);
    const client = new Client(() => this.#opened().then(() => this.door(place, endpoint)), this.sample());
    this.#clients.push(client);
    return client;
  }

  /** Stop everything that runs. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.stop()));
    const backends = await Promise.allSettled([...this.#backends.values()]);
    await Promise.all(backends.flatMap((one) => (one.status === 'fulfilled' ? [one.value.stop()] : [])));
    this.#backends.clear();
    await stopped(this.#proxy);
    this.#proxy = undefined;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  // --- deployments ---
  /** A server inside the test, which answers as `answers` says. */
  model(what: Deployed): Promise<Backend> {
    return server((text) => this.predicted(what, text));
  }

  /** Status and answer of a model that works. */
  predicted(what: Deployed, text: string): [number, unknown] {
    const { data } = JSON.parse(text) as { data: Record<string, unknown>[] };
    const wrong = this.refused(data);
    if (wrong !== undefined) return [400, { error: wrong }];
    const answer = this.answers(what, data);
    return answer === undefined ? [500, { error: 'it broke' }] : [200, answer];
  }

  protected override sample(): string {
    return (this.#sample ||= super.sample());
  }

  #backend(path: string): Promise<Backend> {
    const running = this.#backends.get(path);
    if (running) return running;
    const body = this.azure.get(path) ?? {};
    const { scoring_script: script = '' } = (body.code_configuration ?? {}) as Record<string, string>;
    const started = this.serve({
      ...deployed(path, body),
      ...{ body, script, code: this.#code.get(path) ?? '' },
      environment: (body.environment_variables ?? {}) as Record<string, string>,
    });
    this.#backends.set(path, started);
    return started;
  }

  #commands(): Record<string, Command> {
    const asked = new WeakMap<Az, string>();
    const usual = (name: string): Command => {
      const found = this.commands[name];
      if (!found) throw new Error(`az ${name} is not known`);
      return found;
    };
    const remove = usual('ml online-deployment delete');
    const invoke = usual('ml online-endpoint invoke');
    const at = (az: Az): string =>
      `${written(az)}/online/${az.opt('--endpoint-name')}/deployment/${az.opt('--name')}`;
    return {
      'ml online-deployment create': {
        ...usual('ml online-deployment create'),
        first: async (az) => {
          const path = at(az);
          const body = deployment(az);
          az.add(path, { ...body, provisioning_state: 'Creating' });
          // Azure takes the code along; the folder it came from is gone after the job.
          const { code = '' } = body.code_configuration as Record<string, string>;
          const kept = join(this.#folder, `code-${this.#code.size}`);
          cpSync(resolve(az.call.cwd, dirname(az.opt('--file')), code), kept, { recursive: true });
          this.#code.set(path, kept);
          this.#sample ||= readFileSync(join(az.call.cwd, 'samples/request.json'), 'utf8');
          this.#backends.delete(path);
          try {
            await this.#backend(path);
          } catch (error) {
            this.#backends.delete(path);
            if (this.azure.has(path)) az.change(path, { provisioning_state: 'Failed' });
            throw new Refusal(
              `(ResourceNotReady) the deployment did not become healthy: ${String(error)}`,
              1,
            );
          }
        },
        run: (az) => {
          az.change(at(az), { provisioning_state: 'Succeeded' });
          return az.show(at(az));
        },
      },
      'ml online-deployment delete': {
        ...remove,
        run: (az) => {
          const path = at(az);
          if (this.azure.get(path)?.provisioning_state === 'Creating')
            throw new Refusal(`(Conflict) ${az.opt('--name')} is being created.`, 1);
          const answer = remove.run(az);
          void this.#backends.get(path)?.then((backend) => backend.stop());
          this.#backends.delete(path);
          return answer;
        },
      },
      'ml online-endpoint invoke': {
        ...invoke,
        first: async (az) => {
          const name = az.opt('--name');
          const endpoint = `${written(az)}/online/${name}`;
          az.show(endpoint);
          const to = az.options.get('--deployment-name')?.[0];
          if (to !== undefined) az.show(`${endpoint}/deployment/${to}`);
          const answer = await this.#answered(placeOf(endpoint), name, az.file('--request-file'), to);
          if (answer.status !== 200) throw new Refusal(`(Status code ${answer.status}) ${answer.text}`, 1);
          asked.set(az, answer.text);
        },
        // As az does: the text of the answer, as a JSON string.
        run: (az) => asked.get(az),
      },
    };
  }

  // --- the proxy ---
  protected override async open(): Promise<number> {
    await this.#opened();
    return super.open();
  }

  async #opened(): Promise<void> {
    this.#proxy ??= createServer((request, response) => {
      const [, place = '', name = ''] = request.url?.split('/') ?? [];
      const to = request.headers[WHICH];
      void told(request)
        .then((text) => this.#answered(place, name, text, typeof to === 'string' ? to : undefined))
        .then(({ status, model, text, deployment }) => {
          const failed = status === 424 ? { 'ms-azureml-model-error-statuscode': String(model) } : {};
          response.writeHead(status, { 'content-type': 'application/json', [WHICH]: deployment, ...failed });
          response.end(text);
        })
        .catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    const proxy = this.#proxy;
    if (!proxy.listening) await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  }

  /** One request to an endpoint: to the deployment that it names, or else to one with live traffic. */
  async #answered(place: string, endpoint: string, text: string, named?: string): Promise<Answer> {
    const path = [...this.azure.keys()].find(
      (key) => placeOf(key) === place && key.endsWith(`/online/${endpoint}`),
    );
    const none: Answer = { status: 404, model: 0, text: '{"error":"none answers here"}', deployment: '' };
    if (path === undefined || (named !== undefined && !this.azure.has(`${path}/deployment/${named}`)))
      return none;
    if (named !== undefined) return this.#passed(path, named, text, { named: true });
    const { to, copied } = this.#next(path);
    if (to === undefined) return none;
    if (copied !== undefined) void this.#passed(path, copied, text, { mirrored: true });
    return this.#passed(path, to, text);
  }

  /** Where the next request goes: the shares are kept to the request, not by chance. */
  #next(path: string): { to: string | undefined; copied: string | undefined } {
    const { traffic, mirror_traffic: mirror } = this.azure.get(path) as Record<
      string,
      Record<string, number>
    >;
    const shares = JSON.stringify([traffic, mirror]);
    let now = this.#shared.get(path);
    if (now?.shares !== shares) this.#shared.set(path, (now = { shares, sent: {}, owed: 0 }));
    const { sent } = now;
    const total = 1 + Object.values(sent).reduce((sum, one) => sum + one, 0);
    const owed = ([name, share]: [string, number]): number => (share * total) / 100 - (sent[name] ?? 0);
    const live = Object.entries(traffic ?? {}).filter(([, share]) => share > 0);
    const to = live.sort((a, b) => owed(b) - owed(a))[0]?.[0];
    if (to !== undefined) sent[to] = (sent[to] ?? 0) + 1;
    const [copied, percent = 0] = Object.entries(mirror ?? {}).find(([, share]) => share > 0) ?? [];
    now.owed += percent;
    if (to === undefined || now.owed < 100) return { to, copied: undefined };
    now.owed -= 100;
    return { to, copied };
  }

  async #passed(
    endpoint: string,
    name: string,
    text: string,
    { mirrored = false, named = false } = {},
  ): Promise<Answer> {
    const path = `${endpoint}/deployment/${name}`;
    const settings = this.azure.get(path)?.request_settings as Stored | undefined;
    const limit = Number(settings?.request_timeout_ms ?? 5000);
    const at = Date.now();
    const from = performance.now();
    const [model, answer] = await this.#backend(path)
      .then(({ address }) => posted(`${address}/score`, text, limit))
      // No answer is what a probe of Azure finds as well.
      .catch((error: unknown): Posted => [503, JSON.stringify({ error: String(error) }), {}]);
    // Whatever else a model says, Azure says 424: https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints
    const status = model === 200 || model === 408 ? model : 424;
    this.asked.push({
      ...{ at, place: placeOf(endpoint), endpoint: endpoint.split('/').at(-1) ?? '', deployment: name },
      ...{ status, model, ms: performance.now() - from, mirrored, named, request: text, answer },
    });
    return { status, model, text: answer, deployment: name };
  }

  override counted: Runners['counted'] = ({ place, endpoint, deployment: name }, since) => {
    const until = Date.now() - this.late;
    const found = this.asked
      .filter((one) => one.place === place && one.endpoint === endpoint && one.deployment === name)
      .filter(({ at }) => at >= since && at <= until);
    const times = found.map(({ ms }) => ms).sort((a, b) => a - b);
    const errors = found.filter(({ status }) => status !== 200).length;
    return { requests: found.length, errors, p95: times[Math.ceil(times.length * 0.95) - 1] ?? 0 };
  };
}

/** What one request of a steady caller got. */
export interface Got {
  /** When it asked, in milliseconds. */
  at: number;
  /** 0: nothing at all. */
  status: number;
  /** Which the endpoint says answered. */
  deployment: string;
  ms: number;
  /** Whether it is one prediction for each row. */
  right: boolean;
  text: string;
}

/** Asks an endpoint all the time, as an application does. */
export class Client {
  /** In the order of the answers. */
  readonly got: Got[] = [];
  readonly #waiting = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly door: () => Promise<string>,
    readonly request: string,
  ) {}

  /** Ask every so many milliseconds, without waiting for answers. */
  async start(every = 25): Promise<void> {
    const address = `${await this.door()}/score`;
    this.#timer = setInterval(() => {
      const one = this.#ask(address).finally(() => this.#waiting.delete(one));
      this.#waiting.add(one);
    }, every);
  }

  /** What was got, when all is answered. */
  async stop(): Promise<Got[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#waiting);
    return this.got;
  }

  async #ask(address: string): Promise<void> {
    const at = Date.now();
    const from = performance.now();
    const [status, text, headers] = await posted(address, this.request, 60_000).catch(
      (error: unknown): Posted => [0, String(error), {}],
    );
    const which = headers[WHICH];
    this.got.push({
      ...{ at, status, deployment: typeof which === 'string' ? which : '', ms: performance.now() - from },
      ...{ text, right: status === 200 && predictions(text) === predictionsAsked(this.request) },
    });
  }
}

const predictionsAsked = (request: string): number =>
  (JSON.parse(request) as { data: unknown[] }).data.length;

/** How many usable predictions an answer holds; NaN: it is none, or holds others as well. */
function predictions(text: string): number {
  try {
    const { predictions: all } = JSON.parse(text) as { predictions: { prediction?: unknown }[] };
    const usable = all.filter(({ prediction }) =>
      ['string', 'number', 'boolean'].includes(typeof prediction),
    );
    return usable.length === all.length ? all.length : NaN;
  } catch {
    return NaN;
  }
}

/** A server on loopback that answers each request with a status and what becomes JSON. */
export async function server(
  answer: (text: string) => [number, unknown] | Promise<[number, unknown]>,
): Promise<Backend> {
  const listening = createServer((request, response) => {
    void told(request)
      .then(answer)
      .catch((error: unknown): [number, unknown] => [500, { error: String(error) }])
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  });
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const { port } = listening.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, stop: () => stopped(listening) };
}

async function stopped(of: Server | undefined): Promise<void> {
  if (!of?.listening) return;
  const closed = new Promise<unknown>((done) => of.close(done));
  of.closeAllConnections();
  await closed;
}

async function told(stream: AsyncIterable<unknown>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

type Posted = [status: number, text: string, headers: IncomingHttpHeaders];

/** Status 408 after so many milliseconds. */
function posted(address: string, text: string, limit: number): Promise<Posted> {
  return new Promise((done, failed) => {
    const late = AbortSignal.timeout(limit);
    const headers = { 'content-type': 'application/json' };
    const asking = ask(address, { method: 'POST', agent, headers, signal: late }, (response) => {
      told(response).then((body) => done([response.statusCode ?? 0, body, response.headers]), failed);
    });
    asking.on('error', (error) => {
      if (late.aborted) done([408, '{"error":"too late"}', {}]);
      // An idle connection may be closed in the moment in which it is used again.
      else if (asking.reusedSocket) posted(address, text, limit).then(done, failed);
      else failed(error);
    });
    asking.end(text);
  });
}
