import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { programs, project } from '../support/tools.js';
import { read, type Tree, treeOf } from '../support/trees.js';
import type { Event, Happened } from './act/run-workflow.js';
import { Runners, type Training } from './act/runners.js';
import {
  able,
  cloudOf,
  DATA,
  green,
  happens,
  inRegistry,
  knownToAz,
  more,
  result,
  standing,
  traffic,
  WORKSPACE,
} from './act/scenes.js';
import type { Az, Command } from './stubs/cloud.js';

// Who decides whether a model goes on is the emitted code: the pipelines train and test really run, on real rows, and
// what a scene changes is data or code of the repository, never a verdict.

const folder = mkdtempSync(join(tmpdir(), 'azmlops-judged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const another = (): string => join(folder, String(made++));

/** Jobs of train.yml and test.yml run by the local runner of the repository that submits them. */
class Judged extends Runners {
  /** Folder of the rows, by version of the data. */
  readonly data = new Map<string, string>();
  /** Folder of the model, by the job that made it. */
  readonly models = new Map<string, string>();
  /** Why jobs failed. */
  readonly failed: string[] = [];

  constructor(...given: ConstructorParameters<typeof Runners>) {
    super(...given);
    const usual = this.commands['ml job create'] as Command;
    const ended = new WeakMap<Az, Record<string, string>>();
    const create: Command = {
      ...usual,
      first: async (az) => {
        const file = az.opt('--file');
        if (!['train.yml', 'test.yml'].includes(basename(file))) return;
        const inputs = Object.entries(az.pairs('--set')).flatMap(([key, value]) => {
          const name = /^inputs\.(\w+)/.exec(key)?.[1];
          return name === undefined ? [] : [[name, this.#fetched(value)] as const];
        });
        const words = [file, another(), JSON.stringify(Object.fromEntries(inputs))];
        ended.set(az, await piped(az.call.cwd, words));
      },
      run: (az) => {
        const outputs = ended.get(az);
        if (!outputs) return usual.run(az);
        const { model, failed, ...rest } = outputs;
        if (failed !== undefined) this.failed.push(failed);
        const files = Object.entries(rest).filter(([, path]) => statSync(path).isFile());
        const end: Training = {
          status: failed === undefined ? 'Completed' : 'Failed',
          outputs: Object.fromEntries(files.map(([name, path]) => [name, readFileSync(path, 'utf8')])),
        };
        Object.assign(
          this,
          basename(az.opt('--file')) === 'train.yml' ? { training: end } : { testing: end },
        );
        const job = usual.run(az) as { name: string };
        if (model !== undefined) this.models.set(job.name, model);
        return job;
      },
    };
    Object.assign(this.commands, { 'ml job create': create });
  }

  override outputFolder(az: Az, output: string): string | undefined {
    return output === 'model' ? this.models.get(az.opt('--name')) : undefined;
  }

  protected override inherit(from: Runners): void {
    super.inherit(from);
    if (!(from instanceof Judged)) return;
    for (const [version, path] of from.data) this.data.set(version, path);
    for (const [job, path] of from.models) this.models.set(job, path);
  }

  /** Where an input of a job is on this machine. */
  #fetched(value: string): string {
    const [, kind, version = ''] = /^azureml:churn(-data)?:([\w-]+)$/.exec(value) ?? [];
    if (!version) return value;
    if (kind) return this.data.get(version) ?? '';
    const tags = this.azure.get(`${WORKSPACE}/model/churn/version/${version}`)?.tags as { run: string };
    return this.models.get(tags.run) ?? '';
  }
}

/** The outputs of a pipeline by name, or `failed` with the reason. */
async function piped(cwd: string, words: string[]): Promise<Record<string, string>> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, PYTHONDONTWRITEBYTECODE: '1' },
    ...{ OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MLFLOW_DISABLE_TELEMETRY: 'true' },
  };
  const runner = join(project, 'test/emitted/act/run-pipeline.py');
  const { stdout } = await promisify(execFile)(programs.python, [runner, ...words], { cwd, env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, string>;
}

type Row = Record<'species' | 'island' | 'sex', string>;
const SWAPPED: Record<string, string> = { Adelie: 'Gentoo', Gentoo: 'Adelie' };
/**
 * The rows of the example; of those on Biscoe that fit, each n-th has the label of another species. A share of blur moves
 * the measures of every bird, each by less or more, so that species are harder to tell.
 */
function rows(tree: Tree, fits: (row: Row) => boolean = () => false, n = 1, blur = 0): string {
  const [head = '', ...lines] = read(tree, 'data/raw/penguins.csv').trim().split('\n');
  const names = head.split(',');
  let found = 0;
  const written = lines.map((line, number) => {
    const values = line.split(',').map((value, at) => {
      if (!blur || value === '' || !/_(mm|g)$/.test(names[at] ?? '')) return value;
      const moved = Number(value) * (1 + blur * Math.sin(97 * (number + 1) * (at + 1)));
      return moved.toFixed(value.includes('.') ? 1 : 0);
    });
    const row = Object.fromEntries(names.map((name, at) => [name, values[at]])) as unknown as Row;
    const bird = values.join(',');
    if (row.island !== 'Biscoe' || !fits(row) || ++found % n) return bird;
    return bird.replace(/^\w+/, (label) => SWAPPED[label] ?? label);
  });
  const to = another();
  mkdirSync(to);
  writeFileSync(join(to, 'data.csv'), [head, ...written, ''].join('\n'));
  return to;
}

/** Replace what is there, and there once. */
const change =
  (path: string, from: string, to: string) =>
  (dir: string): void => {
    const text = readFileSync(join(dir, path), 'utf8');
    expect(text.split(from), `${from} in ${path}`).toHaveLength(2);
    writeFileSync(join(dir, path), text.replace(from, to));
  };

const NEWER = '2026-01-19';
/** Newer rows, which the next training takes. */
function arrives(cloud: Judged, data: string): void {
  cloud.data.set(NEWER, data);
  cloud.azure.set(`${WORKSPACE}/data/churn-data:${NEWER}`, {
    path: `azureml://datastores/gathered/paths/${NEWER}/`,
  });
}

const tree = (): Tree => treeOf(3);
async function workspace(of = tree(), data = rows(of)): Promise<Judged> {
  const cloud = (await cloudOf(of)).copy(Judged);
  cloud.data.set(DATA, data);
  return cloud;
}
const train = (cloud: Runners, event: Partial<Event> = {}, of = tree()): Promise<Happened> =>
  happens(cloud, of, { workflow: 'train', on: 'schedule', ...event });
const ONLY: Partial<Event> = { act: ['--job', 'azure'] };
const release = (cloud: Runners, last: string, event: Partial<Event> = {}): Promise<Happened> =>
  happens(cloud, tree(), { workflow: 'release', on: 'workflow_dispatch', act: ['--job', last], ...event });

const versions = (cloud: Runners): Record<string, Record<string, string>> =>
  Object.fromEntries(
    [...cloud.azure].flatMap(([path, { tags }]) => {
      const version = new RegExp(`^${WORKSPACE}/model/churn/version/(\\w+)$`).exec(path)?.[1];
      return version === undefined ? [] : [[version, tags as Record<string, string>]];
    }),
  );
const scoreOf = (cloud: Runners, version: string): number =>
  Number(versions(cloud)[version]?.balanced_accuracy);

let begun: Promise<{ cloud: Judged; ran: Happened }> | undefined;
/** Version 1 is trained and registered, and goes no further. It is made once. */
const first = (): Promise<{ cloud: Judged; ran: Happened }> =>
  (begun ??= (async () => {
    const cloud = await workspace();
    return { cloud, ran: await train(cloud, ONLY) };
  })());
const after = async (): Promise<Judged> => (await first()).cloud.copy<Judged>();

describe.skipIf(!able)('the gate', () => {
  it('promotes a first model in an empty workspace, and says what it scores', async () => {
    const { cloud, ran } = await first();
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(versions(cloud)).toEqual({
      1: expect.objectContaining({ run: 'calm-bear-1', data: DATA, commit: ran.commit }) as unknown,
    });
    const score = scoreOf(cloud, '1');
    expect(score).toBeGreaterThan(0.9);
    expect(ran.summary).toContain(
      `- First model: balanced\\_accuracy is ${score.toFixed(4)}, there is no champion to beat.`,
    );
    expect(ran.summary).toContain(`| balanced\\_accuracy | ${score.toFixed(4)} | - |`);
  });

  // So does live-runs.test.ts, at the end of its story.
  more('keeps the champion when the same code learns from the same rows, and stays green', async () => {
    const cloud = await after();
    const before = versions(cloud);
    const ran = await train(cloud, ONLY);
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(ran.summary).toContain('## Training: keep champion');
    expect(ran.summary).toContain('- Equal to the champion within 0.005: ');
    expect(versions(cloud)).toEqual(before);
  });

  it('rejects a model that newer rows made worse, with the reason, and the champion stays', async () => {
    const cloud = await after();
    const before = versions(cloud);
    arrives(
      cloud,
      rows(tree(), () => true, 7),
    );
    const ran = await train(cloud);
    expect(ran.jobs, ran.log).toEqual({ azure: 'failure' });
    expect(ran.failedSteps).toEqual(['Stop at a rejected model']);
    const best = scoreOf(cloud, '1').toFixed(4);
    expect(ran.summary).toMatch(
      new RegExp(
        `^- Worse than the champion: balanced\\\\_accuracy is 0\\.\\d{4}, the champion's is ${best}\\.$`,
        'm',
      ),
    );
    expect(ran.summary).toContain(`- Data: churn-data ${NEWER}`);
    expect(versions(cloud)).toEqual(before);
  });

  it('does not take newer rows that are harder for a worse model', async () => {
    const cloud = await after();
    arrives(
      cloud,
      rows(tree(), () => false, 1, 0.1),
    );
    const ran = await train(cloud, ONLY);
    expect(result(ran), ran.log).toEqual(green('azure'));
    const [, own = '', theirs = ''] =
      /^- (?:Better than|Equal to) the champion.*: balanced\\_accuracy is (\S+), the champion's is (\S+), both on the (?:7|8)\d test rows that neither learned from\.$/m.exec(
        ran.summary,
      ) ?? [];
    // By the score that is stored with the champion it would have been rejected.
    expect(Number(own)).toBeGreaterThan(0);
    expect(Number(own)).toBeLessThan(scoreOf(cloud, '1') - 0.005);
    expect(Number(theirs)).toBeLessThanOrEqual(Number(own) + 0.005);
  });

  it('rejects a model that is unfair to a group, even when there is none to be compared with', async () => {
    const cloud = await workspace(
      tree(),
      rows(tree(), ({ sex }) => sex === 'male', 2),
    );
    // So unfair a model has a slice that is weak as well; that has a limit of its own.
    const edit = change('src/churn/gate.yml', 'tolerance: 0.2', 'tolerance: 0.5');
    const ran = await train(cloud, { edit });
    expect(ran.jobs, ran.log).toEqual({ azure: 'failure' });
    expect(ran.failedSteps).toEqual(['Stop at a rejected model']);
    // Nothing else is wrong with it.
    const [, why = '', next = ''] = /^## Training: reject\n\n- (.*)\n- (.*)\n/m.exec(ran.summary) ?? [];
    expect(why).toMatch(/^Fairness: the gap between groups is 0\.[1-9]\d{3}, 0\.1000 allowed\.$/);
    expect(next).toMatch(/^balanced\\_accuracy in cross-validation is /);
    expect(versions(cloud)).toEqual({});
  });

  const METRIC = '"balanced_accuracy": float(balanced_accuracy_score(truth, predicted))';
  const NONE = "- The candidate's evaluation holds no finite primary metric.";
  const missing: [string, (dir: string) => void, { step: string; says?: string; failed?: string }][] = [
    [
      'the number that decides is not among the metrics',
      change('src/churn/evaluate.py', METRIC, '"balanced": 1.0'),
      { step: 'Stop at a rejected model', says: NONE },
    ],
    [
      'the number that decides is none',
      change('src/churn/evaluate.py', METRIC, '"balanced_accuracy": float("nan")'),
      { step: 'Stop at a rejected model', says: NONE },
    ],
    [
      'the evaluation was not written',
      change('azureml/components/evaluate.yml', '${{outputs.evaluation}}', 'evaluation.json'),
      { step: 'Wait for it, and sign in again', failed: 'step evaluate wrote no evaluation' },
    ],
  ];
  missing.forEach(([what, edit, { step, says = '', failed = '' }], index) =>
    (index ? more : it)(`lets nothing through when ${what}`, async () => {
      const cloud = await workspace();
      const ran = await train(cloud, { edit });
      expect(ran.jobs, ran.log).toEqual({ azure: 'failure' });
      expect(ran.failedSteps).toEqual([step]);
      expect(ran.summary).toContain(says);
      expect(cloud.failed.join()).toContain(failed);
      expect(versions(cloud)).toEqual({});
    }),
  );
});

/** Each answer takes longer than this repository allows. */
function slow(dir: string): void {
  const start = '    frame = inputs(frame, contract)\n    classes = ';
  change('src/churn/scoring.py', start, `    time.sleep(0.03)\n${start}`)(dir);
  change('src/churn/scoring.py', 'import sys\n', 'import sys\nimport time\n')(dir);
  change('src/churn/gate.yml', 'latency_ms: 500', 'latency_ms: 20')(dir);
}

const CHECKS = ['promote', 'test', 'model-tests', 'fairness', 'staging.deploy', 'smoke', 'integration'];
const ALL = [...CHECKS, 'responsible-ai', 'guard', 'production.deploy'].map((job) => `release.${job}`);

describe.skipIf(!able)('a release, by the tests that it really makes,', () => {
  const lives = new Map<string, Promise<{ cloud: Judged; ran: Happened }>>();
  /** Version 1 goes from the first training to production. It is made once for each tree. */
  const live = (of = tree()): Promise<{ cloud: Judged; ran: Happened }> => {
    const begun =
      lives.get(of.id) ??
      (async () => {
        const cloud = await workspace(of);
        if (of.task === 'regression')
          cloud.answers = (_, asked) => ({ predictions: asked.map(() => ({ prediction: 4200.5 })) });
        return { cloud, ran: await train(cloud, { on: 'push', changed: ['src/churn/train.py'] }, of) };
      })();
    lives.set(of.id, begun);
    return begun;
  };

  it('refuses a model whose answers take too long, and says how long', async () => {
    const cloud = await after();
    const ran = await release(cloud, 'model-tests', { edit: slow });
    expect(result(ran), ran.log).toEqual({
      jobs: { promote: 'success', test: 'success', 'model-tests': 'failure' },
      failedSteps: ['Judge'],
    });
    expect(ran.summary).toMatch(
      /^- FAILED: latency: 95 of 100 single rows take at most \d{2,}\.\d ms, 20 ms is allowed\.$/m,
    );
    expect(ran.summary.match(/^- FAILED: /gm)).toHaveLength(1);
    expect(ran.summary).toMatch(/^- passed: the stored score comes out again: /m);
    expect(versions(cloud)['1']?.release).toBe('refused');
    expect(standing(cloud, 'staging')).toEqual([]);
  });

  for (const [task, endpoint, stands] of [
    ['classification', 'both', ['batch blue version 1: default', 'online blue version 1: 100']],
    ['regression', 'online', ['online blue version 1: 100']],
  ] as const)
    more(`brings a first model to production (${task}, ${endpoint})`, async () => {
      const { cloud, ran } = await live(treeOf(3, task, endpoint));
      expect(result(ran), ran.log).toEqual(green('azure', ...ALL));
      for (const place of ['staging', 'production']) expect(standing(cloud, place)).toEqual(stands);
      const { run, commit, release: found } = versions(cloud)['1'] ?? {};
      expect([run, commit, found]).toEqual(['calm-bear-1', ran.commit, 'passed']);
      expect(inRegistry(cloud)).toEqual({
        1: expect.objectContaining({ run, data: DATA, commit, code: commit, verdict: 'promote' }) as unknown,
      });
      expect(ran.summary.match(/^- passed: /gm)?.length).toBeGreaterThan(10);
      expect(ran.summary).not.toContain('FAILED');
      expect(ran.summary).toMatch(/^## Fairness: (pass|not applicable)$/m);
    });

  more('stops a model that somebody registered although the gate rejected it', async () => {
    const cloud = (await live()).cloud.copy<Judged>();
    const before = standing(cloud, 'production');
    arrives(
      cloud,
      rows(tree(), ({ sex }) => sex === 'male', 2),
    );
    const rejected = await train(cloud);
    expect(rejected.jobs, rejected.log).toEqual({ azure: 'failure' });
    const run = [...cloud.models.keys()].at(-1);
    cloud.azure.set(`${WORKSPACE}/model/churn/version/2`, {
      type: 'mlflow_model',
      tags: { run, data: NEWER, commit: rejected.commit, verdict: 'promote' },
    });
    const ran = await release(cloud, 'production');
    expect(ran.jobs, ran.log).toMatchObject({
      ...{ promote: 'success', test: 'success', 'model-tests': 'failure', fairness: 'failure' },
    });
    expect(ran.jobs['production.deploy']).toBeUndefined();
    expect(ran.summary).toMatch(
      /^- FAILED: not worse than production: balanced_accuracy is 0\.\d+, in production it is 0\.\d+\.$/m,
    );
    expect(ran.summary).toMatch(/^- FAILED: slices: island = Biscoe: 0\.\d+, 0\.\d+ is asked\.$/m);
    expect(ran.summary).toMatch(/^## Fairness: fail\n\n- sex: /m);
    expect(versions(cloud)['2']?.release).toBe('refused');
    expect(standing(cloud, 'production')).toEqual(before);
  });

  more('does not take the champion from the gate when code, not the model, is too slow', async () => {
    const cloud = (await live()).cloud.copy<Judged>();
    const before = standing(cloud, 'production');
    // What serves changed, and what trains did not.
    const pushed: Partial<Event> = { on: 'push', changed: ['src/churn/scoring.py'], edit: slow };
    const red = await train(cloud, pushed);
    expect(red.jobs, red.log).toMatchObject({ azure: 'success', 'release.model-tests': 'failure' });
    expect(red.summary).toContain('## Training: keep champion');
    expect(red.summary).toContain('- FAILED: latency: ');
    expect(standing(cloud, 'production')).toEqual(before);
    expect(red.summary).toContain('Version 1 fails, but was in production: it keeps its tag.');
    expect(versions(cloud)['1']?.release).toBe('passed');
    // The next push mends it: the same model, no second version.
    const mend = (dir: string): void => {
      change('src/churn/scoring.py', '    time.sleep(0.03)\n', '')(dir);
      change('src/churn/scoring.py', 'import time\n', '')(dir);
      change('src/churn/gate.yml', 'latency_ms: 20', 'latency_ms: 500')(dir);
    };
    const mended = await train(cloud, { ...pushed, edit: mend });
    expect(mended.summary).toContain('## Training: keep champion');
    expect(result(mended), mended.log).toEqual(green('azure', ...ALL));
    expect(Object.keys(versions(cloud))).toEqual(['1']);
    // What is live has that code already.
    expect(traffic(cloud, 'production')).toEqual(['blue=100']);
  });
});

knownToAz();
