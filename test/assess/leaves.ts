import type { Model } from '../../src/levels/model.js';
import type { Rule } from '../../src/levels/rule.js';
import { type Context, contextOf } from '../../src/assess/rules/context.js';
import { meets } from '../../src/assess/rules/meets.js';
import type { FileTree } from '../../src/render/tree.js';
import { factsOfTree } from './assessed.js';

/** One alternative of maturity.yml: what is asked of files, without what joins it to others. */
export interface Leaf {
  /** Where it stands: `creation.data L1 0.2`, the place in lists of lists. */
  readonly id: string;
  readonly row: string;
  /** -1: short of the first level. */
  readonly level: number;
  readonly rule: Rule;
}

/** All of a model, of rows and of levels; what must not be (`none`) is left out. */
export const leavesOf = (model: Model): Leaf[] => [
  ...model.characteristics.flatMap(({ id, evidence, partly }) => [
    ...evidence.flatMap((rules, level) => within(rules ?? [], { id: `${id} L${level}`, row: id, level })),
    ...within(partly, { id: `${id} partly`, row: id, level: -1 }),
  ]),
  ...model.levels.flatMap(({ number, definition }) =>
    definition.flatMap(({ any }, n) =>
      any.flatMap((one) =>
        'evidence' in one
          ? within(one.evidence, { id: `level ${number} ${n}`, row: `level ${number}`, level: number })
          : [],
      ),
    ),
  ),
];

function within(rules: readonly Rule[], at: Omit<Leaf, 'rule'>): Leaf[] {
  return rules.flatMap((rule, n): Leaf[] => {
    const id = `${at.id}.${n}`;
    if ('none' in rule) return [];
    if ('any' in rule) return within(rule.any, { ...at, id });
    if ('all' in rule) return within(rule.all, { ...at, id });
    return [{ ...at, id, rule }];
  });
}

/** What rules are asked of a tree with. */
export const asking = (tree: FileTree, model: Model): Context => contextOf(factsOfTree(tree), model.acts);

export const verdictOf = (leaf: Leaf, context: Context) => meets(leaf.rule, context);
