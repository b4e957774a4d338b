import { loadModel } from '../../levels/load.js';
import type { Conditional, Environment, Variable } from '../../levels/brought.js';
import { contextOf } from '../../render/context.js';
import type { Manifest } from '../../manifest/read.js';

/** What GitHub must have for a repository of this level and with these answers, from maturity.yml. */
export interface Expected {
  readonly environments: readonly Environment[];
  readonly variables: readonly Variable[];
}

export async function expectedOf({ level, answers }: Manifest): Promise<Expected> {
  const model = await loadModel();
  const context: Readonly<Record<string, unknown>> = contextOf(level, answers);
  const holds = ({ if: names }: Conditional) => names.every((name) => Boolean(context[name]));
  const below = model.levels.filter(({ number }) => number <= level);
  return {
    environments: below.flatMap(({ environments }) => environments).filter(holds),
    variables: below.flatMap(({ variables }) => variables).filter(holds),
  };
}
