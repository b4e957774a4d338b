import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Call, Refusal } from '../stubs/cloud.js';
import { type Workflow, workflowsOf } from './graph.js';

/** What GitHub knows of a run of a workflow. */
export interface Run {
  id: number;
  path: string;
  head_branch: string;
  head_sha: string;
  event: string;
  head_repository: { full_name: string };
  jobs: { name: string; conclusion: string | null; run_attempt: number }[];
}

interface Pull {
  number: number;
  state: 'open' | 'closed';
  title: string;
  body: string;
  head: string;
  base: string;
}

interface Issue {
  number: number;
  state: 'open' | 'closed';
  title: string;
  /** Nobody must write one. */
  body: string | null;
  user: { login: string };
}

type Answer = unknown;

/** GitHub as far as jobs of workflows use it by its interface. What is not here is refused. */
export class Repository {
  /** Comments on issues and pull requests, and releases with the names of their files. */
  readonly comments: { id: number; issue: number; user: { login: string }; body: string }[] = [];
  readonly releases: Record<string, string[]> = {};
  readonly runs: Run[] = [];
  /** How many runs have begun. */
  begun = 0;
  readonly pulls: Pull[] = [];
  readonly issues: Issue[] = [];
  /** Workflows that were started: their words. */
  readonly started: { workflow: string; ref: string; inputs: Record<string, string> }[] = [];
  /** Dispatched runs of long ago. */
  readonly earlier: { workflow: string; title: string; at: string }[] = [];
  /** Commits of main, the newest last. */
  readonly main: string[] = [];
  /** Where the files of main are. */
  folder = '';
  /** All commits so far, as a bundle of git: they outlive the folder, and go on to copies. */
  past: Buffer | undefined;
  readonly branches: Record<string, string> = {};
  /** Files that a commit changed, by its hash, made by the interface. */
  readonly commits: Record<string, { parent: string; files: Record<string, string> }> = {};
  readonly #trees: Record<string, { base: string; files: Record<string, string> }> = {};

  constructor(readonly name: string) {}

  /** Files that a branch changes. */
  proposed(branch: string): Record<string, string> {
    return this.commits[this.branches[branch] ?? '']?.files ?? {};
  }

  /** A workflow is started, if it takes these inputs. */
  start(file: string, ref: string, inputs: Record<string, string>): void {
    const on: Workflow['on'] = workflowsOf(this.folder)[file.replace(/\.yml$/, '')]?.on ?? {};
    if (!('workflow_dispatch' in on) || ref !== 'main')
      throw new Refusal(`HTTP 422: ${file} cannot be started on ${ref}`, 1);
    const known = on.workflow_dispatch?.inputs ?? {};
    for (const [name, { required, default: given }] of Object.entries(known))
      if (required && !(inputs[name] ?? given)) throw new Refusal(`HTTP 422: ${name} is required`, 1);
    for (const [name, value] of Object.entries(inputs)) {
      const input = known[name];
      if (!input || (input.options && !input.options.includes(value)))
        throw new Refusal(`HTTP 422: unexpected input ${name}=${value}`, 1);
    }
    this.started.push({ workflow: file, ref, inputs });
  }

  /** `gh api`, apart from what a set-up asks as well. */
  api({ args, cwd, env, input }: Call): string | undefined {
    const request = asked(args.slice(1), cwd, input);
    const found = this.#answer(`${request.method} ${request.path}`, request);
    if (found === undefined) return undefined;
    if (request.silent || found === null) return '';
    if (request.jq === undefined) return `${JSON.stringify(found)}\n`;
    // gh's own filter sees the environment as well.
    const ran = spawnSync('jq', ['--raw-output', request.jq], {
      input: JSON.stringify(found),
      encoding: 'utf8',
      env,
    });
    if (ran.status !== 0) throw new Refusal(`jq: ${ran.stderr}`, 1);
    return ran.stdout;
  }

  #answer(line: string, request: Request): Answer {
    const root = `repos/${this.name}/`;
    const short = line.replace(root, '');
    for (const [pattern, act] of this.#routes) {
      const found = pattern.exec(short);
      if (found) return act(request, ...found.slice(1));
    }
    return undefined;
  }

  readonly #routes: [RegExp, (request: Request, ...found: string[]) => Answer][] = [
    [
      /^GET git\/ref\/tags\/(.+)$/,
      (_, tag = '') => {
        if (!(tag in this.releases)) throw notFound();
        return null;
      },
    ],
    [
      /^GET issues\?state=open&per_page=100$/,
      () => {
        // To GitHub a pull request is an issue too. The newest comes first.
        const proposed = this.pulls.map((pull) => ({ ...pull, user: BOT, pull_request: {} }));
        return [...this.issues, ...proposed]
          .filter(({ state }) => state === 'open')
          .sort((a, b) => b.number - a.number);
      },
    ],
    [
      /^POST issues$/,
      ({ fields }) => {
        const [title, body] = [required(fields, 'title'), required(fields, 'body')];
        if (body.length > 65_536) throw new Refusal('gh: Validation Failed: body is too long (HTTP 422)', 1);
        const number = 31 + this.issues.length;
        this.issues.push({ number, state: 'open', title, body, user: BOT });
        return { number };
      },
    ],
    [
      /^PATCH issues\/(\d+)$/,
      ({ fields }, number) => {
        const issue = this.issues.find((one) => one.number === Number(number));
        if (!issue) throw notFound();
        const { body = issue.body, state = issue.state } = fields;
        if (state !== 'open' && state !== 'closed') throw new Refusal('gh: Validation Failed (HTTP 422)', 1);
        Object.assign(issue, { body, state });
        return { number: issue.number };
      },
    ],
    [
      /^GET issues\/(\d+)\/comments$/,
      (_, issue) => this.comments.filter((one) => one.issue === Number(issue)),
    ],
    [
      /^POST issues\/(\d+)\/comments$/,
      ({ fields }, issue) => {
        const id = 100 + this.comments.length;
        this.comments.push({ id, issue: Number(issue), user: BOT, body: required(fields, 'body') });
        return { id };
      },
    ],
    [
      /^PATCH issues\/comments\/(\d+)$/,
      ({ fields }, id) => {
        const comment = this.comments.find((one) => one.id === Number(id));
        if (!comment) throw notFound();
        comment.body = required(fields, 'body');
        return comment;
      },
    ],
    [
      /^GET actions\/workflows\/([\w-]+\.yml)\/runs\?event=workflow_dispatch&branch=main&per_page=100$/,
      (_, file) => ({
        workflow_runs: this.earlier
          .filter(({ workflow }) => workflow === file)
          .map(({ title, at }) => ({ display_title: title, created_at: at })),
      }),
    ],
    [/^GET actions\/runs\/(\d+)$/, (_, id) => this.#run(id)],
    [/^GET actions\/runs\/(\d+)\/jobs\?.*$/, (_, id) => ({ jobs: this.#run(id).jobs })],
    [
      /^GET compare\/(\w+)\.\.\.(\w+)$/,
      (_, from = '', to = '') => {
        const [a, b] = [this.main.indexOf(from), this.main.indexOf(to)];
        if (a < 0 || b < 0) throw notFound();
        return { status: a === b ? 'identical' : a < b ? 'ahead' : 'behind' };
      },
    ],
    [/^GET git\/ref\/heads\/main$/, () => ({ object: { sha: this.main.at(-1) } })],
    [
      /^GET contents\/(.+)\?ref=(\w+)$/,
      (_, path = '', ref) => {
        if (ref !== this.main.at(-1)) throw notFound();
        const content = readFileSync(join(this.folder, path)).toString('base64');
        return { content: content.replace(/.{60}/g, '$&\n') };
      },
    ],
    [
      /^POST git\/trees$/,
      ({ body }) => {
        const { base_tree: base, tree } = body as {
          base_tree: string;
          tree: { path: string; mode: string; type: string; content: string }[];
        };
        if (!this.main.includes(base))
          throw new Refusal('gh: base_tree is not a valid tree oid (HTTP 422)', 1);
        const files = Object.fromEntries(tree.map(({ path, content }) => [path, content]));
        return this.#keep(this.#trees, { base, files });
      },
    ],
    [
      /^POST git\/commits$/,
      ({ body }) => {
        const { tree, parents } = body as { tree: string; parents: string[]; message: string };
        const { base, files } = this.#trees[tree] ?? {};
        if (!files || parents.length !== 1 || parents[0] !== base)
          throw new Refusal('gh: Tree SHA does not exist (HTTP 422)', 1);
        return this.#keep(this.commits, { parent: base, files });
      },
    ],
    [
      /^GET git\/matching-refs\/heads\/(.+)$/,
      (_, start = '') =>
        Object.keys(this.branches)
          .filter((name) => name.startsWith(start))
          .map((name) => ({ ref: `refs/heads/${name}` })),
    ],
    [
      /^POST git\/refs$/,
      ({ fields }) => {
        const branch = /^refs\/heads\/(.+)$/.exec(required(fields, 'ref'))?.[1] ?? '';
        if (branch in this.branches) throw new Refusal('gh: Reference already exists (HTTP 422)', 1);
        return this.#point(branch, required(fields, 'sha'));
      },
    ],
    [
      /^PATCH git\/refs\/heads\/(.+)$/,
      ({ fields }, branch = '') => {
        if (!(branch in this.branches)) throw new Refusal('gh: Reference does not exist (HTTP 422)', 1);
        if (fields.force !== 'true') throw new Refusal('gh: Update is not a fast forward (HTTP 422)', 1);
        return this.#point(branch, required(fields, 'sha'));
      },
    ],
    [
      /^GET pulls$/,
      ({ fields }) => {
        const [owner = ''] = this.name.split('/');
        return this.pulls
          .filter(
            ({ state, base, head }) =>
              state === fields.state && base === fields.base && `${owner}:${head}` === fields.head,
          )
          .map(({ number }) => ({ number }));
      },
    ],
    [
      /^POST pulls$/,
      ({ fields }) => {
        const [head, base] = [required(fields, 'head'), required(fields, 'base')];
        if (!(head in this.branches) || this.pulls.some((one) => one.head === head && one.state === 'open'))
          throw new Refusal('gh: Validation Failed (HTTP 422)', 1);
        const [title, body] = [required(fields, 'title'), required(fields, 'body')];
        const number = 11 + this.pulls.length;
        this.pulls.push({ number, state: 'open', title, body, head, base });
        return { number };
      },
    ],
    [
      /^PATCH pulls\/(\d+)$/,
      ({ fields }, number) => {
        const pull = this.pulls.find((one) => one.number === Number(number));
        if (!pull) throw notFound();
        const { title = pull.title, body = pull.body } = fields;
        Object.assign(pull, { title, body });
        return { number: pull.number };
      },
    ],
  ];

  #run(id: string | undefined): Run {
    const run = this.runs.find((one) => one.id === Number(id));
    if (!run) throw notFound();
    return run;
  }

  #keep<T extends object>(store: Record<string, T>, thing: T): { sha: string } {
    const sha = createHash('sha1').update(JSON.stringify(thing)).digest('hex');
    store[sha] = thing;
    return { sha };
  }

  #point(branch: string, sha: string): { ref: string } {
    if (!(sha in this.commits)) throw new Refusal('gh: Object does not exist (HTTP 422)', 1);
    this.branches[branch] = sha;
    return { ref: `refs/heads/${branch}` };
  }
}

const BOT = { login: 'github-actions[bot]' };

const notFound = (): Refusal => new Refusal('gh: Not Found (HTTP 404)', 1);

interface Request {
  method: string;
  path: string;
  fields: Record<string, string>;
  body: unknown;
  jq?: string;
  silent: boolean;
}

/** The words behind `gh api`. */
function asked(args: readonly string[], cwd: string, input: string): Request {
  const request: Request = { method: 'GET', path: '', fields: {}, body: undefined, silent: false };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const value = (): string => args[++at] ?? '';
    if (word === '--method') request.method = value();
    else if (word === '--jq') request.jq = value();
    else if (word === '--silent') request.silent = true;
    else if (word === '--paginate') continue;
    else if (word === '--raw-field' || word === '--field') {
      const [, key = '', text = ''] = /^([^=]+)=(.*)$/s.exec(value()) ?? [];
      const file = word === '--field' && text.startsWith('@');
      request.fields[key] = file ? readFileSync(resolve(cwd, text.slice(1)), 'utf8') : text;
    } else if (word === '--input') {
      if (value() !== '-') throw new Refusal('--input of a file is not known here', 2);
      request.body = JSON.parse(input);
    } else if (word.startsWith('-') || request.path) throw new Refusal(`gh api ${word} is not known here`, 2);
    else request.path = word;
  }
  return request;
}

function required(fields: Readonly<Record<string, string>>, name: string): string {
  const value = fields[name];
  if (!value) throw new Refusal(`gh: ${name} is missing (HTTP 422)`, 1);
  return value;
}
