import { isAnswerKey, specOf } from '../answers/schema.js';
import { ANSWER_FLAGS, COMMON, commandOf, type Flag, type Verb, VERBS } from './flags.js';
import { wrap } from './output.js';

/** What --help prints, for the program or for one command. */
export function helpText(verb: Verb | undefined, width: number): string {
  return (verb ? commandHelp(verb, width) : programHelp(width)).join('\n') + '\n';
}

function programHelp(width: number): string[] {
  return [
    'azmlops writes Azure Machine Learning repositories, level by level of the MLOps maturity model.',
    '',
    'Usage: azmlops COMMAND [flags]',
    '',
    ...VERBS.flatMap((verb) => row(`${verb} ${commandOf(verb).takes}`, commandOf(verb).summary, width)),
    '',
    'For every command:',
    ...rows(COMMON, width),
    '',
    'Exit: 0 done; 1 done, and a person must act; 2 bad usage or answer; 3 refused; 70 a bug in azmlops;',
    '130 interrupted at a question, nothing was written.',
  ];
}

function commandHelp(verb: Verb, width: number): string[] {
  const { takes, summary, flags, examples } = commandOf(verb);
  const own = Object.entries(flags).filter(([name]) => !isAnswerKey(name));
  // Below level 1 there is nothing to move up from: those answers are chosen already.
  const answers = Object.entries(verb === 'set' ? ANSWER_FLAGS : flags).filter(
    ([name]) => isAnswerKey(name) && (verb !== 'upgrade' || specOf(name).since > 0),
  );
  return [
    `azmlops ${verb}: ${summary}`,
    '',
    `Usage: azmlops ${verb} ${takes} [flags]`,
    '',
    ...(own.length ? ['Flags:', ...rows(Object.fromEntries(own), width), ''] : []),
    ...(answers.length ? [ANSWERS_ARE[verb] ?? '', ...rows(Object.fromEntries(answers), width), ''] : []),
    'For every command:',
    ...rows(COMMON, width),
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
  ];
}

const ANSWERS_ARE: Partial<Record<Verb, string>> = {
  new: 'Answers, each also a key of the answers file:',
  adopt: 'Answers, each also a key of the answers file; without them, what files say:',
  upgrade: 'Answers that a level brings, each also a key of the answers file:',
  set: 'Answers, written KEY=VALUE without the hyphens:',
};

function rows(flags: Readonly<Record<string, Flag>>, width: number): string[] {
  return Object.entries(flags).flatMap(([name, { value, help }]) => {
    const choices = isAnswerKey(name) ? specOf(name).choices : undefined;
    const listed = choices ? `${help} (${choices.join(', ')})` : help;
    return row(value ? `--${name} ${value}` : `--${name}`, listed, width);
  });
}

const COLUMN = 32;

function row(left: string, right: string, width: number): string[] {
  const [first = '', ...more] = wrap(right, Math.max(width - COLUMN - 2, 30));
  const start =
    left.length < COLUMN - 1
      ? [`  ${left.padEnd(COLUMN)}${first}`]
      : [`  ${left}`, `  ${' '.repeat(COLUMN)}${first}`];
  return [...start, ...more.map((line) => `  ${' '.repeat(COLUMN)}${line}`)];
}
