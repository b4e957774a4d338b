import { packageFrom } from '../answers/default-name.js';
import { type GivenAnswers, resolve } from '../answers/resolve.js';
import { type AnswerKey, type Answers, answersAt, specOf } from '../answers/schema.js';
import { type Given, valueProblem } from '../answers/validate.js';
import { columnNamed, type Profile } from '../profile/profile.js';
import { tasksOf } from '../profile/targets.js';
import type { Root } from '../render/root.js';
import { derivedFrom, type Derived } from './derive.js';
import type { Seen } from './see.js';
import { pathsAt, pathsFrom } from './templates.js';

/** Every answer of the level with where it comes from: a flag, a file, or undefined for its default. */
export interface Found {
  readonly answers: Answers;
  readonly from: ReadonlyMap<AnswerKey, string>;
}

interface About {
  readonly roots: readonly Root[];
  readonly level: number;
  readonly folder: string;
  readonly profile: Profile;
  readonly team: readonly string[];
  readonly given: GivenAnswers;
  /** Of own data. */
  readonly target?: Derived;
}

/**
 * What is given, then what files say, then defaults.
 *
 * @throws UserError (2) for an answer that is given and wrong
 */
export function answersFor(seen: Seen, about: About): Found {
  const { level, folder, profile, given, target } = about;
  const known = derivedFrom(seen);
  if (target) known.set('target', target);
  const column = columnNamed(profile, String(given.get('target')?.value ?? target?.value ?? ''));
  const task = known.get('task');
  // A classifier of another file cannot predict a number.
  if (task && column && !tasksOf(column).some((each) => each === task.value)) known.delete('task');
  const from = new Map<AnswerKey, string>();
  const all = new Map<AnswerKey, Given>();
  for (const [key, derived] of known) {
    if (specOf(key).since > level) continue;
    all.set(key, { value: derived.value, where: derived.from });
    from.set(key, derived.from);
  }
  for (const [key, value] of given) {
    all.set(key, value);
    from.set(key, value.where);
  }
  const first = resolve({ given: all, level, folder, profile });
  const name = all.has('package') || level === 0 ? undefined : packageFor(first, about);
  if (name && name.value !== first.package) {
    all.set('package', { value: name.value, where: name.from });
    from.set('package', name.from);
  }
  return { answers: resolve({ given: all, level, folder, profile }), from };
}

/**
 * The team's package where templates would write nothing over it; else a name beside it, so that neither hides the other.
 */
export function packageFor(
  answers: Answers,
  { roots, level, team }: Pick<About, 'roots' | 'level' | 'team'>,
): Derived | undefined {
  const paths = [...team];
  const packages = new Set(
    paths.flatMap((path) => /^(?:src\/)?([a-z][a-z0-9_]*)\/__init__\.py$/.exec(path)?.[1] ?? []),
  );
  const free = (name: string): boolean => {
    if (paths.some((path) => path.startsWith(`${name}/`) && path.endsWith('.py'))) return false;
    const own = new Set(
      paths.filter((path) => path.startsWith(`src/${name}/`) && !path.endsWith('/__init__.py')),
    );
    const ours = [...pathsFrom(roots, level, { ...answers, package: name })];
    if (!ours.some((path) => own.has(path))) return true;
    // With nearly all of our modules it is our package.
    const modules = [...pathsAt(roots, level, { ...answers, package: name })].filter((path) =>
      path.startsWith(`src/${name}/`),
    );
    return modules.filter((path) => paths.includes(path)).length > 0.8 * modules.length;
  };
  const fits = (name: string) => !valueProblem('package', name);
  const [own] = [...packages].filter(
    (name) => fits(name) && paths.some((path) => path.startsWith(`src/${name}/`)),
  );
  if (own !== undefined && free(own)) return { value: own, from: `src/${own}/` };
  if (free(answers.package)) return undefined;
  const stem = packageFrom(answers.name).slice(0, 20).replace(/_+$/, '');
  const beside = [`${stem}_ops`, `${stem}_ml`, `${stem}_ops2`].find((name) => fits(name) && free(name));
  return beside === undefined
    ? undefined
    : { value: beside, from: `beside ${answers.package}, where you have modules that templates write too` };
}

/** Every answer of the level, in the order of the schema, as a report lists them. */
export const listed = ({ answers, from }: Found, level: number) =>
  answersAt(level).map((key) => ({ key, value: answers[key], from: from.get(key) ?? null }));
