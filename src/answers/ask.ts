import type { Readable, Writable } from 'node:stream';
import { columnNamed, type Profile } from '../profile/profile.js';
import { hasOneValue, tasksOf } from '../profile/targets.js';
import { columnWord, sensitiveProblems, targetMissing } from './columns.js';
import { defaults, type GivenAnswers } from './resolve.js';
import { type AnswerKey, answersAt, specOf } from './schema.js';
import { type Counts, type ListedChoice, targetChoices } from './target.js';
import { answerText, entriesOf, type Given, valueProblem } from './validate.js';

interface Asked {
  readonly given: GivenAnswers;
  /** As given; asked for when it is not. */
  readonly level: number | undefined;
  readonly levels: readonly { readonly number: number; readonly name: string }[];
  readonly folder: string;
  readonly profile: Profile;
  /** Of own data that was just read: how many rows hold each value. */
  readonly counts?: Counts | undefined;
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
    const value = await question(key, proposed, { ...asked, given }, streams);
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
  known: Pick<Asked, 'given' | 'folder' | 'profile' | 'counts'> & { readonly level: number },
  streams: Streams,
): Promise<GivenAnswers> {
  const given = new Map(known.given);
  const asked = new Map<AnswerKey, Given>();
  for (const key of keys) {
    const value = await question(key, defaults({ ...known, given })[key], { ...known, given }, streams);
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
  known: Pick<Asked, 'given' | 'profile' | 'counts'>,
  streams: Streams,
): Promise<string> {
  const { select, search } = await import('@inquirer/prompts');
  const { question: message } = specOf(key);
  if (key === 'target') tellOthers(known.profile, streams);
  const choices = choicesOf(key, known);
  if (choices && !choices.length)
    throw targetMissing(known.profile, answerText(known.given.get('task')?.value ?? ''));
  if (choices && choices.length <= LISTED)
    return select({ message, choices, default: proposed, loop: false, pageSize: 12 }, streams);
  if (choices)
    return search({ message, pageSize: 12, source: (typed = '') => matching(choices, typed) }, streams);
  const { textPrompt } = await import('./text-prompt.js');
  const problem = (value: string) =>
    key === 'sensitive' ? sensitiveProblem(value, known) : valueProblem(key, value);
  return textPrompt({ message, proposed, problem }, streams);
}

/** Of a longer list somebody types a part. */
const LISTED = 30;

const matching = (choices: readonly ListedChoice[], typed: string): ListedChoice[] =>
  choices.filter(({ value }) => value.toLowerCase().includes(typed.trim().toLowerCase()));

function choicesOf(
  key: AnswerKey,
  { given, profile, counts }: Pick<Asked, 'given' | 'profile' | 'counts'>,
): ListedChoice[] | undefined {
  const chosen = (of: AnswerKey) => answerText(given.get(of)?.value ?? '');
  if (key === 'target') return targetChoices(profile, chosen('task'), counts);
  const column = key === 'task' ? columnNamed(profile, chosen('target')) : undefined;
  const values = column ? tasksOf(column) : specOf(key).choices;
  return values?.map((value) => ({ value, name: value }));
}

function sensitiveProblem(
  value: string,
  { profile, given }: Pick<Asked, 'given' | 'profile'>,
): string | undefined {
  const target = answerText(given.get('target')?.value ?? '');
  return sensitiveProblems(profile, { target, sensitive: entriesOf(value) })[0];
}

/** Says in a line which columns are not in the list, and why. */
function tellOthers(profile: Profile, { output }: Streams): void {
  const others = profile.columns.filter((column) => !tasksOf(column).length);
  if (!others.length) return;
  const told = others.slice(0, LISTED).map((column) => {
    const why = hasOneValue(column) ? 'constant' : column.type;
    return `${columnWord(column.name)} (${why})`;
  });
  const more = others.length > LISTED ? ` and ${others.length - LISTED} more` : '';
  output.write(`Cannot be predicted: ${told.join(', ')}${more}.\n`);
}
