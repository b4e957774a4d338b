import {
  type Answer,
  type Check,
  type Context,
  few,
  inRepository,
  notAsked,
  ok,
  type Ours,
  wrong,
} from '../check.js';
import type { Repository } from '../../repository/open.js';
import { shellWord } from '../../upgrade/shell-word.js';
import { count } from '../../upgrade/report-words.js';
import { seen } from '../../cli/seen.js';
import { withoutEnvironments } from './environments.js';
import { expectedOf } from './expected.js';
import { type Use, variablesUsed } from './used.js';

export const VARIABLES: Check = {
  id: 'variables',
  group: 'github',
  asks: 'the variables',
  since: 1,
  limit: 9,
  ask: inRepository(variables),
};

async function variables(
  { manifest }: Repository,
  ours: Ours,
  { github }: Context,
): Promise<Answer | Answer[]> {
  const { by, unread } = variablesUsed(await ours.files());
  const expected = await expectedOf(manifest);
  const known = await github.variables();
  if (!('value' in known)) return notAsked(known.why, known.mend);
  const organisation = await github.get('actions/organization-variables?per_page=30');
  const shared = new Set([...known.value.map(({ name }) => name), ...namesOf(organisation)]);
  const without = await withoutEnvironments(
    github,
    expected.environments.map(({ name }) => name),
  );
  const text = new Map(expected.variables.map((each) => [each.name, each.text]));
  const answers = await Promise.all(
    [...by].map(async ([environment, uses]): Promise<Answer[]> => {
      const own = environment === '' || without ? undefined : await github.variables(environment);
      const about = environment || 'repository';
      if (own && !('value' in own) && !own.absent) return [notAsked(own.why, undefined, about)];
      const set = new Set([...shared, ...(own && 'value' in own ? own.value.map(({ name }) => name) : [])]);
      const missing = uses.flatMap((use) => lacking(use, set, without ? environment : ''));
      const where = environment ? `environment ${seen(environment)}` : 'repository';
      if (!missing.length)
        return [ok(`${where}: ${count(uses.length, 'variable')} that workflows read, all set`, about)];
      const named = missing.map((name) => {
        const means = text.get(name);
        return means === undefined ? name : `${name} (${means})`;
      });
      return [
        wrong(
          `${where}: not set, and workflows read it: ${few(named, 6)}`,
          mendFor(missing, text, environment),
          about,
        ),
      ];
    }),
  );
  const lost = unread.map((path) =>
    notAsked(`${path} is no YAML`, `azmlops explain ${shellWord(path)}`, path),
  );
  const all = [...answers.flat(), ...lost];
  return all.length ? all : ok('no workflow reads a variable');
}

/** The names that are missing: of several of which one is enough, the one that holds everywhere. */
function lacking({ names }: Use, set: ReadonlySet<string>, place: string): string[] {
  // Without environments those of a place begin with its name; the plain one is that of development.
  const own = place && names.find((name) => name.startsWith(`${place.toUpperCase()}_`));
  if (own) return set.has(own) ? [] : [own];
  const last = names.at(-1);
  return last === undefined || names.some((name) => set.has(name)) ? [] : [last];
}

function mendFor(
  missing: readonly string[],
  known: ReadonlyMap<string, string>,
  environment: string,
): string {
  const [own] = missing.filter((name) => !known.has(name));
  if (own === undefined) return 'scripts/setup.sh';
  return `gh variable set ${own}${environment ? ` --env ${shellWord(environment)}` : ''} --body VALUE`;
}

/** Of the organisation, as far as they are shared with this repository; who may not ask has none to count on. */
function namesOf(asked: object): string[] {
  const value = 'value' in asked ? (asked.value as { variables?: unknown }) : {};
  const list = Array.isArray(value.variables) ? (value.variables as { name?: unknown }[]) : [];
  return list.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}
