import type { Acts } from '../../levels/acts.js';
import type { PythonRule, Rule } from '../../levels/rule.js';
import type { Chain, Evidence, Facts } from '../types.js';
import type { AllDone } from './done.js';
import type { TestFile } from './tests.js';
import { classifier, type Classifier } from './classify.js';

/** What rules are asked with, and what was found out along the way. */
export interface Context {
  readonly facts: Facts;
  readonly acts: Acts;
  readonly classify: Classifier;
  readonly done: Map<Chain, AllDone>;
  readonly verdicts: Map<Rule, Verdict>;
  readonly python: Map<PythonRule, readonly Evidence[]>;
  readonly tests: Map<string, TestFile | undefined>;
}

export interface Verdict {
  readonly met: boolean;
  readonly evidence: readonly Evidence[];
  /** What looked like it, and why it is none. */
  readonly nearly: readonly Evidence[];
}

export const contextOf = (facts: Facts, acts: Acts): Context => ({
  facts,
  acts,
  classify: classifier(acts, facts),
  done: new Map(),
  verdicts: new Map(),
  python: new Map(),
  tests: new Map(),
});

export const NOT: Verdict = { met: false, evidence: [], nearly: [] };
