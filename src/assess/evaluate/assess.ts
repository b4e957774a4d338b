import type { Condition, Model } from '../../levels/model.js';
import { overlaid } from '../overlay.js';
import { type Context, contextOf } from '../rules/context.js';
import type { AssessedRow, Assessment, Facts, Told } from '../types.js';
import { hasMachineLearning } from './machine-learning.js';
import { allMet, assessRow } from './rows.js';

/** All of an assessment but what the rules do not say: the name, the findings and the manifest's level. */
export type Assessed = Omit<Assessment, 'name' | 'findings' | 'recorded'>;

/**
 * Which level a repository is at, and on what evidence. `.azmlops/maturity.yml` of the repository is laid over the
 * model first.
 *
 * @throws UserError (2) when that file is broken; the message names the place.
 */
export function assess(
  facts: Facts,
  ours: Model,
  told: Readonly<Record<string, Told>> = {},
  { model, notes } = overlaid(ours, facts.files),
): Assessed {
  const all = [...facts.notes, ...notes];
  if (!hasMachineLearning(facts)) return without(model, told, all);
  const context = contextOf(facts, model.acts);
  const rows = model.characteristics.map((row) => assessRow(row, context));
  const level = levelOf(model, rows, context);
  return {
    ml: true,
    level,
    dimensions: dimensionsOf(model, rows),
    rows,
    definition: (model.levels[level + 1]?.definition ?? []).map((condition) => ({
      says: condition.says,
      met: isMet(condition, rows, context),
      rows: condition.any.flatMap((one) => ('characteristic' in one ? [one.characteristic] : [])),
    })),
    told,
    notes: [...new Set(all)],
  };
}

/** The level of a repository: the highest whose definition, and that of all levels below, is met. */
function levelOf(model: Model, rows: readonly AssessedRow[], context: Context): number {
  const failing = model.levels.findIndex(
    (level) => !level.definition.every((condition) => isMet(condition, rows, context)),
  );
  return (failing === -1 ? model.levels.length : failing) - 1;
}

function isMet(condition: Condition, rows: readonly AssessedRow[], context: Context): boolean {
  return condition.any.some((one) =>
    'evidence' in one
      ? allMet(one.evidence, context)
      : (rows.find(({ id }) => id === one.characteristic)?.holds ?? 0) >= one.holds,
  );
}

function dimensionsOf(model: Model, rows: readonly AssessedRow[]): Assessment['dimensions'] {
  const of = (id: string) => {
    const held = model.characteristics
      .filter(({ dimension }) => dimension === id)
      .flatMap((row) => rows.find((one) => one.id === row.id)?.holds ?? []);
    return held.length ? Math.min(...held) : null;
  };
  return { creation: of('creation'), release: of('release'), app: of('app') };
}

/** Of a repository without machine learning. */
function without(model: Model, told: Readonly<Record<string, Told>>, notes: readonly string[]): Assessed {
  return {
    ml: false,
    level: null,
    dimensions: { creation: null, release: null, app: null },
    rows: model.characteristics.map(({ id, seen }) => ({
      id,
      label: seen ? 'not met' : 'cannot be seen',
      holds: seen ? 0 : null,
      evidence: [],
      next: null,
      nearly: [],
    })),
    definition: [],
    told,
    notes: [...new Set(notes)],
  };
}
