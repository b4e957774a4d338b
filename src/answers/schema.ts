import { columnNamed, EXAMPLE, type Profile } from '../profile/profile.js';
import { TASKS, tasksOf } from '../profile/targets.js';
import { nameFrom, packageFrom } from './default-name.js';
import { COMPUTE_SIZES, LOCATIONS } from './lists.js';
import * as rules from './rules.js';

/** What a default may be made from: the folder's name, the profile, what was chosen, and answers further up. */
export interface Known {
  readonly profile: Profile;
  /** A legal name made from DIR. */
  readonly folder: string;
  /** Chosen values, checked, as text. */
  readonly chosen: Readonly<Record<string, string | undefined>>;
  /** An answer that stands further up in the schema, given or default. */
  readonly answer: (key: string) => string;
}

export interface AnswerSpec {
  readonly kind: 'text' | 'choice' | 'list';
  /** The lowest level that has the answer. */
  readonly since: number;
  /** One line for --help and the documentation. */
  readonly help: string;
  /** What is allowed, in words. */
  readonly allowed: string;
  /** Words after the flag in --help. */
  readonly value: string;
  /** Asked of everybody; the others with --all only. */
  readonly first?: true;
  /** No default is good: whoever moves up to a level that brings it is asked. */
  readonly chosenByPeople?: true;
  readonly question: string;
  readonly choices?: readonly string[];
  readonly rule?: rules.Rule;
  /** The right value nearest to a wrong one. */
  readonly mend?: (value: string) => string;
  readonly default: (known: Known) => string;
}

const team = (who: string) =>
  ({
    kind: 'text',
    since: 1,
    help: `GitHub team of the ${who}, for CODEOWNERS`,
    allowed: 'org/team, a GitHub login, or nothing',
    value: 'ORG/TEAM',
    chosenByPeople: true,
    question: `GitHub team of the ${who}`,
    rule: rules.teamRule,
    default: () => '',
  }) as const;

/** Classification, unless it is said to be a regression. */
const taskOf = (said: string | undefined) => (said === 'regression' ? said : 'classification');

/** Every answer but the profile, once: flags, prompts, answers file, help, documentation and manifest come from here. */
export const SCHEMA = {
  target: {
    kind: 'text',
    since: 0,
    help: 'column to predict; of own data it must be said',
    allowed: 'a column of categories, true and false, or numbers; no id, date, text or constant',
    value: 'COLUMN',
    first: true,
    question: 'Column to predict',
    // Of own data nobody but the user knows it: nothing, and then it is asked for or refused.
    default: ({ profile, chosen }) => (profile.example ? EXAMPLE.targets[taskOf(chosen.task)] : ''),
  },
  task: {
    kind: 'choice',
    since: 0,
    help: 'kind of model; by default the one that the target calls for',
    allowed: 'classification or regression',
    value: 'TASK',
    question: 'Kind of model',
    choices: TASKS,
    default: ({ profile, answer }) => {
      const column = columnNamed(profile, answer('target'));
      return taskOf(column && tasksOf(column)[0]);
    },
  },
  name: {
    kind: 'text',
    since: 0,
    help: 'name of the project, its model and its Azure resources',
    allowed: '3 to 24 lower-case letters, digits and single hyphens, a letter first',
    value: 'NAME',
    first: true,
    question: 'Name of the project',
    rule: rules.nameRule,
    mend: nameFrom,
    default: ({ folder }) => folder,
  },
  package: {
    kind: 'text',
    since: 1,
    help: 'Python package',
    allowed: 'at most 24 lower-case letters, digits and _, a letter first; no module that is taken',
    value: 'NAME',
    question: 'Python package',
    rule: rules.packageRule,
    mend: (value) => packageFrom(nameFrom(value)),
    default: ({ answer }) => packageFrom(answer('name')),
  },
  title: {
    kind: 'text',
    since: 0,
    help: 'title in the documentation',
    allowed: 'one line of text',
    value: 'TEXT',
    question: 'Title in the documentation',
    rule: rules.lineRule,
    default: ({ answer }) => {
      const words = answer('name').replaceAll('-', ' ');
      return words.charAt(0).toUpperCase() + words.slice(1);
    },
  },
  description: {
    kind: 'text',
    since: 0,
    help: 'what the model is for, in one line',
    allowed: 'one line of text',
    value: 'TEXT',
    question: 'What the model is for, in one line',
    rule: rules.lineRule,
    default: ({ answer }) => `A ${answer('task')} model that predicts ${printable(answer('target'))}.`,
  },
  endpoint: {
    kind: 'choice',
    since: 0,
    help: 'how the model is asked: one request at a time, files, or both',
    allowed: 'online, batch or both',
    value: 'KIND',
    first: true,
    question: 'How the model is asked',
    choices: ['online', 'batch', 'both'],
    default: () => 'online',
  },
  sensitive: {
    kind: 'list',
    since: 0,
    help: 'columns by which fairness is measured, comma-separated; they are not fed to the model',
    allowed:
      'columns of categories, true and false, or at most 20 different whole numbers; neither the target nor personal data; nothing for none',
    value: 'COLUMNS',
    question: 'Columns by which fairness is measured, comma-separated',
    default: ({ profile, answer }) =>
      profile.example && answer('target') !== EXAMPLE.sensitive ? EXAMPLE.sensitive : '',
  },
  location: {
    kind: 'choice',
    since: 0,
    help: 'Azure region',
    allowed: LOCATIONS.join(', '),
    value: 'REGION',
    question: 'Azure region',
    choices: LOCATIONS,
    default: () => 'westeurope',
  },
  'resource-group': {
    kind: 'text',
    since: 0,
    help: 'Azure resource group',
    allowed: 'at most 79 letters, digits, full stops, _ and hyphens, a letter first',
    value: 'NAME',
    question: 'Azure resource group',
    rule: rules.resourceGroupRule,
    default: ({ answer }) => `rg-${answer('name')}`,
  },
  workspace: {
    kind: 'text',
    since: 0,
    help: 'Azure Machine Learning workspace',
    allowed: '3 to 32 letters, digits and hyphens, a letter first',
    value: 'NAME',
    question: 'Azure Machine Learning workspace',
    rule: rules.workspaceRule,
    default: ({ answer }) => `mlw-${answer('name')}`,
  },
  'compute-size': {
    kind: 'choice',
    since: 0,
    help: 'size of the virtual machines',
    allowed: COMPUTE_SIZES.join(', '),
    value: 'SIZE',
    question: 'Size of the virtual machines',
    choices: COMPUTE_SIZES,
    default: () => 'Standard_E4s_v3',
  },
  python: {
    kind: 'choice',
    since: 0,
    help: 'version of Python in Azure and in GitHub Actions',
    allowed: '3.10, 3.11, 3.12 or 3.13',
    value: 'VERSION',
    question: 'Version of Python',
    choices: ['3.10', '3.11', '3.12', '3.13'],
    default: () => '3.12',
  },
  owner: {
    kind: 'text',
    since: 1,
    help: 'GitHub login of the owner, for CODEOWNERS',
    allowed: 'a GitHub login, or nothing',
    value: 'LOGIN',
    chosenByPeople: true,
    question: 'GitHub login of the owner',
    rule: rules.loginRule,
    default: () => '',
  },
  gate: {
    kind: 'choice',
    since: 3,
    help: 'what guards production; your GitHub plan decides what it enforces',
    allowed:
      'reviewers (public or Enterprise repositories), pull-request (private, Pro or Team) or typed (private, Free)',
    value: 'KIND',
    chosenByPeople: true,
    question: 'What guards production',
    choices: ['reviewers', 'pull-request', 'typed'],
    default: () => 'reviewers',
  },
  'teams.data-science': team('data scientists'),
  'teams.data-engineering': team('data engineers'),
  'teams.software-engineering': team('software engineers'),
} as const satisfies Record<string, AnswerSpec>;

export type AnswerKey = keyof typeof SCHEMA;

export type ListKey = { [K in AnswerKey]: (typeof SCHEMA)[K]['kind'] extends 'list' ? K : never }[AnswerKey];

export type Answers = { readonly [K in AnswerKey]: K extends ListKey ? readonly string[] : string } & {
  readonly profile: Profile;
};

export const ANSWER_KEYS = Object.keys(SCHEMA) as AnswerKey[];

export const specOf = (key: AnswerKey): AnswerSpec => SCHEMA[key];

/** The answers that a level has. */
export const answersAt = (level: number): AnswerKey[] =>
  ANSWER_KEYS.filter((key) => specOf(key).since <= level);

export const isAnswerKey = (key: string): key is AnswerKey => Object.hasOwn(SCHEMA, key);

/** A column's name for prose that must be one clean line. */
const printable = (text: string): string => text.replace(/\p{C}+/gu, ' ');
