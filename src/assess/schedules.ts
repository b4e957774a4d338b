import type { follower } from './hops/follower.js';
import type { Act, Asset, Chain, Job } from './types.js';

const BY_SDK = /\bschedules\.begin_create_or_update\(/;

/**
 * Azure ML's own schedules as chains: what each starts, when something in the repository creates it. Monitors are
 * schedules too, but start no job of the team's.
 */
export function scheduleChains(
  assets: readonly Asset[],
  chains: readonly Chain[],
  follow: ReturnType<typeof follower>,
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

function chainOf(asset: Asset, created: ReadonlySet<string>, follow: ReturnType<typeof follower>): Chain[] {
  const { path, value } = asset;
  if (asset.kind !== 'schedule') return [];
  const off = created.has(`schedule ${path}`) ? {} : { off: 'nothing here creates this schedule' };
  const name = [value.display_name, value.name].find((one) => typeof one === 'string') ?? path;
  const acts = follow.asset(path).map((act) => ({ ...off, ...act, step: 1 }));
  return [
    {
      ...{ system: 'azureml', path, line: 1, name },
      started: [{ by: 'schedule', path, line: asset.line(['trigger']), ...off }],
      jobs: [{ id: 'schedule', environment: '', after: [], acts }],
    },
  ];
}

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
