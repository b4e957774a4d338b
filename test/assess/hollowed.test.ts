import { describe, expect, it, vi } from 'vitest';
import type { Rule } from '../../src/levels/rule.js';
import { assessed, emitted, holdsOf, model } from './assessed.js';
import { deleted, type Edit, edited, hollow, textAt } from './edits.js';
import { asking, leavesOf, verdictOf } from './leaves.js';

vi.mock(import('../../src/assess/python/facts.js'), async (load) =>
  (await import('./remembered.js')).remembering(await load(), 'pythonFacts'),
);
vi.mock(import('../../src/assess/yaml.js'), async (load) =>
  (await import('./remembered.js')).remembering(await load(), 'readYaml'),
);

const WORKFLOW = /^\.github\/workflows\/.*\.yml$/;
const PIPELINE = /^\.github\/.*\.yml$/;

/** `if: false` on each job, in the place of the condition that it has. */
const jobsOff: Edit = (text) => {
  const [head = '', jobs = ''] = text.split(/^jobs:$/m);
  const kept = jobs.replaceAll(/^ {4}if:.*\n(?: {5,}.*\n)*/gm, '');
  return `${head}jobs:${kept.replaceAll(/^ {2}[\w-]+:$/gm, '$&\n    if: false')}`;
};

/** Only a click starts it. */
const byHandOnly: Edit = (text) =>
  text.replace(/^on:\n(?:(?: .*|#.*)?\n)*/m, 'on:\n  workflow_dispatch:\n\n');

/** Each line of each script is a comment. */
const commentedRuns: Edit = (text) => {
  let within: number | undefined;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.length - line.trimStart().length;
      if (within !== undefined && (!line.trim() || indent > within)) return line.replace(/\S/, '# $&');
      within = undefined;
      const block = /^(\s*(?:- )?)run: [|>]-?$/.exec(line);
      if (block) within = block[1]!.length;
      return line.replace(/^(\s*(?:- )?run: )(?![|>]-?$)\S.*$/, '$1"# nothing"');
    })
    .join('\n');
};

/** No step can stop a job, and no job another one. */
const mayFail: Edit = (text) =>
  text
    .replaceAll(/^( {4,6})- (?=name:|uses:|run:|id:|if:)/gm, '$1- continue-on-error: true\n$1  ')
    .replaceAll(/^ {4}runs-on:/gm, '    continue-on-error: true\n$&');

const automatic = (rule: Rule, but: readonly string[]): boolean =>
  'chain' in rule
    ? !rule.chain.started.some((by) => but.includes(by))
    : 'tested' in rule && !rule.tested.by.some((by) => but.includes(by));
const judges = (rule: Rule): boolean =>
  'tested' in rule ||
  ('chain' in rule &&
    rule.chain.does.some(({ acts }) => acts.every((name) => model.acts[name]?.judges === true)));

/** What is left of level 4 where nothing starts by itself: scripts that a person runs. */
const BY_PEOPLE = {
  'creation.data': 0,
  'creation.tracking': 1,
  'creation.result': 2,
  'creation.retraining': 1,
  'release.process': 2,
  'release.scoring-script': 1,
  'release.owner': 2,
  'release.rollout': 2,
  'app.model-tests': 0,
  'app.code-tests': 0,
  'app.releases': 0,
};

/** Without the application nothing can be said of its releases. */
const withoutApp = {
  ...BY_PEOPLE,
  'creation.retraining': 2,
  'release.scoring-script': 0,
  'app.releases': null,
};

/** What is done to all files of a kind, the rules that fall by it, and what a repository of level 4 holds then. */
const hollowings: readonly {
  id: string;
  files: RegExp;
  edit: Edit;
  fells: (rule: Rule) => boolean;
  holds: Readonly<Record<string, number | null>>;
}[] = [
  {
    id: 'no workflow is there',
    files: WORKFLOW,
    edit: deleted,
    fells: (rule) => automatic(rule, ['person']),
    holds: BY_PEOPLE,
  },
  {
    id: 'each job is switched off',
    files: WORKFLOW,
    edit: jobsOff,
    fells: (rule) => automatic(rule, ['person']),
    holds: BY_PEOPLE,
  },
  {
    id: 'each command is commented out',
    files: PIPELINE,
    edit: commentedRuns,
    fells: (rule) => automatic(rule, ['person']),
    holds: BY_PEOPLE,
  },
  {
    id: 'each workflow starts by a click only',
    files: WORKFLOW,
    edit: byHandOnly,
    fells: (rule) => automatic(rule, ['person', 'hand']),
    holds: { ...BY_PEOPLE, 'creation.data': 1, 'release.owner': 3, 'app.releases': 4 },
  },
  {
    id: 'each step may fail',
    files: PIPELINE,
    edit: mayFail,
    fells: judges,
    holds: {
      'creation.data': 4,
      'creation.compute': 4,
      'creation.tracking': 4,
      'creation.result': 4,
      'creation.retraining': 4,
      'release.process': 2,
      'release.scoring-script': 1,
      'release.owner': 4,
      'release.rollout': 2,
      'app.model-tests': 0,
      'app.code-tests': 0,
      'app.releases': 4,
    },
  },
  {
    id: 'no test asserts anything',
    files: /(?:^|\/)test_[^/]*\.py$/,
    edit: (text) => (/\bassert\b/.test(text) ? hollow(text) : `${text}\n`),
    fells: (rule) => 'tested' in rule,
    holds: {
      'release.scoring-script': 1,
      'release.process': 4,
      'release.rollout': 4,
      'app.model-tests': 0,
      'app.code-tests': 0,
    },
  },
  {
    id: 'no Azure ML YAML is there',
    files: /^azureml\//,
    edit: deleted,
    fells: (rule) => 'asset' in rule,
    holds: {
      'creation.data': 4,
      'creation.compute': 1,
      'creation.tracking': 1,
      'creation.result': 2,
      'creation.retraining': 1,
      'release.process': 2,
      'app.code-tests': 4,
      'app.releases': 4,
    },
  },
  {
    id: 'no Python is there',
    files: /\.(?:py|ipynb)$/,
    edit: deleted,
    fells: (rule) => 'python' in rule || 'tested' in rule,
    holds: withoutApp,
  },
];

const leaves = leavesOf(model);

describe.each(process.env.AZMLOPS_ALL ? [1, 2, 3, 4] : [4])('level %i, hollowed out as a whole', (level) => {
  const tree = emitted(level, 'both');
  const before = asking(tree, model);
  const met = leaves.filter((leaf) => verdictOf(leaf, before).met);

  it.each(hollowings)('$id', ({ files, edit, fells, holds }) => {
    const after = edited(
      tree,
      Object.fromEntries(
        [...tree.keys()]
          .filter((path) => files.test(path) && edit(textAt(tree, path)) !== textAt(tree, path))
          .map((path) => [path, edit]),
      ),
    );
    const context = asking(after, model);
    const kept = met
      .filter(({ rule }) => fells(rule))
      .flatMap((leaf) => {
        const verdict = verdictOf(leaf, context);
        const [one] = verdict.evidence;
        return verdict.met ? `${leaf.id}: ${one?.path}:${one?.line} ${one?.found}` : [];
      });
    expect(kept).toEqual([]);
    // At level 1 nothing is declared for Azure ML that a rule asks for.
    if (level > 1) expect(met.some(({ rule }) => fells(rule))).toBe(true);
    if (level === 4) expect(holdsOf(assessed(after))).toMatchObject(holds);
  });
});
