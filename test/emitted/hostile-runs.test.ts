import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../support/session.js';
import { type Tree, treeOf } from '../support/trees.js';
import { workflowsOf } from './act/graph.js';
import type { Event, Happened } from './act/run-workflow.js';
import type { Runners } from './act/runners.js';
import {
  able,
  asked as called,
  changed,
  cloudOf,
  green,
  happens,
  inRegistry,
  more,
  registered,
  result,
  standing,
  state,
  traffic,
  trained,
} from './act/scenes.js';
import { Hours } from './act/time.js';

// What people write into the inputs of workflows, branches and titles is text: it arrives as it is or is refused, and
// nothing of it runs. Which inputs there are is read from the workflows.

/** Text that would leave a mark if a shell, GitHub or the next command took any of it for its own. */
function hostile(): { text: string; branch: string; mark: string } {
  const mark = join(temporary('hostile'), 'mark');
  const touch = `touch ${mark}`;
  return {
    mark,
    text: [
      `it's "so": $(${touch}) \`${touch}\` '; ${touch}; ' "; ${touch}; " \${{ github.token }} | & > ${mark} %0A::error title=owned::owned`,
      '::error title=owned::owned',
      '  ::add-mask name=owned::owned',
      'version=owned',
      'decision=retrain',
      touch,
      `EOF\r::set-output name=owned::owned`,
    ].join('\n'),
    // What git allows in one: no blank, no backslash, no ~^:?*[.
    branch: `main;\${IFS}$(touch\${IFS}${mark})"'\`touch\${IFS}${mark}\`&&${'${{github.token}}'}|%0A`,
  };
}

/** Nothing ran: no mark, and no line of the log is a command to GitHub of this text's making. */
function harmless(ran: Happened, mark: string): void {
  expect(existsSync(mark), ran.log).toBe(false);
  const lines = ran.log.split(/[\r\n]/);
  expect(lines.filter((line) => /^[^\w:|]*::[\w-]+ \w+=owned::/.test(line))).toEqual([]);
  expect(JSON.stringify([ran.summary, ran.words])).not.toContain('token-of-this-run');
}

/** As one line: what a line break is written as where only one line has room. */
const line = (text: string): string => text.replace(/[\r\n]/g, ' ');

interface Given {
  /** The other inputs. */
  with?: Record<string, string>;
  act?: string[];
  /** Without it, the run is refused: red, and nothing is changed. */
  arrives?: (ran: Happened, text: string, cloud: Runners) => void;
}
const TYPED = { version: '1', run: '1001' };
/** What becomes of each input; a new one must be told here. */
const GIVEN: Record<string, Given> = {
  'train.reason': {
    arrives: (ran, text, cloud) => {
      expect(result(ran).jobs.azure, ran.log).toBe('success');
      expect(cloud.repository.started).toEqual([]);
      expect(ran.words.flat().some((word) => word.includes('touch '))).toBe(false);
      expect(shown(ran.summary)).toContain(shown(line(text)));
    },
    act: ['--job', 'azure'],
  },
  'retrain.reason': {
    arrives: (ran, text, cloud) => {
      expect(result(ran).failedSteps, ran.log).toEqual([]);
      expect(cloud.repository.started).toEqual([
        expect.objectContaining({
          workflow: 'train.yml',
          inputs: expect.objectContaining({
            trigger: 'retrain',
            reason: `${text} (https://github.com/Contoso/Churn/actions/runs/${ran.run})`,
          }) as unknown,
        }),
      ]);
    },
  },
  'rollback.reason': {
    with: { version: 'former', confirmation: 'rollback former' },
    act: ['--job', 'check'],
    arrives: (ran, text) => {
      expect(result(ran), ran.log).toEqual({ jobs: { check: 'success' }, failedSteps: [] });
      expect(ran.summary).toContain(`\n    ${line(text)}\n`);
    },
  },
  'rollback.version': { with: { reason: 'It is wrong', confirmation: 'rollback former' } },
  'rollback.confirmation': { with: { reason: 'It is wrong', version: 'former' } },
  'release.version': {},
  'production.version': { with: { ...TYPED, confirmation: 'production 1' } },
  'production.run': { with: { ...TYPED, confirmation: 'production 1' } },
  'production.confirmation': { with: TYPED },
  'ab-test.version': { with: { ...TYPED, action: 'start', confirmation: 'ab-test 1' } },
  'ab-test.run': { with: { ...TYPED, action: 'start', confirmation: 'ab-test 1' } },
  'ab-test.confirmation': { with: { ...TYPED, action: 'start' } },
};
/** Without marks of Markdown, which a summary may have put backslashes before, or written otherwise. */
const shown = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\\/g, '')
    .replace(/\s+/g, ' ');

/** Inputs of workflows that take text, as `workflow.input`. */
const inputsOf = (tree: Tree): [workflow: string, input: string][] =>
  Object.entries(workflowsOf(tree.dir)).flatMap(([name, { on }]) =>
    Object.entries(on.workflow_dispatch?.inputs ?? {})
      .filter(([, { type = 'string' }]) => !['choice', 'boolean'].includes(type))
      .map(([input]): [string, string] => [name, input]),
  );

/** A cloud with data and a model, on which training ends well. */
async function ready(tree: Tree): Promise<Runners> {
  const cloud = await cloudOf(tree);
  cloud.training = trained('keep champion', 'Equal.');
  return tree.level > 2 ? registered(cloud, '1') : cloud;
}

async function dispatched(
  tree: Tree,
  workflow: string,
  input: string,
  text: string,
  mark: string,
): Promise<void> {
  const given = GIVEN[`${workflow}.${input}`];
  if (!given)
    throw new Error(`${workflow}.${input} is a new input: say here what becomes of hostile text in it`);
  const known = Object.keys(workflowsOf(tree.dir)[workflow]?.on.workflow_dispatch?.inputs ?? {});
  const others = Object.entries(given.with ?? {}).filter(([name]) => known.includes(name));
  const cloud = await ready(tree);
  const before = state(cloud);
  const ran = await happens(cloud, tree, {
    ...{ workflow, on: 'workflow_dispatch', act: given.act ?? [] },
    inputs: { ...Object.fromEntries(others), [input]: text },
  });
  harmless(ran, mark);
  if (given.arrives) {
    given.arrives(ran, text, cloud);
    return;
  }
  expect(Object.values(ran.jobs), ran.log).toContain('failure');
  expect(changed(ran)).toEqual([]);
  expect(state(cloud)).toEqual(before);
}

const HARDEST = (): Tree => treeOf(4, 'classification', 'both', 'typed');

describe.skipIf(!able)('hostile text', () => {
  const asked = inputsOf(HARDEST());
  it('has as many inputs to go into as are told here', () => {
    expect(asked.map((words) => words.join('.')).sort()).toEqual(Object.keys(GIVEN).sort());
  });

  // One of each way in: a job refuses it, a composite action refuses it, Python is given it, a summary shows it.
  const DAILY = ['ab-test.run', 'production.version', 'release.version', 'rollback.reason', 'train.reason'];
  for (const [workflow, input] of asked)
    (DAILY.includes(`${workflow}.${input}`) ? it : more)(`in ${workflow}, ${input}`, async () => {
      const { text, mark } = hostile();
      await dispatched(HARDEST(), workflow, input, text, mark);
    });

  const others = ([2, 3, 4] as const).flatMap((level) =>
    (level < 3 ? (['reviewers'] as const) : (['reviewers', 'pull-request', 'typed'] as const)).flatMap(
      (gate) =>
        level === 4 && gate === 'typed'
          ? []
          : inputsOf(treeOf(level, 'classification', 'both', gate)).map(
              ([workflow, input]) => [level, gate, workflow, input] as const,
            ),
    ),
  );
  more.each(others)('at level %s, gate %s, in %s, %s', async (level, gate, workflow, input) => {
    const { text, mark } = hostile();
    await dispatched(treeOf(level, 'classification', 'both', gate), workflow, input, text, mark);
  });

  const titled = async (level: 1 | 2 | 4, workflow: string): Promise<void> => {
    const { text, branch, mark } = hostile();
    const tree = treeOf(level);
    const cloud = await ready(tree);
    const event: Event = { workflow, on: 'pull_request', branch, pullRequest: { title: text } };
    const ran = await happens(cloud, tree, { ...event, act: workflow === 'ci' ? ['--job', 'format'] : [] });
    harmless(ran, mark);
    expect(Object.values(ran.jobs), ran.log).not.toContain('failure');
    expect(JSON.stringify([ran.words, cloud.comments])).not.toContain('touch');
  };
  it('in the title and the branch of a pull request that trains', () => titled(2, 'train'));
  more('the same at level 4', () => titled(4, 'train'));

  more('as the branch on which somebody releases, takes back or tests: refused', async () => {
    const { branch, mark } = hostile();
    const tree = treeOf(4);
    const cloud = await ready(tree);
    const before = state(cloud);
    for (const [workflow, inputs] of [
      ['rollback', { reason: 'x', version: 'former' }],
      ['release', {}],
      ['ab-test', { action: 'start', version: '1', run: '1001' }],
    ] as const) {
      const ran = await happens(cloud, tree, { workflow, on: 'workflow_dispatch', branch, inputs });
      harmless(ran, mark);
      expect(Object.values(ran.jobs), ran.log).toContain('failure');
      expect(changed(ran)).toEqual([]);
    }
    expect(state(cloud)).toEqual(before);
  });
});

const THROTTLED = '(TooManyRequests) The request is being throttled. Please try again after 17 seconds.';
const UPDATING = '(Conflict) The endpoint cannot be changed while it is in provisioning state Updating.';
const RESET = "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))";

/** What waits in Python need not. */
function hasty(dir: string): void {
  const file = join(dir, 'src/churn/azure.py');
  const text = readFileSync(file, 'utf8');
  const quick = text.replace(/^PAUSES = .*$/m, 'PAUSES = (0.0, 0.0, 0.0)');
  expect(quick).not.toBe(text);
  writeFileSync(file, quick);
}

describe.skipIf(!able)('hard weather', () => {
  const versions = (cloud: Runners): string[] =>
    [...cloud.azure.keys()].filter((path) => /^group\/rg-churn\/.*\/model\/churn\/version\//.test(path));

  it('a job of two hours is waited for, although its stream breaks off and every sign-in becomes too old', async () => {
    const tree = treeOf(2);
    const cloud = (await cloudOf(tree)).copy(Hours);
    cloud.training = trained('promote', 'First model.');
    const ran = await happens(cloud, tree, { workflow: 'train', on: 'push' });
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(cloud.now).toBeGreaterThanOrEqual(cloud.lasts);
    expect(called(ran, 'az login').length).toBeGreaterThan(3);
    expect(called(ran, 'az ml job create')).toHaveLength(1);
    expect(versions(cloud)).toHaveLength(1);
  });

  more('a job of an hour and a half is streamed until the sign-in is too old, then asked for', async () => {
    const tree = treeOf(2);
    const cloud = (await cloudOf(tree)).copy(Hours);
    Object.assign(cloud, { lasts: 90 * 60, holds: 65 * 60 });
    cloud.training = trained('promote', 'First model.');
    const ran = await happens(cloud, tree, { workflow: 'train', on: 'push' });
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(versions(cloud)).toHaveLength(1);
  });

  more('a model whose registration was not answered is not registered twice', async () => {
    const tree = treeOf(2);
    const cloud = await cloudOf(tree);
    cloud.training = trained('promote', 'First model.');
    cloud.breaks = (line) => (line.startsWith('az ml model create') ? 'lost' : undefined);
    const ran = await happens(cloud, tree, { workflow: 'train', on: 'push' });
    expect(result(ran)).toEqual({ jobs: { azure: 'failure' }, failedSteps: ['Register the model'] });
    expect(called(ran, 'az ml model create')).toHaveLength(1);
    expect(versions(cloud)).toHaveLength(1);
  });

  /** Version 1 is released to staging, with this weather. */
  async function staged(...failures: Runners['failures']): Promise<{ cloud: Runners; ran: Happened }> {
    const tree = treeOf(3, 'regression', 'online');
    const cloud = registered(await cloudOf(tree), '1');
    cloud.answers = (_, rows) => ({ predictions: rows.map(() => ({ prediction: 4200.5 })) });
    cloud.failures.push(...failures);
    let unheard = 1;
    cloud.breaks = (line) =>
      line.startsWith('az ml online-endpoint update') && unheard-- > 0 ? 'lost' : undefined;
    const act = ['--job', 'staging'];
    const ran = await happens(cloud, tree, {
      ...{ workflow: 'release', on: 'workflow_dispatch', act, edit: hasty },
    });
    return { cloud, ran };
  }
  it('a release outlasts throttling, a broken line and an endpoint that is still updating', async () => {
    const { cloud, ran } = await staged(
      { call: 'az ml model list', times: 3, message: THROTTLED },
      { call: 'az ml online-endpoint show', times: 2, message: RESET },
      { call: 'az ml online-endpoint update', times: 2, message: UPDATING },
    );
    expect(ran.failedSteps, ran.log).toEqual([]);
    expect(traffic(cloud, 'staging').at(-1)).toBe('blue=100');
    expect(standing(cloud, 'staging')).toEqual(['online blue version 1: 100']);
    expect(cloud.failures.map(({ times }) => times).filter((times) => times > 0)).toEqual([]);
    expect(called(ran, 'az ml online-deployment create')).toHaveLength(1);
  });

  it('a deployment for which the quota is used up is asked for once: red, with the reason, and nothing answers', async () => {
    const quota = '(OutOfQuota) Not enough quota: 8 of 8 cores of standardDSv2Family are used.';
    const { cloud, ran } = await staged({ call: 'az ml online-deployment create', times: 9, message: quota });
    expect(Object.values(ran.jobs)).toContain('failure');
    expect(ran.summary).toContain('Not enough quota: 8 of 8 cores');
    expect(called(ran, 'az ml online-deployment create')).toHaveLength(1);
    expect(standing(cloud, 'staging')).toEqual([]);
    expect(Object.values(inRegistry(cloud)).some((tags) => 'production' in tags)).toBe(false);
  });
});
