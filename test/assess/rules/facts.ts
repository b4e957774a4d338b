import { posix } from 'node:path';
import type {
  Act,
  Asset,
  Chain,
  Facts,
  Files,
  Job,
  PythonFacts,
  StartedBy,
} from '../../../src/assess/types.js';

/** Files of a text each. */
export const filesOf = (texts: Readonly<Record<string, string>>, within = ''): Files => ({
  paths: Object.keys(texts).sort(),
  within,
  has: (path) => path in texts,
  text: (path) => texts[path],
  skipped: new Map(),
  notes: [],
});

const KINDS = ['command', 'call', 'asset', 'uses'] as const;

/** `call mlflow.log_metric("a", 1)`: its kind, then its text. */
export function act(said: string, more: Partial<Act> = {}): Act {
  const kind = KINDS.find((one) => said.startsWith(`${one} `));
  return {
    kind: kind ?? 'command',
    text: kind ? said.slice(kind.length + 1) : said,
    path: '.github/workflows/w.yml',
    line: 7,
    way: [],
    step: 0,
    ...more,
  };
}

/** Jobs one after the other, each with steps of one act each. */
export function chain(
  by: StartedBy | readonly StartedBy[],
  jobs: Readonly<Record<string, readonly (string | Act)[]>>,
  more: { environments?: Readonly<Record<string, string>>; alone?: boolean; off?: string } = {},
): Chain {
  const ids = Object.keys(jobs);
  return {
    system: by === 'person' ? 'person' : 'github',
    name: 'w',
    path: '.github/workflows/w.yml',
    line: 1,
    started: [by].flat().map((one) => ({
      by: one,
      path: '.github/workflows/w.yml',
      line: 2,
      ...(more.off === undefined ? {} : { off: more.off }),
    })),
    jobs: ids.map((id, n): Job => ({
      id,
      environment: more.environments?.[id] ?? '',
      after: more.alone ? [] : ids.slice(0, n),
      acts: (jobs[id] ?? []).map((one, step) => ({ ...(typeof one === 'string' ? act(one) : one), step })),
    })),
  };
}

export const NO_PYTHON: PythonFacts = {
  path: '',
  imports: [],
  calls: [],
  defines: [],
  asserts: [],
  mentions: [],
  strings: [],
};

export function factsOf({
  texts = {},
  chains = [],
  assets = [],
  python = {},
}: {
  texts?: Readonly<Record<string, string>>;
  chains?: readonly Chain[];
  assets?: readonly Asset[];
  python?: Readonly<Record<string, Partial<PythonFacts>>>;
}): Facts {
  const all = {
    ...Object.fromEntries(Object.keys(python).map((path) => [path, wordsOf(python[path])])),
    ...texts,
  };
  return {
    files: filesOf(all),
    chains,
    assets,
    python: (path) => ({ ...NO_PYTHON, ...python[path], path }),
    pythonPaths: Object.keys(all).filter((path) => ['.py', '.ipynb'].includes(posix.extname(path))),
    notes: [],
  };
}

/** A text in which every name of the facts occurs, as it would in the file that they were read from. */
const wordsOf = (facts: Partial<PythonFacts> = {}) =>
  `${(facts.imports ?? []).map(({ module }) => `import ${module}\n`).join('')}${JSON.stringify(facts)}`;

export const asset = (kind: Asset['kind'], value: Asset['value'], path = `${kind}.yml`): Asset => ({
  path,
  kind,
  value,
  line: (key) => key.length,
});
