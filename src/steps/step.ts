import type { Answers } from '../answers/schema.js';
import type { Lift, Move } from '../merge/types.js';
import type { FileTree } from '../render/tree.js';

/** This version's render at the level below and at the level of a step, both with the answers of the target. */
export interface Stage {
  readonly before: FileTree;
  readonly after: FileTree;
  readonly answers: Answers;
}

/** What one level's upgrade does besides new templates. */
export interface Step {
  readonly to: number;
  moves(pkg: string): readonly Move[];
  lift?(stage: Stage): Promise<Lift>;
}
