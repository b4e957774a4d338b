import { lookInto } from '../assess/engine.js';
import { assess } from '../assess/evaluate/assess.js';
import { openFiles } from '../assess/files/index.js';
import { classifier, ofOne } from '../assess/rules/classify.js';
import type { Facts } from '../assess/types.js';
import { UserError } from '../errors.js';
import { loadModel } from '../levels/load.js';
import type { Model } from '../levels/model.js';
import type { Candidate } from './map/roles.js';

export interface LevelFound {
  readonly level: number;
  /** In a few words: what said so. */
  readonly from: string;
  /** Workflows and pipelines that test what is changed, where chains were followed. */
  readonly tests?: readonly Candidate[];
}

/**
 * The level that a repository is at, as `azmlops assess` sees it.
 *
 * @throws UserError (2) when nothing in it shows machine learning
 */
export async function levelOf(dir: string): Promise<LevelFound> {
  const ours = await loadModel();
  const { facts, laid } = lookInto(await openFiles(dir), ours);
  const { level } = assess(facts, ours, {}, laid);
  if (level === null)
    throw new UserError(
      'Nothing here shows machine learning, so it has no level.',
      'Say which one it is to be taken for: --level N.',
    );
  return { level, from: 'azmlops assess', tests: testersIn(facts, laid.model) };
}

/** Those that start by themselves, and run tests that are not switched off; within the folder, relative to it. */
function testersIn(facts: Facts, { acts }: Model): Candidate[] {
  const { within } = facts.files;
  const classes = classifier(acts, facts);
  const paths = facts.chains
    .filter(({ started }) =>
      started.some(({ by, off }) => !off && (by === 'change' || by === 'pull-request')),
    )
    .filter(({ jobs }) =>
      jobs.some((job) => job.acts.some((act) => act.off === undefined && ofOne(classes(act), ['test']))),
    )
    .map(({ path }) => path)
    .filter((path) => path.startsWith(within));
  return [...new Set(paths)].sort().map((path) => ({ path: path.slice(within.length), weight: 1 }));
}
