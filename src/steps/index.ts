import type { Answers } from '../answers/schema.js';
import type { Lift, Move } from '../merge/types.js';
import { contextOf } from '../render/context.js';
import { renderOverlays } from '../render/overlays.js';
import type { Root } from '../render/root.js';
import type { FileTree } from '../render/tree.js';
import { toLevel1 } from './level-1/index.js';
import { toLevel2 } from './level-2/index.js';
import { toLevel3 } from './level-3/index.js';
import { toLevel4 } from './level-4/index.js';
import type { Step } from './step.js';

export { type OwnImport, ownImports, packageMoves } from './package.js';
export type { Stage, Step } from './step.js';

const STEPS: readonly Step[] = [toLevel1, toLevel2, toLevel3, toLevel4];

/**
 * The moves and the lift of all steps on the way up, for the answers of the target. Each lift works on what the one before
 * it made, and knows the levels it stands between as this version renders them.
 */
export async function stepsBetween(
  roots: readonly Root[],
  from: number,
  to: number,
  answers: Answers,
): Promise<{ moves: Move[]; lift?: Lift }> {
  const steps = STEPS.filter((step) => step.to > from && step.to <= to);
  const moves = steps.flatMap((step) => step.moves(answers.package));
  const lifts: Lift[] = [];
  const rendered = new Map<number, FileTree>();
  const at = (level: number): FileTree => {
    const tree = rendered.get(level) ?? renderOverlays(roots, level, contextOf(level, answers));
    rendered.set(level, tree);
    return tree;
  };
  for (const step of steps)
    if (step.lift) lifts.push(await step.lift({ before: at(step.to - 1), after: at(step.to), answers }));
  if (!lifts.length) return { moves };
  const lift: Lift = (tree) =>
    lifts.reduce<ReturnType<Lift>>(
      (made, next) => {
        const { tree: lifted, notes } = next(made.tree);
        return { tree: lifted, notes: [...made.notes, ...notes] };
      },
      { tree, notes: [] },
    );
  return { moves, lift };
}
