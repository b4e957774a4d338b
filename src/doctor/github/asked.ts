import { installs } from '../install.js';
import { isAbsent, jsonOf, reasonOf } from '../heard.js';
import type { Caller, Called } from '../program.js';

/** What somebody answered; otherwise why not, and whether that is since it is not there. */
export type Heard<T> =
  { readonly value: T } | { readonly why: string; readonly absent: boolean; readonly mend?: string };

export interface GitHubRepository {
  /** In GitHub's own spelling: Entra ID compares subjects with upper and lower case. */
  readonly name: string;
  readonly host: string;
}

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** Asks GitHub by gh, each thing once; nothing but GET. */
export interface GitHub {
  repository(): Promise<Heard<GitHubRepository>>;
  /** What the interface answers below `repos/OWNER/NAME`. */
  get(path: string): Promise<Heard<unknown>>;
  /** What it answers to a path of its own. */
  root(path: string): Promise<Heard<unknown>>;
  /** Of an environment, or of the repository. */
  variables(environment?: string): Promise<Heard<readonly Variable[]>>;
}

const LIMIT = 7;

export function githubBy(call: Caller, dir: string, platform: NodeJS.Platform): GitHub {
  const memory = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const found = memory.get(key) ?? ask();
    memory.set(key, found);
    return found as Promise<T>;
  };
  const gh = (args: readonly string[]) => call('gh', args, { cwd: dir, limit: LIMIT });

  const repository = () =>
    once('repository', async (): Promise<Heard<GitHubRepository>> => {
      const asked = await gh(['repo', 'view', '--json', 'nameWithOwner,url']);
      const found = jsonOf(asked) as { nameWithOwner?: unknown; url?: unknown } | undefined;
      if (typeof found?.nameWithOwner === 'string' && /^[\w.-]+\/[\w.-]+$/.test(found.nameWithOwner))
        return { value: { name: found.nameWithOwner, host: hostOf(found.url) } };
      return unknownRepository(asked, platform);
    });

  const api = (key: string, pathOf: (repository: GitHubRepository) => string) =>
    once(`api ${key}`, async (): Promise<Heard<unknown>> => {
      const known = await repository();
      if (!('value' in known)) return known;
      const { host } = known.value;
      const at = host === 'github.com' ? [] : ['--hostname', host];
      return heard(await gh(['api', '--method', 'GET', ...at, pathOf(known.value)]));
    });

  return {
    repository,
    get: (path) => api(path, ({ name }) => `repos/${name}${path && '/'}${path}`),
    root: (path) => api(`/${path}`, () => path),
    variables: (environment) =>
      once(`variables ${environment ?? ''}`, async (): Promise<Heard<readonly Variable[]>> => {
        const known = await repository();
        if (!('value' in known)) return known;
        const { name, host } = known.value;
        const of = environment === undefined ? [] : ['--env', environment];
        const repo = host === 'github.com' ? name : `${host}/${name}`;
        const asked = heard(await gh(['variable', 'list', ...of, '--repo', repo, '--json', 'name,value']));
        if (!('value' in asked)) return asked;
        const list = Array.isArray(asked.value) ? (asked.value as Partial<Variable>[]) : [];
        return { value: list.filter((each): each is Variable => typeof each.name === 'string') };
      }),
  };
}

function heard(called: Called): Heard<unknown> {
  const value = jsonOf(called);
  return value === undefined ? { why: reasonOf(called), absent: isAbsent(called) } : { value };
}

function unknownRepository(asked: Called, platform: NodeJS.Platform): Heard<never> {
  const text = asked.kind === 'ran' ? asked.stderr : '';
  if (asked.kind === 'missing')
    return { why: 'gh is not there', absent: false, mend: installs('gh', platform) };
  if (/no git remotes|none of the git remotes|no GitHub remote|not a git repository/i.test(text))
    return {
      why: 'this folder is no repository on GitHub yet',
      absent: true,
      mend: 'gh repo create --source . --private --push',
    };
  if (/gh auth login/i.test(text))
    return { why: 'not signed in to GitHub', absent: false, mend: 'gh auth login' };
  return { why: reasonOf(asked), absent: isAbsent(asked) };
}

function hostOf(url: unknown): string {
  try {
    return new URL(String(url)).host || 'github.com';
  } catch {
    return 'github.com';
  }
}
