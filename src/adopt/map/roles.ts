import type { Code } from './code.js';

/** A file that may play a role, the surer the higher. */
export interface Candidate {
  readonly path: string;
  readonly weight: number;
}

const FITS = /\.(fit|train|partial_fit)$|^(xgb|lgb|xgboost|lightgbm)\.train$|(^|\.)automl\.\w+$/;
const SAVES = /(^|\.)(dump|to_pickle|save_model|log_model|register_model|save)$/;
const LOADS_MODEL = /(^|\.)(joblib\.load|pickle\.load|load_model|load)$/;
const READS = /\.read_(csv|parquet|excel|json|sql|table|feather)$/;
const TEST = /(^|\/)(tests?\/|test_[^/]*$|conftest\.py$)|_test\.py$/;

const has = ({ calls }: Code, pattern: RegExp): boolean => calls.some(({ name }) => pattern.test(name));

/** What trains: it fits a model; surer when it also reads data and keeps what came of it. */
export function trainers(code: readonly Code[]): Candidate[] {
  return ranked(code, (one) => {
    if (TEST.test(one.path) || !has(one, FITS)) return 0;
    return 1 + (has(one, SAVES) ? 2 : 0) + (has(one, READS) ? 1 : 0);
  });
}

/** What scores: the two functions that Azure ML calls, else a server, else what loads a model and asks it. */
export function scorers(code: readonly Code[]): Candidate[] {
  return ranked(code, (one) => {
    if (TEST.test(one.path)) return 0;
    if (one.functions.includes('init') && one.functions.includes('run')) return 4;
    const asks = has(one, /\.predict(_proba)?$/);
    if (asks && one.imports.some((module) => /^(fastapi|flask|azureml\.contrib)/.test(module))) return 3;
    return asks && has(one, LOADS_MODEL) && !has(one, FITS) ? 1 : 0;
  });
}

const TESTS = /\b(pytest|unittest|tox|nox)\b|\bmake\s+(test|check)\b/;

/** Workflows and pipelines with a line, which is no comment, that runs tests. */
export function testers(texts: ReadonlyMap<string, string>): Candidate[] {
  return [...texts]
    .filter(([path]) => /^\.github\/workflows\/[^/]+\.ya?ml$|(^|\/)azure-pipelines[^/]*\.ya?ml$/.test(path))
    .map(([path, text]) => {
      const lines = text.split('\n').filter((line) => !/^\s*(#|-?\s*name:)/.test(line) && TESTS.test(line));
      return { path, weight: lines.some((line) => !/\b(pip|uv pip|conda)\s+install\b/.test(line)) ? 1 : 0 };
    })
    .filter(({ weight }) => weight > 0);
}

export function ranked(code: readonly Code[], weigh: (one: Code) => number): Candidate[] {
  return code
    .map((one) => ({ path: one.path, weight: weigh(one) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.path < b.path ? -1 : 1));
}
