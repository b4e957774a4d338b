import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { githubNotes } from '../../../src/assess/github/notes.js';
import { chainsIn, repository, startedBy, told } from './workflows.js';

const deploys = (on: string, condition = '') =>
  `name: deploy\non: ${on}\njobs:\n  deploy:\n${condition}    steps: [{ run: deploy }]\n`;
const trains = (run: string) =>
  `name: train\non: push\njobs:\n  train:\n    steps: [{ run: ${JSON.stringify(run)} }]\n`;
const onEnd = '{ workflow_run: { workflows: [train], types: [completed] } }';

describe('workflows that start each other are one chain', () => {
  it.each([
    ['gh workflow run deploy.yml --ref main', '{ workflow_dispatch: }'],
    ['gh workflow run deploy', '{ workflow_dispatch: }'],
    [
      'gh api repos/$GITHUB_REPOSITORY/actions/workflows/deploy.yml/dispatches -f ref=main',
      '{ workflow_dispatch: }',
    ],
    [
      'gh api repos/$GITHUB_REPOSITORY/dispatches -f event_type=new-model',
      '{ repository_dispatch: { types: [new-model] } }',
    ],
  ])('by %s', (run, on) => {
    const chain = chainsIn({ 'train.yml': trains(run), 'deploy.yml': deploys(on) }).find(
      ({ name }) => name === 'train',
    );
    expect(told(chain)).toEqual([`train | ${run}`, 'train/deploy.yml/deploy | after train | deploy']);
  });

  it.each([
    ['gh workflow run none.yml', 'the workflow none.yml is not there'],
    ['gh workflow run train.yml', '.github/workflows/train.yml has no workflow_dispatch'],
  ])('and %s starts nothing', (run, off) => {
    const [chain] = chainsIn({ 'train.yml': trains(run) });
    expect(told(chain)).toEqual([`train | ${run} OFF: ${off}`]);
  });

  it('not by an event of another type, nor in another repository', () => {
    const on = '{ repository_dispatch: { types: [new-model] }, workflow_dispatch: }';
    for (const run of [
      'gh api repos/o/r/dispatches -f event_type=old',
      'gh workflow run deploy.yml -R other/one',
    ]) {
      const chain = chainsIn({ 'train.yml': trains(run), 'deploy.yml': deploys(on) }).find(
        ({ name }) => name === 'train',
      );
      expect(told(chain)).toHaveLength(1);
    }
  });

  it('by the end of one that the other asks about', () => {
    const condition = `    if: github.event.workflow_run.conclusion == 'success'\n`;
    const chains = chainsIn({ 'train.yml': trains('train'), 'deploy.yml': deploys(onEnd, condition) });
    expect(chains.map(told)).toEqual([['train | train', 'deploy.yml/deploy | after train | deploy']]);
    expect(startedBy(chains[0])).toEqual(['change']);
  });

  it('by the end of one, however it ends: what it found then stops nothing', () => {
    const chains = chainsIn({ 'train.yml': trains('train'), 'deploy.yml': deploys(onEnd) });
    expect(chains.map(told)).toEqual([
      ['train | train', 'deploy.yml/deploy | deploy'],
      [
        'train | train SWALLOWED: .github/workflows/deploy.yml begins however train ends',
        'deploy.yml/deploy | after train | deploy',
      ],
    ]);
  });

  it('and one that waits for a workflow which is not there never starts', () => {
    const [chain] = chainsIn({ 'deploy.yml': deploys(onEnd) });
    expect(startedBy(chain)).toEqual(['event OFF: no workflow is called train']);
  });
});

describe('starts', () => {
  it.each([
    ['push', ['change']],
    ['[push, pull_request]', ['change', 'pull-request']],
    ['{ push: { tags: ["v*"] } }', ['hand']],
    ['{ push: { branches: [main], tags: ["v*"] } }', ['change', 'hand']],
    ['{ schedule: [{ cron: "0 3 * * 1" }] }', ['schedule']],
    [
      '{ schedule: [{ cron: "0 3 30 2 *" }] }',
      ['schedule OFF: the day of its cron "0 3 30 2 *" is in no month'],
    ],
    ['{ schedule: [{ cron: "@daily" }] }', ['schedule OFF: GitHub refuses the cron "@daily"']],
    ['{ workflow_dispatch: }', ['hand']],
    ['release', ['hand']],
    ['{ pull_request: { types: [closed] } }', ['change']],
    ['{ push: { paths: ["nowhere/**"] } }', ['change OFF: no file passes its paths filter']],
    ['{ push: { paths: [".github/**"] } }', ['change']],
    ['{ push: { branches-ignore: ["**"] } }', ['change OFF: its branches-ignore leaves no branch']],
  ])('%s', (on, expected) => {
    expect(startedBy(chainsIn({ 'x.yml': `on: ${on}\njobs: { a: { steps: [{ run: x }] } }\n` })[0])).toEqual(
      expected,
    );
  });

  it('that lead to different things are chains of their own', () => {
    const chains = chainsIn({
      'x.yml': `on: { push: { branches: [main, dev] } }
jobs:
  deploy:
    environment: \${{ github.ref == 'refs/heads/main' && 'production' || 'staging' }}
    steps: [{ run: deploy }]
`,
    });
    expect(chains.map(told)).toEqual([['deploy | in production | deploy'], ['deploy | in staging | deploy']]);
  });
});

describe('a part of a repository', () => {
  const ci = (run: string, on = 'push') => `on: ${on}\njobs: { a: { steps: [${run}] } }\n`;
  it.each([
    [ci('{ run: pytest services/a }'), 1],
    [ci('{ run: pytest, working-directory: services/a/src }'), 1],
    [ci('{ run: pytest }', '{ push: { paths: ["services/a/**"] } }'), 1],
    [ci('{ run: pytest services/abc }'), 0],
    [ci('{ run: pytest }', '{ push: { paths: ["services/b/**"] } }'), 0],
  ])('has to do with the chains that touch it: %s', (text, count) => {
    const files = { 'x.yml': text, 'services/a/x.py': '', 'services/b/x.py': '' };
    expect(chainsIn(files, 'services/a/')).toHaveLength(count);
  });

  it('has workflows that never run, and others that are not seen; both are told', () => {
    expect(
      githubNotes(
        repository({
          'services/a/.github/workflows/ci.yml': 'on: push\n',
          'x.yml': 'on: push\njobs: { a: { uses: o/r/.github/workflows/y.yml@v1 } }\n',
          'z.yml': 'on: push\non: push\n',
        }),
      ),
    ).toEqual([
      'services/a/.github/workflows/ci.yml never runs: GitHub reads workflows only in .github/workflows at the root.',
      'What o/r/.github/workflows/y.yml@v1 does is in another repository and was not seen.',
      '.github/workflows/z.yml is no workflow that GitHub would run: the key on stands twice.',
    ]);
  });
});

/** What may stand anywhere in a workflow, sound or not. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    'push',
    './',
    './.github/workflows/x.yml',
    './.github/actions/a',
    '${{ matrix.a }}',
    null,
  ),
  fc.string().map((text) => `\${{ ${text} }}`),
  fc.constantFrom(
    '${{ inputs.',
    '${{ a[*].b }}',
    '${{ fromJSON(inputs.x) }}',
    '!!!(((',
    'constructor',
    '__proto__',
  ),
);
const keys =
  'on jobs env defaults name a steps run uses with if needs strategy matrix include exclude environment runs using inputs workflow_run workflows workflow_call schedule cron push paths branches types continue-on-error working-directory shell'.split(
    ' ',
  );
const shape = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    odd,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 5 }),
  ),
})).node;

describe('any text', () => {
  it('is read without a word of complaint', () => {
    const near = fc.record({
      on: fc.oneof(shape, fc.constant('push')),
      jobs: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), shape),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          near.map((value) => JSON.stringify(value)),
          shape.map((value) => JSON.stringify(value)),
        ),
        shape,
        (text, action) => {
          const texts = { 'x.yml': text, '.github/actions/a/action.yml': JSON.stringify(action) };
          expect(Array.isArray(chainsIn(texts))).toBe(true);
          expect(Array.isArray(githubNotes(repository(texts)))).toBe(true);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('ends soon, however workflows call each other', () => {
    const all = Array.from({ length: 60 }, (_, index) => {
      const calls = [1, 2, 3, 4].map(
        (step) => `  j${step}: { uses: ./.github/workflows/w${(index + step) % 60}.yml }\n`,
      );
      return [
        `w${index}.yml`,
        `on: { push: , workflow_call: , workflow_run: { workflows: [.github/workflows/w${(index + 7) % 60}.yml] } }\njobs:\n${calls.join('')}`,
      ] as const;
    });
    expect(chainsIn(Object.fromEntries(all)).flatMap(({ jobs }) => jobs).length).toBeLessThan(12_000);
  });
});
