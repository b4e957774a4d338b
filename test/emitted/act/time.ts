import type { Answer, Call } from '../stubs/cloud.js';
import { Runners } from './runners.js';

const MINUTE = 60;
/** How long an access token of az is good for, and how long what GitHub vouches for. */
const TOKEN = 60 * MINUTE;
const ASSERTION = 10 * MINUTE;
/** What the loops of the workflows wait between two looks: `sleep` returns at once on this stage. */
const LOOK = 10 * MINUTE;

/**
 * A cloud with a clock, in seconds: a job on Azure ML takes hours, and moves it. A sign-in becomes too old meanwhile,
 * and what vouches for it before: only a new one helps.
 */
export class Hours extends Runners {
  now = 0;
  /** How long the jobs run; the state tells by the clock. */
  lasts = 2 * 60 * MINUTE;
  /** How long a stream of a job holds, before it breaks off. */
  holds = 0;
  readonly #begun = new Map<string, number>();
  readonly #signed = new Map<string, number>();

  protected override other(call: Call): Promise<Answer> | undefined {
    const { program, args, env } = call;
    if (program === 'curl') return Promise.resolve(this.#vouched(call));
    if (program !== 'az' || !env.GITHUB_JOB) return super.other(call);
    const at = env.GITHUB_WORKSPACE ?? '';
    const asked = args.join(' ');
    if (args[0] === 'login') {
      const [, since] = /--federated-token vouched-at-(\d+)/.exec(asked) ?? [];
      if (since !== undefined && this.now - Number(since) > ASSERTION) return refused(EXPIRED);
      this.#signed.set(at, this.now);
    } else if (/^(ml|storage|monitor) /.test(asked) && this.now - (this.#signed.get(at) ?? this.now) >= TOKEN)
      return refused(EXPIRED);
    const job = /^ml job (?:show|stream) --name (\S+)/.exec(asked)?.[1];
    if (job === undefined) return super.other(call);
    const begun = this.#begun.get(job) ?? this.now;
    this.#begun.set(job, begun);
    if (args[2] === 'stream') {
      this.now += this.holds;
      return refused("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))");
    }
    const [, query] = /--query (\S+)/.exec(asked) ?? [];
    if (query !== 'status' || this.now - begun >= this.lasts) {
      if (query === 'status') this.#end(job);
      return super.other(call);
    }
    this.now += LOOK;
    return Promise.resolve([0, 'Running\n', '']);
  }

  #end(job: string): void {
    const [, found] = [...this.azure].find(([path]) => path.endsWith(`/job/${job}`)) ?? [];
    const { next = [] } = (found ?? {}) as { next?: string[] };
    if (found && next.length) Object.assign(found, { status: next.at(-1), next: [] });
  }

  #vouched({ args }: Call): Answer {
    const right =
      args.includes('Authorization: bearer asked') &&
      args.includes('https://vouch?v=2&audience=api://AzureADTokenExchange');
    return right
      ? [0, JSON.stringify({ value: `vouched-at-${this.now}` }), '']
      : [22, '', 'curl: (22) The requested URL returned error: 401\n'];
  }
}

const EXPIRED = 'AADSTS700024: Client assertion is not within its valid time range.';
const refused = (words: string): Promise<Answer> => Promise.resolve([1, '', `ERROR: ${words}\n`]);
