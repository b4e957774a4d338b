import { columnNamed, type Profile } from '../../profile/profile.js';
import { tasksOf } from '../../profile/targets.js';
import type { Code } from './code.js';
import type { Candidate } from './roles.js';

/** How code that trains says which column it predicts, and how sure that is. */
const SAYS: readonly (readonly [RegExp, number])[] = [
  [/^\s*y\w*\s*=\s*\w+\[\s*["']([^"'\n]+)["']\s*\]/gm, 4],
  [/^\s*y\w*\s*=\s*\w+\.([A-Za-z_]\w*)\s*(?:#.*)?$/gm, 4],
  [/\b(?:target|label)(?:_?(?:col|column|name|column_name))?\s*=\s*["']([^"'\n]+)["']/gim, 4],
  [/\.fit\(.*,\s*(?:y\w*\s*=\s*)?\w+\[\s*["']([^"'\n]+)["']\s*\]\s*[,)]/g, 3],
  [/\.pop\(\s*["']([^"'\n]+)["']\s*\)/g, 3],
  [/\.drop\(\s*(?:columns\s*=\s*)?\[?\s*["']([^"'\n]+)["']/g, 1],
];

/** Columns of the data that code takes for what is predicted, the surest first; their `path` is the column. */
export function targetsIn(code: readonly Code[], profile: Profile): Candidate[] {
  const weights = new Map<string, number>();
  for (const { source } of code) {
    const plain = source.replace(/^\s*#.*$/gm, '');
    for (const [pattern, weight] of SAYS)
      for (const [, name = ''] of plain.matchAll(pattern)) {
        const column = columnNamed(profile, name);
        if (column && tasksOf(column).length) weights.set(name, Math.max(weight, weights.get(name) ?? 0));
      }
  }
  return [...weights]
    .map(([path, weight]) => ({ path, weight }))
    .sort((a, b) => b.weight - a.weight || (a.path < b.path ? -1 : 1));
}

const TASK = {
  classification: /(Classifier|LogisticRegression|LinearSVC|(^|\.)SVC|GaussianNB|MultinomialNB)(CV)?$/,
  regression: /(Regressor|LinearRegression|Ridge|Lasso|ElasticNet|(^|\.)SVR)(CV)?$/,
} as const;

/** The task of the models that code makes; undefined when it makes none, or of both kinds. */
export function taskIn(code: readonly Code[]): 'classification' | 'regression' | undefined {
  const names = code.flatMap(({ calls }) => calls.map(({ name }) => name));
  const found = (['classification', 'regression'] as const).filter((task) =>
    names.some((name) => TASK[task].test(name)),
  );
  return found.length === 1 ? found[0] : undefined;
}
