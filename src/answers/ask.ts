import type { Readable, Writable } from 'node:stream';
import { columnNamed, groupings, type Profile, targetsFor } from '../profile/profile.js';
import { defaults, type GivenAnswers } from './resolve.js';
import { type AnswerKey, answersAt, specOf } from './schema.js';
import { entriesOf, type Given, valueProblem } from './validate.js';

interface Asked {
  readonly given: GivenAnswers;
  /** As given; asked for when it is not. */
  readonly level: number | undefined;
  readonly levels: readonly { readonly number: number; readonly name: string }[];
  readonly folder: string;
  readonly profile: Profile;
  readonly all: boolean;
}

interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Asks for what was not given: the level and the first questions, or all of them. */
export async function ask(asked: Asked, streams: Streams): Promise<{ given: GivenAnswers; level: number }> {
  const given = new Map(asked.given);
  const one = async (key: AnswerKey, level: number) => {
    if (given.has(key)) return;
    const proposed = defaults({ given, level, folder: asked.folder, profile: asked.profile })[key];
    const value = await question(key, proposed, given, asked.profile, streams);
    given.set(key, { value, where: `--${key}` });
  };
  await one('target', 0);
  const level = asked.level ?? (await askLevel(asked.levels, streams));
  const wanted = answersAt(level).filter((key) => asked.all || specOf(key).first);
  for (const key of wanted) await one(key, level);
  return { given, level };
}

/** Asks for these answers, in the order of the schema. */
export async function askFor(
  keys: readonly AnswerKey[],
  known: Pick<Asked, 'given' | 'folder' | 'profile'> & { readonly level: number },
  streams: Streams,
): Promise<GivenAnswers> {
  const given = new Map(known.given);
  const asked = new Map<AnswerKey, Given>();
  for (const key of keys) {
    const value = await question(key, defaults({ ...known, given })[key], given, known.profile, streams);
    for (const map of [given, asked]) map.set(key, { value, where: `--${key}` });
  }
  return asked;
}

async function askLevel(levels: Asked['levels'], streams: Streams): Promise<number> {
  const { select } = await import('@inquirer/prompts');
  const choices = levels.map(({ number, name }) => ({ value: number, name: `${number}  ${name}` }));
  return select({ message: 'Level of the maturity model', choices }, streams);
}

async function question(
  key: AnswerKey,
  proposed: string,
  given: ReadonlyMap<AnswerKey, Given>,
  profile: Profile,
  streams: Streams,
): Promise<string> {
  const { select, search } = await import('@inquirer/prompts');
  const { question: message, choices } = specOf(key);
  const listed =
    key === 'target' ? targetChoices(profile, given) : choices?.map((value) => ({ value, name: value }));
  if (listed) return select({ message, choices: listed, default: proposed, loop: false }, streams);
  // `search` is the one prompt of the library that judges at each key: its only finding is what was typed.
  return search<string>(
    {
      message,
      source: (typed) => {
        const value = typed ?? proposed;
        const wrong = key === 'sensitive' ? sensitiveProblem(value, profile) : valueProblem(key, value);
        if (wrong) throw new Error(wrong);
        return [{ value, name: value || '(none)' }];
      },
    },
    streams,
  );
}

function targetChoices(profile: Profile, given: GivenAnswers) {
  const task = given.get('task')?.value;
  const tasks = typeof task === 'string' ? [task] : ['classification', 'regression'];
  return tasks.flatMap((each) =>
    targetsFor(profile, each).map(({ name }) => ({ value: name, name: `${name} (${each})` })),
  );
}

function sensitiveProblem(value: string, profile: Profile): string | undefined {
  const allowed = groupings(profile).map(({ name }) => name);
  const wrong = entriesOf(value).find((name) => !columnNamed(profile, name) || !allowed.includes(name));
  return wrong === undefined ? undefined : `${wrong}: not one of ${allowed.join(', ')}.`;
}
