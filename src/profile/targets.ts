import type { Column, Profile } from './profile.js';

export const TASKS = ['classification', 'regression'] as const;

export type Task = (typeof TASKS)[number];

/** Up to so many different whole numbers are taken for classes, and up to so many may be when somebody says so. */
const CLASSES = { likely: 10, most: 20 } as const;

/** One value only, even if some rows have none. */
export const hasOneValue = ({ constant, distinct }: Column): boolean => constant === true || distinct === 1;

/** The tasks whose model can predict this column, the likely one first. */
export function tasksOf(column: Column): readonly Task[] {
  const { type, categories } = column;
  if (hasOneValue(column)) return [];
  if (type === 'category' || type === 'boolean') return ['classification'];
  if (type === 'decimal') return ['regression'];
  if (type !== 'whole') return [];
  // Only so few values are listed; of a column that looks personal none are, and nobody knows how many there are.
  if (!categories || categories.length > CLASSES.most) return ['regression'];
  return categories.length > CLASSES.likely ? ['regression', 'classification'] : TASKS;
}

/** Why no model can predict a column, as the end of a sentence that begins with it. */
export function whyNoTarget(column: Column): string | undefined {
  const { type, missing } = column;
  if (hasOneValue(column))
    return missing === 1 ? 'has no value in any row' : 'holds one value only, so there is one class';
  if (type === 'id') return 'only tells which case a row is about';
  if (type === 'date') return 'is a date';
  return type === 'text' ? 'is text of too many different values to be classes' : undefined;
}

/** Why a column that can be predicted cannot be by this task, as the end of a sentence that begins with it. */
export function whyNotBy(task: string, column: Column): string {
  const [only] = tasksOf(column);
  if (task === 'regression' || column.type === 'decimal') return `only that of a ${only}`;
  if (column.personal) return 'as it looks like personal data, of whose values nothing is kept';
  const many = column.distinct === undefined ? '' : `it has ${column.distinct} different values, and `;
  return `as ${many}only a column of at most ${CLASSES.most} whole numbers can hold classes`;
}

/** Columns that a model of this task can be trained to predict. */
export const targetsFor = (profile: Profile, task: string): Column[] =>
  profile.columns.filter((column) => tasksOf(column).some((each) => each === task));

/** Names that people give to what is to be predicted, the surest first. */
const LIKELY = [
  /^(target|label|y|outcome|class|response|dependent)$/i,
  /^(is_?|has_?)?(churn|default|fraud|survived?|convert|click|attrition|cancel|diagnos|quality|species)/i,
  /(^|[_\s.-])(target|label|class|outcome)$|_flag$|(^|[_\s.-])(price|sales|amount|demand|score|status)$/i,
];

/** Every column that can be predicted, those that probably are to be first: by their names, then the last of the file. */
export function likelyTargets(profile: Profile): Column[] {
  const last = profile.columns.at(-1);
  const rank = ({ name, personal }: Column): number => {
    if (personal) return LIKELY.length + 2;
    const named = LIKELY.findIndex((pattern) => pattern.test(name));
    if (named !== -1) return named;
    return LIKELY.length + (name === last?.name ? 0 : 1);
  };
  return profile.columns
    .filter((column) => tasksOf(column).length > 0)
    .map((column) => ({ column, rank: rank(column) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ column }) => column);
}
