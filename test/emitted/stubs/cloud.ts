import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';

/**
 * Azure and GitHub as far as the emitted scripts use them: state, and the refusals that the scripts must avoid or
 * survive. Unknown commands, options, queries and paths are refused with exit code 2: a typo never passes.
 * What it refuses beyond that: making what is there, a child without its parent, a role for what does not exist,
 * traffic for a deployment that does not exist, data without a role.
 */
export class Cloud {
  /** Things of Azure by path, such as `group/g/storage/s/container/landing`. */
  readonly azure = new Map<string, Record<string, unknown>>();
  readonly github: GitHub;
  /** Every call that was made, and those of them that changed something. */
  readonly calls: string[] = [];
  /** The same calls, word by word. */
  readonly words: string[][] = [];
  readonly changes: string[] = [];
  /** Fail these calls (the beginning of the command line) this many times, with this message. */
  readonly failures: { call: string; times: number; message: string }[] = [];
  /** Whether a call breaks: before it did anything, or `lost`: all is done, and the answer never arrives. */
  breaks: (line: string) => 'before' | 'lost' | undefined = () => undefined;
  /** What a deployment answers: by default one prediction per row. */
  answer = (rows: unknown[]): unknown => ({ predictions: rows.map(() => ({ prediction: 'Adelie' })) });
  jobStatus = 'Completed';
  /** Lines of the result of a batch job, per line of its input. */
  score = (rows: string[]): string[] => rows.map((_, i) => `batch.csv,${i + 1},Adelie,0.98`);
  signedIn = true;
  #server: Server | undefined;
  #port: Promise<number> | undefined;
  #listeners = 0;

  constructor(github: Partial<GitHub> = {}) {
    this.github = {
      repo: 'Contoso/Churn',
      admin: true,
      private: false,
      environments: 'yes',
      subject: { use_default: true },
      rules: {},
      variables: {},
      required: 'yes',
      people: { alice: 11, bob: 12, 'Contoso/reviewers': 21 },
      workflows: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false },
      main: {},
      ...github,
    };
    for (const name of ['MachineLearningServices', 'Storage', 'KeyVault', 'Insights'])
      this.azure.set(`provider/Microsoft.${name}`, { registrationState: 'Registered' });
    for (const name of ['ContainerRegistry', 'ManagedIdentity', 'Compute', 'Network', 'OperationalInsights'])
      this.azure.set(`provider/Microsoft.${name}`, { registrationState: 'NotRegistered' });
  }

  /** Listen for the stand-ins; the answer is the port. Whoever runs at the same time is answered at the same one. */
  listen(): Promise<number> {
    this.#listeners++;
    return (this.#port ??= this.open());
  }

  close(): void {
    if (this.#listeners === 0 || --this.#listeners > 0) return;
    this.#port = undefined;
    this.shut();
  }

  protected async open(): Promise<number> {
    this.#server = createServer((socket) => this.#hear(socket));
    await new Promise<void>((done) => this.#server?.listen(0, '127.0.0.1', done));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  protected shut(): void {
    this.#server?.close();
  }

  /** Everything there is, to compare one moment with another. */
  snapshot(): string {
    return JSON.stringify([[...this.azure].sort(), this.github], null, 1);
  }

  #hear(socket: Socket): void {
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (part: string) => {
      heard += part;
      const [program, cwd, input, environment, count, ...rest] = heard.split('\0');
      if (count === undefined || rest.length <= Number(count)) return;
      const call: Call = {
        program: String(program),
        cwd: String(cwd),
        input: String(input),
        env: Object.fromEntries(
          String(environment)
            .split('\n')
            .map((line): [string, string] => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]),
        ),
        args: rest.slice(0, Number(count)),
      };
      void this.#answer(call)
        .catch((error: unknown): Answer => [70, '', `ERROR: the stand-in broke: ${String(error)}\n`])
        .then(([status, out, err]) => socket.end(`${status}\0${out}\0${err}\0`));
    });
  }

  /** Programs besides az and gh that a workflow calls: exit code, output, errors. */
  protected other?(call: Call): Promise<Answer> | undefined;

  /** Looks at things after each call, whatever became of it; what runs workflows does (../act/runners.ts). */
  protected after?(line: string, call: Call): void;

  async #answer(call: Call): Promise<Answer> {
    const line = `${call.program} ${call.args.join(' ')}`;
    this.calls.push(line);
    this.words.push([call.program, ...call.args]);
    const answer = (await this.other?.(call)) ?? (await this.#tried(line, call));
    this.after?.(line, call);
    return answer;
  }

  async #tried(line: string, call: Call): Promise<Answer> {
    try {
      const failure = this.failures.find((f) => line.startsWith(f.call) && f.times-- > 0);
      if (failure) throw new Refusal(failure.message, 1);
      const breaks = this.breaks(line);
      if (breaks === 'before') throw new Refusal(BROKEN, 1);
      const asked = call.program === 'az' ? this.#understood(call) : undefined;
      await asked?.command.first?.(asked.az);
      // From here on nothing waits, so that what changes is this call's doing.
      const before = this.snapshot();
      const out = asked ? said(asked) : this.gh(call);
      if (this.snapshot() !== before) this.changes.push(line);
      if (breaks === 'lost') throw new Refusal(BROKEN, 1);
      return [0, out, ''];
    } catch (error) {
      if (error instanceof Refusal) return [error.code, '', `ERROR: ${error.message}\n`];
      return [70, '', `ERROR: the stand-in broke: ${String(error)}\n`];
    }
  }

  // --- az ---
  /** Commands that are known; what runs workflows knows more of them (../act/runners.ts). */
  protected readonly commands: Readonly<Record<string, Command>> = AZ;

  /** What the machine of a call has: one machine here, a fresh one for each job of a workflow. */
  machine({ env }: Call): Machine {
    return {
      person: this.signedIn ? PERSON : '',
      ml: this.azure.has('extension/ml'),
      group: env.AZURE_DEFAULTS_GROUP ?? '',
      workspace: env.AZURE_DEFAULTS_WORKSPACE ?? '',
    };
  }

  /** The command that a call names, with its options; refused unless both are known and may be used. */
  #understood(call: Call): { command: Command; az: Az } {
    const first = call.args.findIndex((arg) => arg.startsWith('-'));
    const words = first < 0 ? call.args : call.args.slice(0, first);
    const command = words.join(' ');
    const known = this.commands[command];
    if (!known) throw new Refusal(`'${command}' is misspelled or not recognized by the system.`, 2);
    const options = new Map<string, string[]>();
    let name = '';
    for (const arg of call.args.slice(words.length)) {
      if (arg.startsWith('--')) options.set((name = arg), []);
      else options.get(name)?.push(arg);
    }
    const common = ['--output', '--query', '--only-show-errors'];
    for (const [option, values] of options) {
      if (!known.options.includes(option) && !common.includes(option))
        throw new Refusal(`unrecognized arguments: ${option}`, 2);
      if (values.length === 0 && !SWITCHES.includes(option))
        throw new Refusal(`argument ${option}: expected one argument`, 2);
    }
    const az = new Az(this, call, options);
    if (!az.machine.person && !known.anyone) throw new Refusal("Please run 'az login' to setup account.", 1);
    if (command.startsWith('ml ') && !az.machine.ml)
      throw new Refusal(`'ml' is misspelled or not recognized by the system.`, 2);
    return { command: known, az };
  }

  // --- gh ---
  protected gh({ args, input }: Call): string {
    const { github } = this;
    const options = new Map<string, string>();
    const words: string[] = [];
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? '';
      if (arg === '-f' || arg === '-F') {
        const [key, value] = String(args[++i]).split(/=(.*)/s);
        options.set(`field ${key}`, String(value));
      } else if (arg.startsWith('-')) options.set(arg, String(args[++i]));
      else words.push(arg);
    }
    const answer = (value: unknown): string => {
      const filter = options.get('--jq');
      if (filter === undefined) return `${JSON.stringify(value)}\n`;
      const ran = spawnSync('jq', ['--raw-output', filter], {
        input: JSON.stringify(value),
        encoding: 'utf8',
      });
      if (ran.status !== 0) throw new Refusal(`jq: ${ran.stderr}`, 1);
      return ran.stdout;
    };
    const [verb, path = ''] = words;
    const inRepo = options.get('--repo');
    if (inRepo !== undefined && inRepo !== github.repo) throw new Refusal('HTTP 404: Not Found', 1);
    if (verb === 'repo' && path === 'view') {
      const asked = words[2] ?? github.repo;
      if (asked.toLowerCase() !== github.repo.toLowerCase())
        throw new Refusal(`Could not resolve to a Repository with the name '${asked}'.`, 1);
      return answer({ nameWithOwner: github.repo });
    }
    if (verb === 'variable') {
      const scope = options.get('--env') ?? 'repository';
      if (scope !== 'repository' && !github.rules[scope]) throw new Refusal('HTTP 404: Not Found', 1);
      const values = (github.variables[scope] ??= {});
      if (path === 'list') return answer(Object.entries(values).map(([name, value]) => ({ name, value })));
      const name = words[2];
      const value = options.get('--body');
      if (path === 'set' && name && value) {
        values[name] = value;
        return '';
      }
    }
    const root = `repos/${github.repo}`;
    const method = options.get('--method') ?? 'GET';
    if (verb !== 'api') throw new Refusal(`unknown command "${words.join(' ')}" for "gh"`, 2);
    const notFound = new Refusal('gh: Not Found (HTTP 404)', 1);
    const who = /^(?:users\/([\w-]+)|orgs\/([\w-]+)\/teams\/([\w-]+))$/.exec(path);
    if (who && method === 'GET') {
      const id = github.people[who[1] ?? `${who[2]}/${who[3]}`];
      if (id === undefined) throw notFound;
      return answer({ id });
    }
    const [, name = '', below = ''] =
      new RegExp(`^${root}/environments/([\\w-]+)(/deployment-branch-policies)?$`).exec(path) ?? [];
    if (name) {
      const rules = github.rules[name];
      switch (`${method} ${below}`) {
        case 'GET ': {
          if (github.environments !== 'yes' || !rules) throw notFound;
          const { wait_timer, prevent_self_review, branches } = rules;
          const reviewers = rules.reviewers.map(({ type, id }) => {
            const named = Object.entries(github.people).find(([, known]) => known === id)?.[0] ?? '';
            return {
              type,
              reviewer: type === 'Team' ? { id, slug: named.split('/')[1] } : { id, login: named },
            };
          });
          return answer({
            protection_rules: [
              ...(wait_timer ? [{ type: 'wait_timer', wait_timer }] : []),
              ...(reviewers.length ? [{ type: 'required_reviewers', prevent_self_review, reviewers }] : []),
              ...(branches === 'open' ? [] : [{ type: 'branch_policy' }]),
            ],
            deployment_branch_policy:
              branches === 'open' ? null : { protected_branches: false, custom_branch_policies: true },
          });
        }
        case 'PUT ': {
          if (github.environments !== 'yes') throw new Refusal(`gh: Refused (${github.environments})`, 1);
          const body = JSON.parse(input) as Partial<Rules> & { deployment_branch_policy?: unknown };
          const known = ['wait_timer', 'prevent_self_review', 'reviewers', 'deployment_branch_policy'];
          if (Object.keys(body).some((key) => !known.includes(key)) || (body.reviewers?.length ?? 0) > 6)
            throw new Refusal('gh: Invalid request. (HTTP 422)', 1);
          if (body.reviewers && github.required.startsWith('HTTP'))
            throw new Refusal(`gh: Failed to create the environment protection rule (${github.required})`, 1);
          // What a call does not name is lost.
          github.rules[name] = {
            branches: body.deployment_branch_policy
              ? rules && rules.branches !== 'open'
                ? rules.branches
                : []
              : 'open',
            reviewers: github.required === 'yes' ? (body.reviewers ?? []) : [],
            prevent_self_review: github.required === 'yes' && (body.prevent_self_review ?? false),
            wait_timer: body.wait_timer ?? 0,
          };
          return answer({});
        }
        case 'DELETE ':
          if (!rules) throw notFound;
          delete github.rules[name];
          delete github.variables[name];
          return '';
        case 'GET /deployment-branch-policies':
          if (!rules || rules.branches === 'open') throw notFound;
          return answer({ branch_policies: rules.branches.map((branch) => ({ name: branch })) });
        case 'POST /deployment-branch-policies': {
          const branch = options.get('field name');
          if (!rules || rules.branches === 'open' || !branch || options.get('field type') !== 'branch')
            throw new Refusal('gh: Invalid request. (HTTP 422)', 1);
          if (rules.branches.includes(branch)) throw new Refusal('gh: See Other (HTTP 303)', 1);
          rules.branches.push(branch);
          return answer({ name: branch });
        }
      }
    }
    switch (`${method} ${path}`) {
      case `GET ${root}`:
        return answer({ permissions: { admin: github.admin }, private: github.private });
      case `GET ${root}/actions/oidc/customization/sub`:
        if (!github.subject) throw notFound;
        return answer(github.subject);
      case `GET ${root}/actions/permissions/workflow`:
        return answer(github.workflows);
      case `PUT ${root}/actions/permissions/workflow`:
        if (
          options.get('field default_workflow_permissions') !== github.workflows.default_workflow_permissions
        )
          throw new Refusal('gh: Invalid request. (HTTP 422)', 1);
        github.workflows.can_approve_pull_request_reviews =
          options.get('field can_approve_pull_request_reviews') === 'true';
        return '';
      case `GET ${root}/rules/branches/main`:
        if (github.main.plan) throw new Refusal(`gh: Upgrade to GitHub Pro (${github.main.plan})`, 1);
        return answer(
          github.main.rule === undefined
            ? []
            : [{ type: 'pull_request', parameters: { require_code_owner_review: github.main.rule } }],
        );
      case `GET ${root}/branches/main/protection`:
        if (github.main.plan) throw new Refusal(`gh: Upgrade to GitHub Pro (${github.main.plan})`, 1);
        if (github.main.protection === undefined) throw new Refusal('gh: Branch not protected (HTTP 404)', 1);
        return answer({
          required_pull_request_reviews: { require_code_owner_reviews: github.main.protection },
        });
    }
    throw new Refusal(`gh: ${method} ${path} is not known here`, 2);
  }
}

/** Exit code, output and errors of a program. */
export type Answer = readonly [status: number, out: string, err: string];

export interface GitHub {
  repo: string;
  admin: boolean;
  private: boolean;
  /** Or the status with which the plan answers. */
  environments: 'yes' | `HTTP ${number}`;
  /** Answer about the OpenID Connect subject; undefined: a server too old to know the question. */
  subject:
    | {
        use_default: boolean;
        sub_claim_prefix?: string;
        use_immutable_subject?: boolean;
        include_claim_keys?: string[];
      }
    | undefined;
  /** The environments by name. */
  rules: Record<string, Rules>;
  /** Whether the plan has required reviewers: if not, it takes them without a word, or refuses with this status. */
  required: 'yes' | 'ignored' | `HTTP ${number}`;
  /** Ids of logins, and of teams as ORG/TEAM. */
  people: Record<string, number>;
  workflows: { default_workflow_permissions: string; can_approve_pull_request_reviews: boolean };
  /** What main requires of a pull request, by a ruleset or by branch protection; `plan`: the status without either. */
  main: { rule?: boolean; protection?: boolean; plan?: `HTTP ${number}` };
  variables: Record<string, Record<string, string>>;
}

/** What guards an environment. */
export interface Rules {
  /** Branches that may use it; `open` when it was made by its first use, without rules. */
  branches: string[] | 'open';
  reviewers: { type: 'User' | 'Team'; id: number }[];
  prevent_self_review: boolean;
  wait_timer: number;
}

export interface Call {
  program: string;
  cwd: string;
  input: string;
  env: Record<string, string>;
  args: string[];
}

export interface Machine {
  /** Object id of who is signed in; empty: nobody. */
  person: string;
  ml: boolean;
  /** Whether `az monitor app-insights` is installed, an extension as well. */
  insights?: boolean;
  group: string;
  workspace: string;
}

export class Refusal extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

const BROKEN = 'Connection aborted: the remote end closed the connection.';

const SWITCHES = [
  ...['--yes', '--wait', '--only-show-errors', '--no-progress'],
  ...['--permanently-delete', '--service-principal', '--is-full-object', '--force-string'],
  ...['--list-defaults', '--overwrite'],
];
export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
const PERSON = 'the-person';

/** Run a command, and print what it answers as az would. */
function said({ command, az }: { command: Command; az: Az }): string {
  const answer = command.run(az);
  const { options } = az;
  const output = options.get('--output')?.[0] ?? 'json';
  const query = options.get('--query')?.[0];
  const found = query === undefined ? answer : ask(answer, query);
  if (output === 'none' || found === undefined) return '';
  if (output === 'json') return `${JSON.stringify(found)}\n`;
  if (output !== 'tsv') throw new Refusal(`--output ${output} is not known here`, 2);
  const values = Array.isArray(found) ? found : [found];
  // null is an empty line in this format.
  return values.length ? `${values.map((value) => (value === null ? '' : String(value))).join('\n')}\n` : '';
}

/** The --query expressions that the scripts use. They are checked for their grammar elsewhere. */
function ask(answer: unknown, query: string): unknown {
  const get = (path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key] ?? null, answer);
  if (/^[\w.]+$/.test(query)) return get(query);
  const several = /^\[([\w., ]+)\]$/.exec(query)?.[1];
  if (several) return several.split(', ').map(get);
  const list = answer as Record<string, unknown>[];
  if (query === 'length(@)') return list.length;
  const named = /^\[\?name=='([\w-]+)'\]\.name$/.exec(query)?.[1];
  if (named) return list.map(({ name }) => name).filter((name) => name === named);
  if (query === 'emailReceivers[].emailAddress')
    return (get('emailReceivers') as Record<string, unknown>[]).map(({ emailAddress }) => emailAddress);
  if (query === '[tags.content, length(profiles[0].rules)]')
    return [get('tags.content'), (get('rules') as unknown[]).length];
  if (query === '[].name') return list.map(({ name }) => name);
  if (query === '[].version') return list.map(({ version }) => version);
  if (query === '[].{name: name, type: type}')
    return list.map(({ name, type }) => `${String(name)}\t${String(type)}`);
  const digest = /^\[\?tags\.sha256=='(\w+)'\]\.version \| \[0\]$/.exec(query)?.[1];
  if (digest)
    return list.find(({ tags }) => (tags as Record<string, string>).sha256 === digest)?.version ?? null;
  throw new Refusal(`--query ${query} is not known here`, 2);
}

/** One call: its options, and the things it names. */
export class Az {
  readonly machine: Machine;

  constructor(
    readonly cloud: Cloud,
    readonly call: Call,
    readonly options: Map<string, string[]>,
  ) {
    this.machine = cloud.machine(call);
  }

  opt(name: string): string {
    const value = this.options.get(name)?.[0];
    if (!value) throw new Refusal(`the following arguments are required: ${name}`, 2);
    return value;
  }

  /** The file of an option, as text. */
  file(name = '--file'): string {
    const path = resolve(this.call.cwd, this.opt(name));
    if (!existsSync(path) || !statSync(path).isFile())
      throw new Refusal(`No such file or directory: ${path}`, 1);
    return readFileSync(path, 'utf8');
  }

  inFile(key: string): string {
    const value = new RegExp(`^${key}: ("?)(.+?)\\1(?: #.*)?$`, 'm').exec(this.file())?.[2];
    if (!value) throw new Refusal(`${this.opt('--file')} has no ${key}`, 1);
    return value;
  }

  get group(): string {
    const name = this.options.get('--resource-group')?.[0] ?? this.machine.group;
    if (!name) throw new Refusal('the following arguments are required: --resource-group/-g', 2);
    return `group/${name}`;
  }

  get workspace(): string {
    if (!this.machine.workspace)
      throw new Refusal('the following arguments are required: --workspace-name/-w', 2);
    const path = `${this.group}/workspace/${this.machine.workspace}`;
    this.show(path);
    return path;
  }

  show(path: string): Record<string, unknown> {
    const found = this.cloud.azure.get(path);
    if (!found) throw new Refusal(`(ResourceNotFound) ${path} was not found.`, 3);
    return found;
  }

  add(path: string, value: Record<string, unknown> = {}): Record<string, unknown> {
    const parent = path.split('/').slice(0, -2).join('/');
    if (parent) this.show(parent);
    if (this.cloud.azure.has(path))
      throw new Refusal(`(Conflict) ${path} already exists; use update instead.`, 1);
    this.cloud.azure.set(path, value);
    return value;
  }

  change(path: string, value: Record<string, unknown>): void {
    this.cloud.azure.set(path, { ...this.show(path), ...value });
  }

  list(prefix: string): Record<string, unknown>[] {
    return [...this.cloud.azure]
      .filter(([path]) => path.startsWith(`${prefix}/`) && !path.slice(prefix.length + 1).includes('/'))
      .map(([path, value]) => ({
        name: path.slice(prefix.length + 1),
        type: prefix.split('/').at(-1),
        ...value,
      }));
  }

  remove(path: string): void {
    this.show(path);
    for (const key of [...this.cloud.azure.keys()])
      if (key === path || key.startsWith(`${path}/`)) this.cloud.azure.delete(key);
  }

  /** The path of the thing that an id of Azure names; refused if it is not there. */
  at(id: string): string {
    const parts = new RegExp(
      `^/subscriptions/${SUBSCRIPTION}/resourceGroups/([^/]+)(?:/providers/(.+))?$`,
    ).exec(id);
    if (!parts) throw new Refusal(`(MissingSubscription) ${id}`, 1);
    const below = (parts[2] ?? '')
      .replace(/^Microsoft\.Storage\/storageAccounts\//, 'storage/')
      .replace('/blobServices/default/containers/', '/container/')
      .replace(/^Microsoft\.MachineLearningServices\/workspaces\//, 'workspace/')
      .replace(/^Microsoft\.MachineLearningServices\/registries\//, 'registry/')
      .replace('/onlineEndpoints/', '/online/')
      .replace('/deployments/', '/deployment/')
      .replace(/^Microsoft\.Insights\/actionGroups\//, 'actions/')
      .replace(
        /^Microsoft\.(Insights|OperationalInsights)\/(components|workspaces|workbooks)\//,
        'resource/',
      );
    const path = [`group/${parts[1]}`, below].filter(Boolean).join('/');
    this.show(path);
    return path;
  }

  /** A role is held by somebody who exists, on something that exists. */
  role(): string {
    const scope = this.opt('--scope');
    this.at(scope);
    const who = this.opt('--assignee-object-id');
    const people = [...this.cloud.azure.values()].map(({ principalId }) => principalId);
    if (who !== PERSON && !people.includes(who)) throw new Refusal(`PrincipalNotFound: ${who}`, 1);
    return `role/${who} ${this.opt('--role')} ${scope}`;
  }

  /** Data can be reached with a role on the container only. */
  blobs(): string {
    const account = this.opt('--account-name');
    const container = this.opt('--container-name');
    const path = [...this.cloud.azure.keys()].find((key) =>
      key.endsWith(`/storage/${account}/container/${container}`),
    );
    if (!path) throw new Refusal('(ContainerNotFound) The specified container does not exist.', 3);
    if (this.opt('--auth-mode') !== 'login') throw new Refusal('KeyBasedAuthenticationNotPermitted', 1);
    const wanted = `role/${this.machine.person} Storage Blob Data Contributor `;
    const held = [...this.cloud.azure.keys()].some(
      (key) => key.startsWith(wanted) && key.endsWith(`/${container}`),
    );
    if (!held) throw new Refusal('AuthorizationPermissionMismatch: you need the required permissions', 1);
    return `${path}/blob`;
  }

  pairs(option: string): Record<string, string> {
    return Object.fromEntries(
      (this.options.get(option) ?? []).map((pair): [string, string] => [
        pair.replace(/=.*/s, ''),
        pair.replace(/^[^=]*=/, ''),
      ]),
    );
  }

  deployment(kind: 'online' | 'batch'): { path: string; body: Record<string, unknown> } {
    const path = `${this.workspace}/${kind}/${this.opt('--endpoint-name')}/deployment/${this.opt('--name')}`;
    const [, model, version] = this.inFile('model').split(':');
    this.show(`${this.workspace}/model/${model}/version/${version}`);
    const [, environment, content] = this.inFile('environment').split(':');
    this.show(`${this.workspace}/environment/${environment} ${content}`);
    const code = resolve(this.call.cwd, this.opt('--file'), '..', this.inFile('  code'));
    const script = this.inFile('  scoring_script');
    if (!existsSync(join(code, script))) throw new Refusal(`${script} is not in ${code}`, 1);
    return { path, body: { model: `${this.workspace}/models/${model}/versions/${version}` } };
  }
}

export interface Command {
  options: string[];
  /** What takes time, such as starting a server; before it, nothing has changed. */
  first?: (az: Az) => Promise<unknown>;
  run: (az: Az) => unknown;
  /** Works without being signed in. */
  anyone?: boolean;
}

const named = ['--name', '--resource-group'];
const rest = (kind: 'online' | 'batch'): Record<string, Command> => ({
  [`ml ${kind}-endpoint show`]: {
    options: ['--name'],
    run: (az) => az.show(`${az.workspace}/${kind}/${az.opt('--name')}`),
  },
  [`ml ${kind}-endpoint list`]: { options: [], run: (az) => az.list(`${az.workspace}/${kind}`) },
  [`ml ${kind}-endpoint create`]: {
    options: ['--file', '--name'],
    run: (az) => {
      az.file();
      return az.add(`${az.workspace}/${kind}/${az.opt('--name')}`);
    },
  },
  [`ml ${kind}-endpoint delete`]: {
    options: ['--name', '--yes'],
    run: (az) => {
      if (!az.options.has('--yes')) throw new Refusal('Operation cancelled.', 1);
      az.remove(`${az.workspace}/${kind}/${az.opt('--name')}`);
    },
  },
  [`ml ${kind}-deployment list`]: {
    options: ['--endpoint-name'],
    run: (az) => az.list(`${az.workspace}/${kind}/${az.opt('--endpoint-name')}/deployment`),
  },
  [`ml ${kind}-deployment show`]: {
    options: ['--name', '--endpoint-name'],
    run: (az) =>
      az.show(`${az.workspace}/${kind}/${az.opt('--endpoint-name')}/deployment/${az.opt('--name')}`),
  },
  [`ml ${kind}-deployment create`]: {
    options: ['--file', '--name', '--endpoint-name'],
    run: (az) => {
      const { path, body } = az.deployment(kind);
      az.show(path.split('/').slice(0, -2).join('/'));
      if (az.cloud.azure.has(path))
        throw new Refusal(`(Conflict) ${path} already exists; use update instead.`, 1);
      az.cloud.azure.set(path, body);
      return body;
    },
  },
  [`ml ${kind}-deployment update`]: {
    options: ['--file', '--name', '--endpoint-name'],
    run: (az) => {
      const { path, body } = az.deployment(kind);
      az.change(path, body);
    },
  },
});

/** What scripts/monitoring.sh makes. A rule is for something that exists, and tells somebody who exists. */
const MONITOR: Record<string, Command> = {
  'resource show': {
    options: ['--ids', '--api-version'],
    run: (az) => az.show(az.at(az.opt('--ids'))),
  },
  'resource create': {
    options: ['--id', '--api-version', '--is-full-object', '--properties'],
    run: (az) => {
      const body = JSON.parse(az.opt('--properties')) as Record<string, Record<string, unknown>>;
      if (!az.options.has('--is-full-object') || !body.location || !body.properties?.serializedData)
        throw new Refusal('(BadRequest) that is no workbook', 1);
      const [, group, name] =
        /resourceGroups\/([^/]+)\/.*\/workbooks\/([0-9a-f-]+)$/.exec(az.opt('--id')) ?? [];
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name ?? ''))
        throw new Refusal('(BadRequest) the name of a workbook is a GUID', 1);
      az.show(`group/${group}`);
      az.cloud.azure.set(`group/${group}/resource/${name}`, body);
    },
  },
  'monitor action-group show': {
    options: named,
    run: (az) => az.show(`${az.group}/actions/${az.opt('--name')}`),
  },
  'monitor action-group create': {
    options: [...named, '--short-name', '--action'],
    run: (az) => {
      if (az.opt('--short-name').length > 12) throw new Refusal('(BadRequest) groupShortName', 1);
      return az.add(`${az.group}/actions/${az.opt('--name')}`, {
        emailReceivers: [receiver(az, '--action')],
      });
    },
  },
  'monitor action-group update': {
    options: [...named, '--add-actions'],
    run: (az) => {
      const path = `${az.group}/actions/${az.opt('--name')}`;
      const { emailReceivers } = az.show(path);
      az.change(path, { emailReceivers: [...(emailReceivers as unknown[]), receiver(az, '--add-actions')] });
    },
  },
  'monitor metrics alert show': {
    options: named,
    run: (az) => az.show(`${az.group}/alert/${az.opt('--name')}`),
  },
  'monitor metrics alert create': {
    options: [
      ...[...named, '--scopes', '--window-size', '--evaluation-frequency', '--condition'],
      ...['--description', '--severity', '--action', '--tags'],
    ],
    run: (az) => {
      az.show(az.at(az.opt('--action')));
      const on = az.at(az.opt('--scopes'));
      const condition = az.opt('--condition');
      const metric = /^(?:avg|total) ([\w ]+) > \d+(?: where (\w+) includes \w+)?$/.exec(condition);
      const kind = on.includes('/deployment/')
        ? 'deployment'
        : on.includes('/online/')
          ? 'endpoint'
          : 'workspace';
      if (!metric?.[1] || !METRICS[kind]?.includes([metric[1], metric[2]].filter(Boolean).join(' by ')))
        throw new Refusal(`(BadRequest) ${condition} on ${kind}`, 1);
      az.cloud.azure.set(`${az.group}/alert/${az.opt('--name')}`, {
        on,
        condition,
        tags: az.pairs('--tags'),
      });
    },
  },
  'monitor metrics alert delete': {
    options: named,
    run: (az) => {
      az.remove(`${az.group}/alert/${az.opt('--name')}`);
    },
  },
  'monitor autoscale show': {
    options: named,
    run: (az) => az.show(`${az.group}/autoscale/${az.opt('--name')}`),
  },
  'monitor autoscale create': {
    options: [...named, '--resource', '--count', '--min-count', '--max-count', '--tags'],
    run: (az) => {
      const on = az.at(az.opt('--resource'));
      if (!on.includes('/deployment/')) throw new Refusal('(BadRequest) not a deployment', 1);
      const other = [...az.cloud.azure].find(
        ([path, { on: its }]) => path.includes('/autoscale/') && its === on,
      );
      if (other && !other[0].endsWith(`/${az.opt('--name')}`))
        throw new Refusal('(Conflict) the resource has an autoscale setting', 1);
      // Made again, it has lost its rules.
      az.cloud.azure.set(`${az.group}/autoscale/${az.opt('--name')}`, {
        on,
        rules: [],
        tags: az.pairs('--tags'),
      });
    },
  },
  'monitor autoscale rule create': {
    options: ['--autoscale-name', '--resource-group', '--scale', '--condition', '--cooldown'],
    run: (az) => {
      const path = `${az.group}/autoscale/${az.opt('--autoscale-name')}`;
      const { rules } = az.show(path);
      if (!/^CpuUtilizationPercentage [<>] \d+ avg \d+m$/.test(az.opt('--condition')))
        throw new Refusal('usage error: --condition', 2);
      const rule = `${(az.options.get('--scale') ?? []).join(' ')} when ${az.opt('--condition')}`;
      az.change(path, { rules: [...(rules as unknown[]), rule] });
    },
  },
  'monitor autoscale delete': {
    options: named,
    run: (az) => {
      az.remove(`${az.group}/autoscale/${az.opt('--name')}`);
    },
  },
  'monitor diagnostic-settings show': {
    options: ['--name', '--resource'],
    run: (az) => az.show(`${az.at(az.opt('--resource'))}/diagnostic/${az.opt('--name')}`),
  },
  'monitor diagnostic-settings create': {
    options: ['--name', '--resource', '--workspace', '--logs'],
    run: (az) => {
      az.at(az.opt('--workspace'));
      const logs = (JSON.parse(az.opt('--logs')) as { category: string }[]).map(({ category }) => category);
      return az.add(`${az.at(az.opt('--resource'))}/diagnostic/${az.opt('--name')}`, {
        workspaceId: az.opt('--workspace'),
        logs,
      });
    },
  },
  'monitor log-analytics query-pack show': {
    options: named,
    run: (az) => az.show(`${az.group}/pack/${az.opt('--name')}`),
  },
  'monitor log-analytics query-pack create': {
    options: [...named, '--location'],
    run: (az) => az.add(`${az.group}/pack/${az.opt('--name')}`, { location: az.opt('--location') }),
  },
  'monitor log-analytics query-pack query show': {
    options: [...named, '--query-pack-name'],
    run: (az) => az.show(`${az.group}/pack/${az.opt('--query-pack-name')}/query/${az.opt('--name')}`),
  },
  'monitor log-analytics query-pack query create': {
    options: [...named, '--query-pack-name', '--display-name', '--body'],
    run: (az) => {
      az.show(`${az.group}/pack/${az.opt('--query-pack-name')}`);
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(az.opt('--name')))
        throw new Refusal('(BadRequest) the name of a query is a GUID', 1);
      az.cloud.azure.set(`${az.group}/pack/${az.opt('--query-pack-name')}/query/${az.opt('--name')}`, {
        name: az.opt('--display-name'),
        body: az.opt('--body'),
      });
    },
  },
};

/** Metrics that Azure Monitor has for managed online endpoints and workspaces, with the dimension that is asked for. */
const METRICS: Record<string, string[]> = {
  endpoint: ['RequestLatency_P95', 'RequestsPerMinute by statusCodeClass'],
  deployment: ['CpuUtilizationPercentage'],
  workspace: ['Failed Runs'],
};

function receiver(az: Az, option: string): Record<string, string> {
  const [kind, name, emailAddress, schema] = az.options.get(option) ?? [];
  if (kind !== 'email' || !name || !emailAddress?.includes('@') || schema !== 'usecommonalertschema')
    throw new Refusal(`usage error: ${option}`, 2);
  return { name, emailAddress };
}

export const AZ: Readonly<Record<string, Command>> = {
  ...MONITOR,
  'account show': {
    options: [],
    run: () => ({
      id: SUBSCRIPTION,
      tenantId: 'the-tenant',
      user: { type: 'user', name: 'person@example.org' },
    }),
  },
  'ad signed-in-user show': { options: [], run: () => ({ id: PERSON }) },
  'extension show': { options: ['--name'], run: (az) => az.show(`extension/${az.opt('--name')}`) },
  'extension add': {
    options: ['--name', '--version', '--yes'],
    run: (az) => void az.cloud.azure.set(`extension/${az.opt('--name')}`, { version: az.opt('--version') }),
  },
  'provider show': { options: ['--namespace'], run: (az) => az.show(`provider/${az.opt('--namespace')}`) },
  'provider register': {
    options: ['--namespace', '--wait'],
    run: (az) => {
      az.change(`provider/${az.opt('--namespace')}`, { registrationState: 'Registered' });
    },
  },
  'group show': { options: ['--name'], run: (az) => az.show(`group/${az.opt('--name')}`) },
  'group create': {
    options: ['--name', '--location'],
    run: (az) => void az.cloud.azure.set(`group/${az.opt('--name')}`, { location: az.opt('--location') }),
  },
  'group delete': {
    options: ['--name', '--yes'],
    run: (az) => {
      az.remove(`group/${az.opt('--name')}`);
    },
  },
  'resource list': {
    options: ['--resource-group'],
    run: (az) => ['workspace', 'storage', 'identity'].flatMap((kind) => az.list(`${az.group}/${kind}`)),
  },
  'storage account show': { options: named, run: (az) => az.show(`${az.group}/storage/${az.opt('--name')}`) },
  'storage account create': {
    options: [
      ...named,
      '--location',
      '--kind',
      '--sku',
      '--enable-hierarchical-namespace',
      '--allow-shared-key-access',
      '--allow-blob-public-access',
      '--min-tls-version',
    ],
    run: (az) => {
      const name = az.opt('--name');
      if (!/^[a-z0-9]{3,24}$/.test(name)) throw new Refusal(`(AccountNameInvalid) ${name}`, 1);
      const keys = az.opt('--allow-shared-key-access');
      return az.add(`${az.group}/storage/${name}`, { hns: az.opt('--enable-hierarchical-namespace'), keys });
    },
  },
  'storage container-rm show': {
    options: [...named, '--storage-account'],
    run: (az) => az.show(`${az.group}/storage/${az.opt('--storage-account')}/container/${az.opt('--name')}`),
  },
  'storage container-rm create': {
    options: [...named, '--storage-account'],
    run: (az) => az.add(`${az.group}/storage/${az.opt('--storage-account')}/container/${az.opt('--name')}`),
  },
  'storage blob list': {
    options: ['--account-name', '--container-name', '--num-results', '--auth-mode'],
    run: (az) => az.list(az.blobs()).slice(0, Number(az.opt('--num-results'))),
  },
  'storage blob upload': {
    options: ['--account-name', '--container-name', '--name', '--file', '--auth-mode', '--no-progress'],
    run: (az) => {
      const path = `${az.blobs()}/${az.opt('--name')}`;
      if (az.cloud.azure.has(path)) throw new Refusal('(BlobAlreadyExists) The blob already exists.', 1);
      az.cloud.azure.set(path, { text: az.file() });
    },
  },
  'identity show': { options: named, run: (az) => az.show(`${az.group}/identity/${az.opt('--name')}`) },
  'identity create': {
    options: [...named, '--location'],
    run: (az) => {
      // The same name may stand in two groups: that is two identities.
      const taken = [...az.cloud.azure.keys()].some((path) => path.endsWith(`/identity/${az.opt('--name')}`));
      const name = `${az.opt('--name')}${taken ? `-of-${az.opt('--resource-group')}` : ''}`;
      return az.add(`${az.group}/identity/${az.opt('--name')}`, {
        clientId: `client-of-${name}`,
        principalId: `principal-of-${name}`,
      });
    },
  },
  'identity federated-credential show': {
    options: [...named, '--identity-name'],
    run: (az) => az.show(`${az.group}/identity/${az.opt('--identity-name')}/credential/${az.opt('--name')}`),
  },
  'identity federated-credential create': {
    options: [...named, '--identity-name', '--issuer', '--subject', '--audiences'],
    run: (az) =>
      az.add(`${az.group}/identity/${az.opt('--identity-name')}/credential/${az.opt('--name')}`, trust(az)),
  },
  'identity federated-credential update': {
    options: [...named, '--identity-name', '--issuer', '--subject', '--audiences'],
    run: (az) => {
      az.change(
        `${az.group}/identity/${az.opt('--identity-name')}/credential/${az.opt('--name')}`,
        trust(az),
      );
    },
  },
  'role assignment list': {
    options: ['--assignee-object-id', '--role', '--scope'],
    run: (az) => (az.cloud.azure.has(az.role()) ? [{}] : []),
  },
  'role assignment create': {
    options: ['--assignee-object-id', '--assignee-principal-type', '--role', '--scope'],
    run: (az) => {
      const role = az.role();
      if (az.cloud.azure.has(role))
        throw new Refusal('(RoleAssignmentExists) The role assignment already exists.', 1);
      az.cloud.azure.set(role, { type: az.opt('--assignee-principal-type') });
    },
  },
  'ml workspace show': { options: named, run: (az) => az.show(`${az.group}/workspace/${az.opt('--name')}`) },
  'ml workspace create': {
    options: [...named, '--file', '--location'],
    run: (az) => {
      az.file();
      // What Azure makes along with a workspace.
      const below = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${az.group.replace('group/', '')}/providers`;
      const logs = `${below}/Microsoft.OperationalInsights/workspaces/logs`;
      const made = az.add(`${az.group}/workspace/${az.opt('--name')}`, {
        storage_account: `${below}/Microsoft.Storage/storageAccounts/mlstorage`,
        application_insights: `${below}/Microsoft.Insights/components/insights`,
      });
      az.add(`${az.group}/storage/mlstorage`);
      az.add(`${az.group}/resource/insights`, { properties: { WorkspaceResourceId: logs } });
      az.add(`${az.group}/resource/logs`);
      return made;
    },
  },
  'ml workspace delete': {
    options: [...named, '--permanently-delete', '--yes'],
    run: (az) => {
      const path = `${az.group}/workspace/${az.opt('--name')}`;
      if ([...az.list(`${path}/online`), ...az.list(`${path}/batch`)].length)
        throw new Refusal('(Conflict) The workspace still has endpoints.', 1);
      az.remove(path);
    },
  },
  'ml registry show': { options: named, run: (az) => az.show(`${az.group}/registry/${az.opt('--name')}`) },
  'ml registry list': { options: ['--resource-group'], run: (az) => az.list(`${az.group}/registry`) },
  'ml registry create': {
    options: [...named, '--file', '--set'],
    run: (az) => {
      az.inFile('location');
      const { location, 'replication_locations[0].location': first } = az.pairs('--set');
      if (!location || location !== first) throw new Refusal('(BadRequest) no such region', 1);
      return az.add(`${az.group}/registry/${az.opt('--name')}`, { location });
    },
  },
  'ml registry delete': {
    options: named,
    run: (az) => {
      az.remove(`${az.group}/registry/${az.opt('--name')}`);
    },
  },
  'ml datastore show': {
    options: ['--name'],
    run: (az) => az.show(`${az.workspace}/datastore/${az.opt('--name')}`),
  },
  'ml datastore create': {
    options: ['--file', '--set'],
    run: (az) => {
      const account = az.pairs('--set').account_name;
      if (!account) throw new Refusal('--set account_name is missing', 1);
      return az.add(`${az.workspace}/datastore/${az.inFile('name')}`, { account });
    },
  },
  'ml data show': {
    options: ['--name', '--version'],
    run: (az) => az.show(`${az.workspace}/data/${az.opt('--name')}:${az.opt('--version')}`),
  },
  'ml data create': {
    options: ['--file'],
    run: (az) => az.add(`${az.workspace}/data/${az.inFile('name')}:${az.inFile('version')}`),
  },
  'ml compute show': {
    options: ['--name'],
    run: (az) => az.show(`${az.workspace}/compute/${az.opt('--name')}`),
  },
  'ml compute create': {
    options: ['--file', '--identity-type', '--user-assigned-identities'],
    run: (az) => {
      const body = { least: /^min_instances: (\d+)/m.exec(az.file())?.[1] };
      const identity = az.options.get('--user-assigned-identities')?.[0];
      if (identity) az.show(`${az.group}/identity/${identity.split('/').at(-1)}`);
      return az.add(`${az.workspace}/compute/${az.inFile('name')}`, body);
    },
  },
  'ml environment show': {
    options: ['--name', '--version'],
    run: (az) => az.show(`${az.workspace}/environment/${az.opt('--name')} ${az.opt('--version')}`),
  },
  'ml environment create': {
    options: ['--file', '--version'],
    run: (az) => az.add(`${az.workspace}/environment/${az.inFile('name')} ${az.opt('--version')}`),
  },
  'ml model show': {
    options: ['--name', '--version'],
    run: (az) => az.show(`${az.workspace}/model/${az.opt('--name')}/version/${az.opt('--version')}`),
  },
  'ml model list': {
    options: ['--name'],
    run: (az) =>
      az.list(`${az.workspace}/model/${az.opt('--name')}/version`).map((v) => ({ ...v, version: v.name })),
  },
  'ml model create': {
    options: ['--name', '--type', '--path', '--tags'],
    run: (az) => {
      const model = `${az.workspace}/model/${az.opt('--name')}`;
      const version = String(az.list(`${model}/version`).length + 1);
      if (!existsSync(resolve(az.call.cwd, az.opt('--path'))))
        throw new Refusal('No such file or directory', 1);
      az.cloud.azure.set(model, {});
      az.cloud.azure.set(`${model}/version/${version}`, { type: az.opt('--type'), tags: az.pairs('--tags') });
      return { version };
    },
  },
  ...rest('online'),
  ...rest('batch'),
  'ml online-endpoint update': {
    options: ['--name', '--traffic'],
    run: (az) => {
      const path = `${az.workspace}/online/${az.opt('--name')}`;
      const [deployment, share] = az.opt('--traffic').split('=');
      if (share !== '100') throw new Refusal('The traffic must add up to 100.', 1);
      az.show(`${path}/deployment/${deployment}`);
      az.change(path, { traffic: { [String(deployment)]: 100 } });
    },
  },
  'ml online-endpoint invoke': {
    options: ['--name', '--deployment-name', '--request-file'],
    run: (az) => {
      az.show(`${az.workspace}/online/${az.opt('--name')}/deployment/${az.opt('--deployment-name')}`);
      const { data } = JSON.parse(az.file('--request-file')) as { data: unknown[] };
      // As az does: the text of the answer, as a JSON string.
      return JSON.stringify(az.cloud.answer(data));
    },
  },
  'ml batch-endpoint update': {
    options: ['--name', '--set'],
    run: (az) => {
      const path = `${az.workspace}/batch/${az.opt('--name')}`;
      const deployment = az.pairs('--set')['defaults.deployment_name'];
      az.show(`${path}/deployment/${deployment}`);
      az.change(path, { default: deployment });
    },
  },
  'ml batch-endpoint invoke': {
    options: ['--name', '--deployment-name', '--input', '--input-type'],
    run: (az) => {
      az.show(`${az.workspace}/batch/${az.opt('--name')}/deployment/${az.opt('--deployment-name')}`);
      if (az.opt('--input-type') !== 'uri_file') throw new Refusal('--input-type does not fit', 1);
      const rows = az.file('--input').trim().split('\n').slice(1);
      const name = `job-${az.list('job').length}`;
      az.cloud.azure.set(`job/${name}`, { rows, status: az.cloud.jobStatus });
      return { name };
    },
  },
  'ml job stream': {
    options: ['--name'],
    run: (az) => {
      // As az does now and then: the sign-in has become too old, the job goes on.
      az.show(`job/${az.opt('--name')}`);
      throw new Refusal('AADSTS700024: Client assertion is not within its valid time range.', 1);
    },
  },
  'ml job show': { options: ['--name'], run: (az) => az.show(`job/${az.opt('--name')}`) },
  'ml job download': {
    options: ['--name', '--output-name', '--download-path'],
    run: (az) => {
      const { rows } = az.show(`job/${az.opt('--name')}`);
      const folder = join(
        resolve(az.call.cwd, az.opt('--download-path')),
        'named-outputs',
        az.opt('--output-name'),
      );
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'predictions.csv'), az.cloud.score(rows as string[]).join('\n') + '\n');
    },
  },
};

function trust(az: Az): Record<string, unknown> {
  const subject = az.opt('--subject');
  if (az.opt('--audiences') !== 'api://AzureADTokenExchange' || !subject.startsWith('repo:'))
    throw new Refusal('(BadRequest) wrong audience or subject', 1);
  return { subject, issuer: az.opt('--issuer') };
}
