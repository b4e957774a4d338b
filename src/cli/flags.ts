import { ANSWER_KEYS, specOf } from '../answers/schema.js';

export interface Flag {
  /** What stands after the flag; without it the flag is a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  /** The word it may take, as in --help. */
  readonly takes: string;
  readonly summary: string;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly examples: readonly string[];
}

export const COMMON: Readonly<Record<string, Flag>> = {
  json: { help: 'one JSON document on standard output, everything else on standard error' },
  quiet: { help: 'warnings and errors only' },
  'no-color': { help: 'no colors' },
  dir: { value: 'DIR', help: 'start from this folder' },
  help: { help: 'this text' },
  version: { help: 'the version' },
};

/** Answers as flags, from the schema. */
export const ANSWER_FLAGS: Readonly<Record<string, Flag>> = Object.fromEntries(
  ANSWER_KEYS.map((key) => [key, { value: specOf(key).value, help: specOf(key).help }]),
);

export const NEW_FLAGS: Readonly<Record<string, Flag>> = {
  level: { value: 'N', help: 'level of the maturity model' },
  answers: { value: 'FILE', help: 'read answers from a YAML file; a flag wins over it' },
  yes: { help: 'ask nothing: what is not given takes its default' },
  all: { help: 'ask every question' },
  'dry-run': { help: 'say what would be written, and write nothing' },
  force: { help: 'write into a folder that is not empty; what is there stays' },
  'no-git': { help: 'no git init and no first commit' },
};

/** Every verb that this version has. */
export const COMMANDS = {
  new: {
    takes: '[DIR]',
    summary: 'write a new repository at a level of the maturity model',
    flags: { ...NEW_FLAGS, ...ANSWER_FLAGS },
    examples: [
      'azmlops new churn --level 1',
      'azmlops new churn --level 2 --yes --task regression --endpoint both',
      'azmlops new churn --level 1 --yes --teams.data-science=contoso/ds',
    ],
  },
  levels: {
    takes: '[N]',
    summary: 'the maturity model, or one level of it, in the terminal',
    flags: {},
    examples: ['azmlops levels', 'azmlops levels 2'],
  },
} as const satisfies Record<string, Command>;

export type Verb = keyof typeof COMMANDS;

export const VERBS = Object.keys(COMMANDS) as Verb[];

export const commandOf = (verb: Verb): Command => COMMANDS[verb];
