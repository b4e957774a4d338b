import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { project } from '../../support/tools.js';
import { filesOf } from '../../support/trees.js';
import type { Workspace } from '../../support/workspace.js';
import { type Az, type Call, type Command, type Machine, Refusal } from '../stubs/cloud.js';
import { deployed, given, versions, written } from './delivery.js';
import { Runners } from './runners.js';

// A person with a terminal and the pages of the repository, in front of the double of Azure and GitHub.

/** What the pages tell a person to type for az, gh and the scripts; what else they tell is played by other tests. */
export class Pages {
  readonly #told: { heading: string; block: number; line: string }[] = [];
  readonly #typed = new Set<string>();

  constructor(dir: string) {
    for (const path of filesOf(dir).filter((path) => path.endsWith('.md') && !path.startsWith('.venv/')))
      this.#read(readFileSync(join(dir, path), 'utf8'));
  }

  #read(page: string): void {
    let [heading, fence, block, prose] = ['', '', 0, ''];
    const told = (): void => {
      for (const [, line = ''] of prose.matchAll(/`([^`]+)`/g))
        if (INLINE.test(line)) this.#told.push({ heading, block: -1, line });
      prose = '';
    };
    for (const line of page.split('\n')) {
      const [, mark] = /^ *```(\w*)$/.exec(line) ?? [];
      if (mark !== undefined) {
        told();
        if (fence) block += fence === 'sh' ? 1 : 0;
        fence = fence ? '' : mark || 'none';
      } else if (fence === 'sh') this.#told.push({ heading, block, line: line.trim() });
      else if (!fence && /^#+ /.test(line)) {
        told();
        [heading, block] = [line.replace(/^#+ /, ''), 0];
      } else if (!fence) prose += ` ${line.trim()}`;
    }
    told();
  }

  /** The lines of a block below a heading. */
  block(heading: string, which = 0): string[] {
    const lines = this.#told.filter((one) => one.heading === heading && one.block === which);
    if (!lines.length) throw new Error(`no page has block ${which} below "${heading}"`);
    return lines.map(({ line }) => this.#type(line));
  }

  /** A command that stands in the text of a page. */
  inline(line: string): string {
    if (!this.#told.some((one) => one.line === line)) throw new Error(`no page tells: ${line}`);
    return this.#type(line);
  }

  #type(line: string): string {
    this.#typed.add(line);
    return line;
  }

  /** What nobody has typed so far. */
  left(): string[] {
    const left = this.#told.map(({ line }) => line).filter((line) => !this.#typed.has(line));
    return [...new Set(left)].filter((line) => !ELSEWHERE.some((way) => way.test(line)));
  }
}

const INLINE = /^(az|gh|curl|scripts\/[\w-]+\.sh) \S/;
/** What other tests type: as-told.ts, loop.test.ts and update-commands.test.ts; the last is a name, not a command. */
const ELSEWHERE = [
  /^make [a-z]/,
  /^python3 (scripts\/bootstrap\.py|-m venv \.venv)$/,
  /^\.venv\/bin\/python (-m (pip|nbconvert|pytest|\w+\.(data|train|serve|scoring)) |-m \w+\.(data|train)$|local\/)/,
  /^npx --yes generator-azmlops /,
  /^git (diff --staged|commit)$/,
  /^az configure$/,
];

/** Where a person types, and what is seen. */
export class Person {
  readonly pages: Pages;
  /** What stands for something else in the pages. */
  readonly instead: Record<string, string> = {};
  readonly #folder = mkdtempSync(join(tmpdir(), 'azmlops-by-hand-'));
  #shell: ChildProcessWithoutNullStreams | undefined;
  #said = '';
  #heard = (): void => undefined;

  constructor(
    readonly cloud: ByHand,
    readonly workspace: Workspace,
  ) {
    this.pages = new Pages(workspace.dir);
    onTestFinished(() => {
      this.#shell?.kill('SIGKILL');
      if (this.#shell) cloud.close();
      rmSync(this.#folder, { recursive: true, force: true });
      workspace.remove();
    });
  }

  async #open(): Promise<ChildProcessWithoutNullStreams> {
    for (const name of ['az', 'gh'])
      symlinkSync(join(project, 'test/emitted/stubs/stand-in.sh'), join(this.#folder, name));
    symlinkSync('/bin/true', join(this.#folder, 'sleep'));
    const shell = spawn('bash', ['--noprofile', '--norc'], {
      cwd: this.workspace.dir,
      env: {
        ...this.workspace.env,
        PATH: [this.#folder, this.workspace.env.PATH].join(delimiter),
        HOME: this.#folder,
        STAND_IN_PORT: String(await this.cloud.listen()),
      },
    });
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        this.#said += part;
        this.#heard();
      });
    shell.stdin.write('exec 2>&1\n');
    return shell;
  }

  /** One line, in the terminal that is open all the time. */
  async types(line: string, { status = 0, answer = '' } = {}): Promise<string> {
    this.#shell ??= await this.#open();
    let typed = Object.entries(this.instead).reduce((text, [from, to]) => text.replaceAll(from, to), line);
    // A question is asked of whoever sits at a terminal.
    if (answer) typed = `printf '%s\\n' '${answer}' | .venv/bin/python -c '${TERMINAL}' ${typed}`;
    this.#said = '';
    const ended = new Promise<[string, number]>((done) => {
      this.#heard = () => {
        const found = /^([\s\S]*)\0(\d+)\0$/.exec(this.#said);
        if (found) done([found[1] ?? '', Number(found[2])]);
      };
    });
    this.#shell.stdin.write(`{ ${typed}\n} ${answer ? '' : '</dev/null'}\nprintf '\\0%s\\0' "$?"\n`);
    const [said, was] = await ended;
    expect(was, `${typed}\n${said}`).toBe(status);
    return said;
  }

  /** A command that stands in the text of a page. */
  async does(line: string, more = '', how: { status?: number; answer?: string } = {}): Promise<string> {
    return this.types(this.pages.inline(line) + more, how);
  }

  /** A block of commands, line by line; what is to hold before a line that begins so is looked at. */
  async follows(
    heading: string,
    before: Record<string, () => void> = {},
    { which = 0, answer = '' } = {},
  ): Promise<string[]> {
    const looks = new Map(Object.entries(before));
    const said: string[] = [];
    for (const line of this.pages.block(heading, which)) {
      for (const [start, look] of looks)
        if (line.startsWith(start)) {
          look();
          looks.delete(start);
        }
      const asks = answer && /teardown\.sh$|group delete/.test(line) ? answer : '';
      said.push(await this.types(line, { answer: asks }));
    }
    expect([...looks.keys()], `lines below "${heading}"`).toEqual([]);
    return said;
  }
}

const TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** What a person's machine knows of Azure and GitHub, and what is asked of them beyond what workflows ask. */
export class ByHand extends Runners {
  /** What `az configure` was told, and whether gh is signed in. */
  readonly desk = { group: '', workspace: '', gh: false };
  /** Which deployment was asked, and the version of its model. */
  readonly invoked: string[] = [];
  /** Workflows that were switched off. */
  readonly off: string[] = [];

  constructor(level: number) {
    super();
    this.signedIn = false;
    const known = { ...this.commands };
    Object.assign(this.commands, byHand(known), level > 2 ? {} : onePlace(known));
    this.answers = ({ deployment, version }, rows) => {
      this.invoked.push(`${deployment} ${version}`);
      const probabilities = { Adelie: 0.75 };
      return {
        predictions: rows.map((_, at) => ({ id: `answer-${at}`, prediction: 'Adelie', probabilities })),
      };
    };
  }

  override machine(call: Call): Machine {
    const { group, workspace, ...rest } = super.machine(call);
    return { ...rest, group: group || this.desk.group, workspace: workspace || this.desk.workspace };
  }

  protected override gh(call: Call): string {
    const { values, positionals } = parseArgs({
      args: call.args,
      strict: false,
      allowPositionals: true,
      options: { field: { type: 'string', multiple: true }, workflow: { type: 'string' } },
    });
    const [verb, action, file = ''] = positionals;
    if (verb === 'auth' && action === 'login') return ((this.desk.gh = true), '');
    if (!this.desk.gh) throw new Refusal('To get started with GitHub CLI, please run:  gh auth login', 4);
    const flags: Record<string, string[]> = {
      'workflow run': ['field'],
      'workflow disable': [],
      'run list': ['workflow'],
    };
    const allowed = flags[`${verb} ${action}`];
    if (!allowed) return verb === 'run' && action === 'watch' ? '' : super.gh(call);
    const odd = Object.keys(values).filter((name) => !allowed.includes(name));
    if (odd.length) throw new Refusal(`unknown flag: --${odd.join()}`, 1);
    const named = action === 'list' ? String(values.workflow) : file;
    const workflow = join(this.repository.folder, '.github/workflows', named);
    if (!existsSync(workflow)) throw new Refusal(`HTTP 404: workflow ${named} not found`, 1);
    if (action === 'disable') this.off.push(named);
    if (action === 'run')
      this.repository.start(
        named,
        'main',
        Object.fromEntries(
          (values.field as string[] | undefined)?.map((pair) => pair.split(/=(.*)/s).slice(0, 2)) ?? [],
        ) as Record<string, string>,
      );
    return '';
  }
}

type Commands = Readonly<Record<string, Command>>;

const byHand = (known: Commands): Commands => ({
  login: {
    options: [],
    anyone: true,
    run: (az) => void (az.cloud.signedIn = true),
  },
  configure: {
    options: ['--defaults', '--list-defaults'],
    anyone: true,
    run: (az) => {
      const { desk } = az.cloud as ByHand;
      Object.assign(desk, az.pairs('--defaults'));
      const { group, workspace } = az.machine;
      return az.options.has('--list-defaults')
        ? Object.entries({ group, workspace }).map(([name, value]) => ({ name, value }))
        : undefined;
    },
  },
  'group delete': {
    options: ['--name', '--yes'],
    run: (az) => void az.remove(`group/${az.opt('--name')}`),
  },
  'ml model create': {
    options: ['--name', '--version', '--type', '--path', '--tags'],
    run: (az) => {
      const model = `${written(az)}/model/${az.opt('--name')}`;
      const folder = resolve(az.call.cwd, az.opt('--path'));
      if (!existsSync(join(folder, 'model.pkl')))
        throw new Refusal(`No such file or directory: ${folder}`, 1);
      const version = given(az, '--version') ?? String(versions(az, model).length + 1);
      az.cloud.azure.set(model, {});
      const tags = az.pairs('--tags');
      return { version, ...az.add(`${model}/version/${version}`, { type: az.opt('--type'), tags }) };
    },
  },
  'ml job create': {
    options: ['--file'],
    run: (az) => {
      const folder = dirname(resolve(az.call.cwd, az.opt('--file')));
      const { type, inputs, jobs } = parse(az.file()) as {
        type: string;
        inputs: { raw: { path: string } };
        jobs: Record<string, { component?: string; trial?: string }>;
      };
      if (type !== 'pipeline') throw new Refusal(`a job of type ${type} is not known here`, 2);
      az.show(`${written(az)}/data/${inputs.raw.path.replace('azureml:', '')}`);
      for (const { component, trial } of Object.values(jobs))
        if (!existsSync(resolve(folder, component ?? trial ?? '-')))
          throw new Refusal(`No such file or directory: ${component ?? trial}`, 1);
      const name = `job-${az.list(`${az.workspace}/job`).length}`;
      return az.add(`${az.workspace}/job/${name}`, { status: 'Completed', next: [], tags: {}, outputs: {} });
    },
  },
  'storage blob upload': {
    options: known['storage blob upload']?.options ?? [],
    run: (az) => {
      // Of the option alone az makes true.
      if (az.options.get('--overwrite')?.length === 0) az.options.set('--overwrite', ['true']);
      return known['storage blob upload']?.run(az);
    },
  },
  'identity federated-credential list': {
    options: ['--identity-name', '--resource-group'],
    run: (az) => az.list(`${az.group}/identity/${az.opt('--identity-name')}/credential`),
  },
});

/** Below level 3 there is no registry, and a deployment is told all by its file. */
const onePlace = (known: Commands): Commands => ({
  'ml workspace create': {
    options: ['--name', '--resource-group', '--file', '--location'],
    run: (az) => {
      if (az.options.has('--file')) return known['ml workspace create']?.run(az);
      az.opt('--location');
      return az.add(`${az.group}/workspace/${az.opt('--name')}`);
    },
  },
  'ml compute create': {
    options: [
      ...(known['ml compute create']?.options ?? []),
      ...['--name', '--type', '--size', '--min-instances', '--max-instances'],
      '--idle-time-before-scale-down',
    ],
    run: (az) => {
      if (az.options.has('--file')) return known['ml compute create']?.run(az);
      if (az.opt('--type') !== 'AmlCompute') throw new Refusal('--type is not known here', 2);
      az.opt('--size');
      return az.add(`${az.workspace}/compute/${az.opt('--name')}`, { least: az.opt('--min-instances') });
    },
  },
  'ml compute stop': {
    options: ['--name'],
    run: (az) => void az.change(`${az.workspace}/compute/${az.opt('--name')}`, { state: 'Stopped' }),
  },
  ...deployments('online'),
  ...deployments('batch'),
  'ml batch-endpoint invoke': {
    options: known['ml batch-endpoint invoke']?.options ?? [],
    run: (az) => {
      if (az.opt('--input-type') === 'uri_file') return known['ml batch-endpoint invoke']?.run(az);
      // A folder: its files, one after the other.
      const folder = az.opt('--input');
      const file = readdirSync(resolve(az.call.cwd, folder)).find((name) => name.endsWith('.csv'));
      az.options.set('--input', [`${folder}/${file}`]).set('--input-type', ['uri_file']);
      return known['ml batch-endpoint invoke']?.run(az);
    },
  },
});

const deployments = (kind: 'online' | 'batch'): Commands => {
  const path = (az: Az, name: string): string =>
    `${written(az)}/${kind}/${az.opt('--endpoint-name')}/deployment/${name}`;
  const options = ['--file', '--name', '--endpoint-name'];
  return {
    [`ml ${kind}-deployment create`]: {
      options,
      run: (az) => {
        const body = described(az, kind);
        return az.add(path(az, body.name), body);
      },
    },
    [`ml ${kind}-deployment update`]: {
      options,
      run: (az) => {
        const body = described(az, kind);
        az.change(path(az, body.name), body);
      },
    },
  };
};

interface Described extends Record<string, unknown> {
  name: string;
  model: string;
}

/** What a deployment file asks for; everything that it names must be there. */
function described(az: Az, kind: 'online' | 'batch'): Described {
  const folder = dirname(resolve(az.call.cwd, az.opt('--file')));
  const read = parse(az.file(), { schema: 'failsafe' }) as Described & {
    code_configuration: { code: string; scoring_script: string };
    environment: string | { image: string; conda_file: string };
    compute: string;
  };
  const [, model = '', version = ''] = /^azureml:([\w-]+):(\w+)$/.exec(read.model) ?? [];
  az.show(`${az.workspace}/model/${model}/version/${version}`);
  if (typeof read.environment === 'string')
    az.show(`${az.workspace}/environment/${read.environment.replace('azureml:', '').replace(':', ' ')}`);
  const files = [join(read.code_configuration.code, read.code_configuration.scoring_script)];
  if (typeof read.environment === 'object') files.push(read.environment.conda_file);
  for (const file of files)
    if (!existsSync(resolve(folder, file))) throw new Refusal(`No such file or directory: ${file}`, 1);
  if (kind === 'batch') az.show(`${az.workspace}/compute/${read.compute.replace('azureml:', '')}`);
  const name = given(az, '--name') ?? read.name;
  return { ...read, name, tags: {}, model: `${az.workspace}/models/${model}/versions/${version}` };
}

/** What each deployment of a place holds, and how much of the traffic it has. */
export function serves(cloud: Runners, group: string): string[] {
  return [...cloud.azure]
    .flatMap(([path, body]) => {
      const [, kind = '', endpoint = ''] = /\/(online|batch)\/([^/]+)\/deployment\/\w+$/.exec(path) ?? [];
      if (!path.startsWith(`group/${group}/`) || !kind) return [];
      const of = cloud.azure.get(path.replace(/\/deployment\/\w+$/, '')) as {
        traffic: Record<string, number>;
        defaults: { deployment_name: string | null };
      };
      const { deployment, version } = deployed(path, body);
      const share = of.traffic[deployment] ?? 0;
      const state =
        kind === 'online' ? share : of.defaults.deployment_name === deployment ? 'default' : 'idle';
      return [`${kind} ${endpoint.replace(/[0-9a-f]{5}$/, 'SUFFIX')} ${deployment} ${version}: ${state}`];
    })
    .sort();
}
