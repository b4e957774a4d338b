import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { programs, project, run } from './tools.js';

/** Stands in every value of a personal column and in every text: nothing that git takes may hold it. */
export const SECRET = 'zqprivate';

/** Names that a format, a shell, a template engine, a spreadsheet or Python would act on. */
const HOSTILE = {
  number: [
    'say "number"',
    "it's a 'number'",
    'two\nlines',
    '${{ secrets.ZQ }}',
    '$(id) `id` $HOME',
    '=1+1',
    'class',
    '# hash',
    'a, b; c\td',
    '{0} {{ x }} %s %(y)s',
    '\\back\\slash\\',
    '- dash: colon',
    '🐧 size',
    'Größe (cm²)',
  ],
  category: ['<b>kind</b> & <%= name %>', 'lambda', 'null', '@sum', '../../etc/passwd', '| pipe |', '数据'],
} as const;

/** Of its names those that are no words of any language that code is written in. */
export const ODD_NAMES = [
  ...[...HOSTILE.number, ...HOSTILE.category].filter((name) => /\W/.test(name)),
  ...['customer_id', 'joined on', 'is member?', 'class in words'],
];

const CLASSES = [3, 7, 11] as const;
/** Every class is told by the numbers, so that a model can learn it. */
export const TARGET = 'True';
const KINDS = ['plain', 'say "x"', "it's", '$(id)', '=2+3', '🐧', 'é;,|', '#', 'line\nbreak'] as const;

export interface OwnFile {
  readonly path: string;
  readonly target: string;
  readonly task: 'classification' | 'regression';
}

const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
const csv = (rows: readonly (readonly unknown[])[], end = '\n'): string =>
  rows.map((row) => row.map(quoted).join(',') + end).join('');

/** Numbers that look random and are the same every time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/**
 * Hostile names, and one column of each type there is besides: text, date, boolean, id, constant, empty, the same as the
 * target in other words, people's names and addresses. The target is a class written as a whole number.
 */
export function hostile(rows = 240): string {
  const random = numbers(17);
  const next = () => random.next().value;
  const header = [
    'customer_id',
    ...HOSTILE.number,
    ...HOSTILE.category,
    'full name',
    'e-mail',
    'joined on',
    'note',
    'def',
    'is member?',
    'nothing',
    'always',
    'class in words',
    'gender',
    TARGET,
  ];
  const lines = Array.from({ length: rows }, (_, n) => {
    const at = Math.floor(next() * CLASSES.length);
    const missing = (value: unknown) => (next() < 0.05 ? 'NA' : value);
    return [
      n + 1,
      ...HOSTILE.number.map((_, i) =>
        missing(i % 3 ? (at * (i % 4) + next() * 3).toFixed(6) : Math.round(at * 5 + next() * 9)),
      ),
      ...HOSTILE.category.map((_, i) => missing(KINDS[(at * i + Math.floor(next() * 2)) % KINDS.length])),
      `Anna${n} ${SECRET}`,
      `${SECRET}.${n}@mail.example`,
      `20${10 + (n % 14)}-0${1 + (n % 9)}-1${n % 10}`,
      `${SECRET} said "${n}", and more: ${'word '.repeat(n % 7)}${n * 7919}`,
      ['de', 'fgh', 'class'][Math.floor(next() * 3)],
      next() < 0.5,
      '',
      'same',
      `the ${['third', 'seventh', 'eleventh'][at]}`,
      ['f', 'm', 'x'][Math.floor(next() * 3)],
      CLASSES[at],
    ];
  });
  return csv([header, ...lines]);
}

/** As customers of a telephone company are kept: hardly a number, and columns of two values such as the target's. */
function customers(rows = 400): string {
  const random = numbers(29);
  const next = () => random.next().value;
  const yes = (share: number) => (next() < share ? 'Yes' : 'No');
  const header =
    'customerID gender SeniorCitizen Partner tenure PhoneService Contract PaperlessBilling MonthlyCharges TotalCharges Churn';
  const lines = Array.from({ length: rows }, (_, n) => {
    const [tenure, monthly] = [Math.floor(next() * 72), 20 + next() * 90];
    const contract = next() < 0.5 ? 'Month-to-month' : next() < 0.5 ? 'One year' : 'Two year';
    const leaves = (contract === 'Month-to-month' ? 0.35 : 0) + (72 - tenure) / 120 + monthly / 800;
    return [
      `${1000 + n * 7}-ZQ${n % 26}`,
      ...[next() < 0.5 ? 'Female' : 'Male', next() < 0.16 ? 1 : 0, yes(0.5), tenure, yes(0.9)],
      ...[contract, yes(0.6), monthly.toFixed(2), tenure ? (tenure * monthly).toFixed(2) : ' '],
      next() < leaves - 0.25 ? 'Yes' : 'No',
    ];
  });
  return csv([header.split(' '), ...lines]);
}

/** More columns than anybody would look at. */
export function wide(columns = 300, rows = 120): string {
  const random = numbers(5);
  const next = () => random.next().value;
  const header = [...Array.from({ length: columns - 1 }, (_, i) => `sensor ${i + 1} (mV)`), 'yield'];
  const lines = Array.from({ length: rows }, () => {
    const values = Array.from({ length: columns - 1 }, () => next());
    return [
      ...values.map((value) => value.toFixed(4)),
      (10 * values[0]! + 5 * values[1]! + next()).toFixed(3),
    ];
  });
  return csv([header, ...lines]);
}

/** The penguins as an export of a European spreadsheet: semicolons, decimal commas, one byte a letter. */
function european(): string {
  const text = readFileSync(join(project, 'templates/level-0/data/raw/penguins.csv'), 'utf8');
  const [header = '', ...rows] = text.trimEnd().split('\n');
  const line = (words: string) => words.replaceAll(',', ';');
  return [
    line(header).replace('island', 'Île'),
    ...rows.map((row) => line(row.replaceAll('.', '§')).replaceAll('§', ',')),
    '',
  ].join('\r\n');
}

const LOAD = `
import sys
from pathlib import Path
from sklearn import datasets
for name in ("iris", "wine", "breast_cancer", "diabetes"):
    frame = getattr(datasets, "load_" + name)(as_frame=True).frame
    frame.to_csv(Path(sys.argv[1]) / (name + ".csv"), index=False)
`;

/** Writes every file below a folder. */
export function writeFiles(dir: string): Record<Known, OwnFile> {
  mkdirSync(dir, { recursive: true });
  const ran = run(programs.python, ['-c', LOAD, dir]);
  if (ran.status !== 0) throw new Error(ran.said);
  const file = (name: string, target: string, task: OwnFile['task'], bytes?: string | Buffer): OwnFile => {
    const path = join(dir, name);
    if (bytes !== undefined) writeFileSync(path, bytes);
    return { path, target, task };
  };
  const penguins = readFileSync(join(project, 'templates/level-0/data/raw/penguins.csv'));
  return {
    penguins: file('penguins.csv', 'sex', 'classification', penguins),
    iris: file('iris.csv', 'target', 'classification'),
    wine: file('wine.csv', 'target', 'classification'),
    breastCancer: file('breast_cancer.csv', 'target', 'classification'),
    diabetes: file('diabetes.csv', 'target', 'regression'),
    european: file('pingüinos (2).csv', 'body_mass_g', 'regression', Buffer.from(european(), 'latin1')),
    zipped: file('penguins.csv.gz', 'species', 'classification', gzipSync(penguins)),
    customers: file('customers.csv', 'Churn', 'classification', customers()),
    hostile: file('hostile.csv', TARGET, 'classification', hostile()),
    wide: file('wide.csv', 'yield', 'regression', wide()),
  };
}

export type Known =
  | 'penguins'
  | 'iris'
  | 'wine'
  | 'breastCancer'
  | 'diabetes'
  | 'european'
  | 'zipped'
  | 'customers'
  | 'hostile'
  | 'wide';
