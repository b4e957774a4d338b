import { ANSWER_KEYS, specOf } from '../answers/schema.js';

export interface Flag {
  /** What stands after the flag; without it the flag is a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  /** The words it may take, as in --help. */
  readonly takes: string;
  /** More than one word. */
  readonly many?: true;
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

const NEW_FLAGS: Readonly<Record<string, Flag>> = {
  level: { value: 'N', help: 'level of the maturity model' },
  data: { value: 'FILE', help: 'your data, a CSV file; without it, the example of the penguins' },
  answers: { value: 'FILE', help: 'read answers from a YAML file; a flag wins over it' },
  yes: { help: 'ask nothing: what is not given takes its default' },
  all: { help: 'ask every question' },
  'dry-run': { help: 'say what would be written, and write nothing' },
  force: { help: 'write into a folder that is not empty; what is there stays' },
  'no-git': { help: 'no git init and no first commit' },
};

/** How a change of an existing repository is looked at, written and handed over. */
const CHANGE_FLAGS: Readonly<Record<string, Flag>> = {
  'dry-run': { help: 'say what would happen to each file, and write nothing' },
  diff: { help: 'show the patch, and write nothing' },
  commit: { help: 'commit what is written, with your hooks, identity and signature' },
  branch: { value: 'NAME', help: 'commit it on a new branch, and stay there' },
  pr: { help: 'with --branch: push the branch, and open a pull request with gh' },
  rebase: { help: 'when the baseline is missing or damaged, render it anew with this version' },
  status: { help: 'say what is open: written and not committed, or interrupted' },
  abort: { help: 'undo what was written and is not committed' },
  force: { help: 'with --abort: also what was edited since' },
};

const ADOPT_FLAGS: Readonly<Record<string, Flag>> = {
  level: { value: 'N', help: 'level of the maturity model; without it, the one that its files show' },
  data: {
    value: 'FILE',
    help: 'your data, a CSV file; without it, the one that the code which trains reads',
  },
  answers: { value: 'FILE', help: 'read answers from a YAML file; a flag wins over it' },
  yes: { help: 'ask nothing: what cannot be seen takes what is likeliest' },
  'dry-run': { help: 'say what was found and would be written, and write nothing' },
};

const ANSWERS_AND_YES: Readonly<Record<string, Flag>> = {
  answers: {
    value: 'FILE',
    help: 'read answers that the level brings from a YAML file; a flag wins over it',
  },
  yes: { help: 'ask nothing: what is not given takes its default' },
};

/** Every verb that this version has. */
export const COMMANDS = {
  new: {
    takes: '[DIR]',
    summary: 'write a new repository at a level of the maturity model',
    flags: { ...NEW_FLAGS, ...ANSWER_FLAGS },
    examples: [
      'azmlops new churn --level 1 --data churn.csv --target churned',
      'azmlops new churn --level 1',
      'azmlops new churn --level 2 --yes --task regression --endpoint both',
      'azmlops new churn --level 1 --yes --teams.data-science=contoso/ds',
    ],
  },
  upgrade: {
    takes: '[DIR…]',
    many: true,
    summary: 'move this repository up, one level or --to N, with everything its team changed in it',
    flags: {
      to: { value: 'N', help: 'the level to move to; one level up without it' },
      ...ANSWERS_AND_YES,
      ...CHANGE_FLAGS,
      ...ANSWER_FLAGS,
    },
    examples: [
      'azmlops upgrade --dry-run',
      'azmlops upgrade --to 3 --gate typed',
      'azmlops upgrade services/* --branch level-2 --pr',
    ],
  },
  update: {
    takes: '[DIR…]',
    many: true,
    summary: 'stay at the level, and take over the templates of this version of azmlops',
    flags: CHANGE_FLAGS,
    examples: ['azmlops update --diff', 'azmlops update --branch azmlops-update --pr'],
  },
  set: {
    takes: 'KEY=VALUE…',
    many: true,
    summary: 'change answers of this repository; data=FILE brings other data',
    flags: CHANGE_FLAGS,
    examples: [
      'azmlops set endpoint=both --dry-run',
      'azmlops set package=churn_model location=northeurope',
      'azmlops set data=june.csv target=churned',
    ],
  },
  adopt: {
    takes: '[DIR]',
    summary: 'put a repository that azmlops did not write under its care, so that upgrade works on it',
    flags: { ...ADOPT_FLAGS, ...ANSWER_FLAGS },
    examples: ['azmlops adopt --dry-run', 'azmlops adopt churn --level 0 --target churned'],
  },
  explain: {
    takes: 'PATH',
    summary: 'which level and template wrote this file, and what the team changed in it',
    flags: {},
    examples: ['azmlops explain Makefile'],
  },
  assess: {
    takes: '[DIR…]',
    many: true,
    summary: 'which level of the maturity model a repository is at, on what evidence, and what comes next',
    flags: {
      all: { help: 'every row with its evidence, all findings, and the road to the next level' },
      format: { value: 'FORMAT', help: 'text, json, markdown (a job summary) or html (one page)' },
      'min-level': { value: 'N', help: 'exit 1 when it is below this level' },
      interview: { help: 'ask what files cannot show, and keep it in .azmlops/told.yml' },
      'no-cache': { help: 'look again at files that did not change since they were assessed' },
    },
    examples: [
      'azmlops assess',
      'azmlops assess --format html > report.html',
      'azmlops assess services/* --min-level 2',
    ],
  },
  doctor: {
    takes: '[DIR]',
    summary: 'what this machine, this repository and its settings on GitHub still lack',
    flags: {},
    examples: ['azmlops doctor', 'azmlops doctor churn --json'],
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
