import type { FileTree } from '../../src/render/tree.js';
import {
  both,
  commented,
  deleted,
  type Edit,
  hollow,
  jobOff,
  replaced,
  replacedAll,
  stepOff,
  textAt,
} from './edits.js';

const W = '.github/workflows';
/** A trigger of a workflow, with all that is below it. */
const trigger = (name: string): Edit => commented(new RegExp(`^  ${name}:`));
const allTests = (tree: FileTree, like: RegExp): Record<string, Edit> =>
  Object.fromEntries(
    [...tree.keys()]
      .filter((path) => like.test(path) && /\bassert\b/.test(textAt(tree, path)))
      .map((path) => [path, hollow]),
  );

/** One text for another in all files of that kind that have it. */
const everywhere = (tree: FileTree, like: RegExp, from: RegExp, to: string): Record<string, Edit> =>
  Object.fromEntries(
    [...tree.keys()]
      .filter((path) => like.test(path) && textAt(tree, path).search(from) !== -1)
      .map((path) => [path, replacedAll(from, to)]),
  );

/** A repository as emitted, what is done to it, and which rows fall by it. */
export interface Mutation {
  id: string;
  level: number;
  endpoint?: string;
  edits: Readonly<Record<string, Edit>> | ((tree: FileTree) => Record<string, Edit>);
  /** What these rows hold after it; all others hold what they held. */
  falls: Readonly<Record<string, number>>;
  /** Rows of which levels.md does not say whether they fall with it. */
  either?: readonly string[];
  /** The repository's level after it, where it is another one. */
  to?: number;
}

export const mutations: readonly Mutation[] = [
  {
    id: 'the data workflow has no schedule',
    level: 1,
    edits: { [`${W}/data.yml`]: trigger('schedule') },
    falls: { 'creation.data': 0 },
  },
  {
    id: 'the job that gathers data is switched off',
    level: 1,
    edits: { [`${W}/data.yml`]: jobOff('gather') },
    falls: { 'creation.data': 0 },
  },
  {
    id: 'the data workflow calls a module that is not there',
    level: 1,
    edits: { 'src/churn/data.py': deleted },
    falls: { 'creation.data': 0 },
    either: ['app.model-tests', 'release.scoring-script', 'app.code-tests'],
  },
  {
    id: 'no schedule for data, where a step prepares what somebody put there',
    level: 2,
    edits: { [`${W}/data.yml`]: trigger('schedule') },
    falls: { 'creation.data': 1 },
  },
  {
    id: 'tests may fail (|| true)',
    level: 1,
    edits: {
      [`${W}/ci.yml`]: both(
        replaced(/make test .*/, 'make test || true'),
        replaced(/make app .*/, 'make app || true'),
      ),
    },
    falls: { 'release.scoring-script': 1 },
    // The release of the application runs its tests too, and those are taken for tests of the model (below).
    either: ['app.code-tests', 'app.model-tests'],
  },
  {
    id: 'the make target that tests is empty',
    level: 2,
    edits: { Makefile: replaced(/^\t\$\(PYTHON\) -m pytest tests$/m, '\t@echo no tests today') },
    falls: { 'release.scoring-script': 1, 'app.model-tests': 0 },
  },
  {
    id: 'the tests of the application assert nothing',
    level: 2,
    edits: (tree) => allTests(tree, /^app\/test_/),
    falls: { 'app.code-tests': 0 },
  },
  {
    id: 'the tests of the scoring scripts assert nothing',
    level: 4,
    edits: (tree) =>
      allTests(tree, /^tests\/test_(scoring|entry_script|server|local_azure|pipeline|model)\.py$/),
    falls: { 'release.scoring-script': 1 },
    either: ['app.model-tests'],
    to: 4,
  },
  {
    id: 'no scoring script',
    level: 2,
    edits: { 'src/score.py': deleted, 'src/score_batch.py': deleted },
    falls: { 'release.scoring-script': 0 },
    either: ['app.model-tests'],
    to: 0,
  },
  {
    id: 'no workflow releases the application',
    level: 3,
    edits: { [`${W}/release-app.yml`]: deleted },
    falls: { 'app.releases': 0 },
    either: ['app.code-tests'],
  },
  {
    id: 'the release of the application waits for nobody',
    level: 3,
    edits: { [`${W}/release-app.yml`]: replaced(/^ {4}environment: production.*\n/m, '') },
    falls: { 'app.releases': 2 },
  },
  {
    id: 'the release of the application is a dry run',
    level: 3,
    edits: { [`${W}/release-app.yml`]: replaced('gh release create', 'echo gh release create') },
    falls: { 'app.releases': 0 },
  },
  {
    id: 'the application has integration tests only',
    level: 4,
    endpoint: 'batch',
    edits: { 'app/test_app.py': deleted },
    falls: { 'app.code-tests': 0 },
  },
  {
    id: 'the integration tests of the application assert nothing',
    level: 3,
    edits: (tree) => allTests(tree, /^app\/test_integration/),
    falls: { 'app.code-tests': 2 },
    either: ['app.model-tests'],
  },
  {
    id: 'no push trains',
    level: 2,
    edits: { [`${W}/train.yml`]: both(trigger('push'), trigger('pull_request')) },
    falls: { 'creation.retraining': 2 },
    to: 2,
  },
  {
    id: 'no schedule trains',
    level: 2,
    edits: { [`${W}/train.yml`]: trigger('schedule') },
    falls: { 'creation.retraining': 2 },
    to: 2,
  },
  {
    id: 'training starts by a click only',
    level: 2,
    edits: { [`${W}/train.yml`]: both(trigger('push'), trigger('pull_request'), trigger('schedule')) },
    falls: { 'creation.retraining': 1, 'creation.tracking': 1, 'creation.result': 2 },
    to: 1,
  },
  {
    id: 'the training pipeline is not there',
    level: 2,
    edits: { 'azureml/pipelines/train.yml': deleted },
    falls: { 'creation.retraining': 1, 'creation.tracking': 1 },
    // The cluster stays declared; a model of a job that cannot be is still registered by text.
    either: ['creation.compute', 'creation.data', 'creation.result', 'app.model-tests'],
    to: 1,
  },
  {
    id: 'the training code tracks nothing',
    level: 2,
    edits: { 'src/churn/tracking.py': replacedAll(/\bclient\.log_\w+\(/g, 'print(') },
    falls: { 'creation.tracking': 1 },
    to: 1,
  },
  {
    id: 'tracking may fail',
    level: 2,
    edits: {
      'src/churn/tracking.py': replaced(
        /^ {4}client\.log_batch\((.*)\)$/m,
        '    if False:\n        client.log_batch(run_id, metrics=values, params=texts)',
      ),
    },
    falls: { 'creation.tracking': 1 },
    to: 1,
  },
  {
    id: 'the model is not registered by the workflow that trained it',
    level: 2,
    edits: { [`${W}/train.yml`]: stepOff(/Register the model/) },
    falls: { 'creation.result': 2 },
    to: 1,
  },
  {
    id: 'registration is printed',
    level: 2,
    edits: { [`${W}/train.yml`]: replaced('$(az ml model create', '$(echo az ml model create') },
    falls: { 'creation.result': 2 },
    to: 1,
  },
  {
    id: 'no cluster is declared',
    level: 2,
    edits: (tree) => ({
      'azureml/compute/cluster.yml': deleted,
      ...Object.fromEntries(
        [...tree.keys()]
          .filter((path) => /\.(ya?ml|sh)$/.test(path) && /cpu-cluster/.test(textAt(tree, path)))
          .filter((path) => path !== 'azureml/compute/cluster.yml')
          .map((path) => [path, replacedAll(/cpu-cluster/g, 'my-instance')]),
      ),
    }),
    falls: {},
    either: ['creation.compute'],
  },
  {
    id: 'the release of a trained model is switched off',
    level: 3,
    edits: { [`${W}/train.yml`]: jobOff('release') },
    falls: { 'release.process': 2 },
    // A change of what serves the model still goes through staging to production.
    either: ['app.model-tests'],
    to: 2,
  },
  {
    id: 'the job that deploys is switched off',
    level: 3,
    edits: { [`${W}/deploy.yml`]: jobOff('deploy') },
    falls: { 'release.process': 2, 'release.owner': 2, 'release.rollout': 2 },
    either: ['app.model-tests', 'app.code-tests'],
    to: 2,
  },
  {
    id: 'the workflow that deploys is not there',
    level: 3,
    edits: { [`${W}/deploy.yml`]: deleted },
    falls: { 'release.process': 2, 'release.owner': 2, 'release.rollout': 2 },
    either: ['app.model-tests', 'app.code-tests'],
    to: 2,
  },
  {
    id: 'nothing goes to production without a person starting it',
    level: 3,
    edits: { [`${W}/release.yml`]: jobOff('production') },
    falls: { 'release.owner': 3, 'release.rollout': 2 },
    to: 2,
  },
  {
    id: 'production does not wait for staging',
    level: 3,
    edits: { [`${W}/release.yml`]: replaced(/needs: \[promote, staging, smoke, .*\]/, 'needs: [promote]') },
    falls: { 'release.rollout': 2 },
    either: ['app.model-tests', 'app.code-tests', 'release.process'],
    to: 2,
  },
  {
    id: 'nothing starts retraining when production fails',
    level: 4,
    edits: { [`${W}/retrain.yml`]: jobOff('retrain') },
    falls: { 'creation.retraining': 3 },
    to: 3,
  },
  {
    id: 'starting the retraining is printed',
    level: 4,
    edits: { [`${W}/retrain.yml`]: replaced('gh workflow run', 'echo gh workflow run') },
    falls: { 'creation.retraining': 3 },
    to: 3,
  },
  {
    id: 'nobody looks at production by schedule',
    level: 4,
    edits: { [`${W}/retrain.yml`]: trigger('schedule') },
    falls: { 'creation.retraining': 3 },
    to: 3,
  },
  {
    // An A/B test is enough beside it: only without both is the rollout of level 3.
    id: 'no traffic is mirrored, and nothing is compared',
    level: 4,
    endpoint: 'online',
    edits: (tree) => ({
      [`${W}/ab-test.yml`]: deleted,
      [`${W}/deploy.yml`]: replacedAll(/delivery\.rollout mirror/g, 'delivery.rollout wait'),
      ...Object.fromEntries(
        [...tree.keys()]
          .filter((path) => /^delivery\/.*\.py$/.test(path) && /mirror/.test(textAt(tree, path)))
          .map((path) => [path, replacedAll(/mirror/g, 'wait')]),
      ),
    }),
    falls: { 'release.rollout': 3 },
    to: 3,
  },
  {
    id: 'production deploys by what is not there',
    level: 4,
    endpoint: 'online',
    edits: { 'delivery/rollout.py': deleted, [`${W}/ab-test.yml`]: deleted },
    falls: { 'release.rollout': 2 },
    either: ['release.owner', 'app.code-tests', 'app.model-tests'],
  },
  {
    id: 'nothing gathers data and no step writes prepared data',
    level: 2,
    edits: (tree) => ({
      [`${W}/data.yml`]: trigger('schedule'),
      ...everywhere(tree, /^src\/.*\.py$/, /\.to_(?:csv|parquet|json)\(/g, '.describe('),
    }),
    falls: { 'creation.data': 0 },
  },
  {
    // The cluster stays declared, and the workflow still starts the job on Azure.
    id: 'no pipeline names its compute',
    level: 2,
    edits: (tree) => everywhere(tree, /^azureml\/.*\.yml$/, /default_compute:/g, 'description:'),
    falls: {},
  },
  {
    id: 'no script registers a model',
    level: 1,
    edits: { 'scripts/register.sh': deleted },
    falls: { 'creation.result': 1 },
  },
  {
    // Up to level 2 a release is what people do; without the script the row holds what it asks of everybody.
    id: 'no script hands a model over',
    level: 2,
    edits: { 'scripts/hand-off.sh': deleted },
    falls: {},
  },
  {
    // The workflow that asks production by itself is what counts.
    id: 'no monitor is declared',
    level: 4,
    endpoint: 'online',
    edits: { 'azureml/monitor.yml': deleted },
    falls: {},
  },
  {
    id: 'nobody compares what two batch deployments answer',
    level: 4,
    endpoint: 'batch',
    edits: (tree) => everywhere(tree, /^delivery\/.*\.py$/, /\bcompare\(/g, 'look('),
    falls: { 'release.rollout': 3 },
    to: 3,
  },
  {
    id: 'no test asserts anything',
    level: 1,
    edits: (tree) => allTests(tree, /(?:^|\/)test_[^/]*\.py$/),
    falls: { 'release.scoring-script': 1, 'app.model-tests': 0, 'app.code-tests': 0 },
    to: 0,
  },
];
