import { posix } from 'node:path';
import type { Follow } from './hops/follow.js';
import type { Act, Asset, Chain, Job } from './types.js';
import { mapping } from './yaml.js';

const BY_SDK = /\bschedules\.begin_create_or_update\(/;

/**
 * Azure ML's own schedules as chains: what each starts, when something in the repository creates it. Monitors are
 * schedules too, but start no job of the team's.
 */
export function scheduleChains(
  assets: readonly Asset[],
  chains: readonly Chain[],
  follow: Follow,
): readonly Chain[] {
  const jobs = chains.flatMap((chain) => chain.jobs);
  const created = new Set(
    jobs.flatMap(({ acts }) =>
      acts.filter((act) => act.kind === 'asset' && !act.off).map(({ text }) => text),
    ),
  );
  const files = assets.flatMap((asset) => chainOf(asset, created, follow));
  const calls = jobs.flatMap((job) => job.acts.filter((act) => isCall(act)).map((act) => fromCall(act, job)));
  return [...files, ...calls];
}

function chainOf(asset: Asset, created: ReadonlySet<string>, follow: Follow): Chain[] {
  const { path, value } = asset;
  const job = typeof value.create_job === 'string' ? value.create_job : mapping(value.create_job).job;
  if (asset.kind !== 'schedule' || typeof job !== 'string') return [];
  const line = asset.line(['create_job']);
  const off = created.has(`schedule ${path}`) ? {} : { off: 'nothing here creates this schedule' };
  const text = `az ml job create --file ${quoted(job.replace(/^file:/, ''))}`;
  const acts = follow.script({
    ...{ text, language: 'shell', at: { path, line }, dir: posix.dirname(path), env: {}, way: [] },
    ...off,
  });
  return [
    {
      ...{ system: 'azureml', path, line: 1, name: text_(value.display_name) ?? text_(value.name) ?? path },
      started: [{ by: 'schedule', path, line: asset.line(['trigger']), ...off }],
      jobs: [{ id: 'schedule', environment: '', after: [], acts: acts.map((act) => ({ ...act, step: 1 })) }],
    },
  ];
}

const text_ = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const isCall = ({ kind, text, off }: Act): boolean => kind === 'call' && !off && BY_SDK.test(text);

/** What the same step puts together is what the schedule starts: the SDK builds job and schedule in one program. */
function fromCall(call: Act, { acts }: Job): Chain {
  const { path, line, step } = call;
  const within = acts.filter((act) => act.step === step && act !== call);
  return {
    ...{ system: 'azureml', path, line, name: path },
    started: [{ by: 'schedule', path, line }],
    jobs: [{ id: 'schedule', environment: '', after: [], acts: within }],
  };
}
