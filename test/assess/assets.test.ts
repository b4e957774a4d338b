import { describe, expect, test } from 'vitest';
import { assetOf, assetsOf } from '../../src/assess/assets/index.js';
import { filesOf } from '../../src/assess/files/index.js';
import type { FileTree } from '../../src/render/tree.js';

const schema = (name: string) =>
  `$schema: https://azuremlschemas.azureedge.net/latest/${name}.schema.json\nname: a\n`;

describe('an Azure ML YAML is known by its schema', () => {
  test.each([
    ['pipelineJob', 'pipeline'],
    ['commandJob', 'command'],
    ['sweepJob', 'sweep'],
    ['autoMLClassificationJob', 'automl'],
    ['commandComponent', 'component'],
    ['pipelineComponent', 'component'],
    ['parallelComponent', 'component'],
    ['environment', 'environment'],
    ['data', 'data'],
    ['azureBlob', 'datastore'],
    ['azureDataLakeGen2', 'datastore'],
    ['model', 'model'],
    ['amlCompute', 'compute'],
    ['computeInstance', 'compute'],
    ['kubernetesCompute', 'compute'],
    ['workspace', 'workspace'],
    ['registry', 'registry'],
    ['schedule', 'schedule'],
    ['monitorSchedule', 'monitor'],
    ['managedOnlineEndpoint', 'online-endpoint'],
    ['kubernetesOnlineEndpoint', 'online-endpoint'],
    ['managedOnlineDeployment', 'online-deployment'],
    ['batchEndpoint', 'batch-endpoint'],
    ['modelBatchDeployment', 'batch-deployment'],
    ['pipelineComponentBatchDeployment', 'batch-deployment'],
    ['featureSet', 'feature-set'],
  ])('%s', (name, kind) => expect(assetOf('a.yml', schema(name))?.kind).toBe(kind));

  test('of another host, it is none', () =>
    expect(
      assetOf('a.yml', '$schema: https://json.schemastore.org/pipelineJob.schema.json\n'),
    ).toBeUndefined());

  test('a schedule that creates a monitor is one', () =>
    expect(
      assetOf('a.yml', '$schema: http://azureml/sdk-2-0/Schedule.json\ncreate_monitor: {}\n')?.kind,
    ).toBe('monitor'));
});

describe('without a schema it is known by its shape', () => {
  test.each([
    ['type: amlcompute\nname: c\nsize: x', 'compute'],
    ['type: pipeline\njobs:\n  a:\n    component: x.yml', 'pipeline'],
    ['jobs:\n  a:\n    command: python x.py\n    environment: y', 'pipeline'],
    ['command: python a.py\nenvironment: azureml:e:1\ncompute: azureml:c\ncode: src', 'command'],
    ['type: command\nname: a\ncommand: python a.py\nenvironment: azureml:e:1\ncode: src', 'component'],
    ['type: sweep\nsearch_space: {}\ntrial: {}', 'sweep'],
    ['name: x\nauth_mode: key', 'online-endpoint'],
    ['name: blue\nendpoint_name: x\nmodel: azureml:m:1\ninstance_type: y', 'online-deployment'],
    ['name: b\nendpoint_name: x\nmodel: azureml:m:1\ncompute: azureml:c', 'batch-deployment'],
    ['name: e\nconda_file: conda.yml\nimage: x', 'environment'],
    ['name: d\ntype: uri_folder\npath: x', 'data'],
    ['name: m\ntype: mlflow_model\npath: x', 'model'],
    ['name: s\ntrigger: {type: cron}\ncreate_job: ./x.yml', 'schedule'],
    ['name: e\nchannels: [a]\ndependencies: [b]', undefined],
    ['services:\n  a:\n    image: x', undefined],
    ['apiVersion: v1\nkind: Service\ntype: command', undefined],
    ['on: push\njobs:\n  a:\n    runs-on: x\n    steps: []', undefined],
    ['trigger: [main]\njobs:\n- job: a\n  steps: []', undefined],
    ['stages:\n  train:\n    cmd: python x.py', undefined],
    ['# type: amlcompute', undefined],
    ['type: [', undefined],
  ])('%j', (text, kind) => expect(assetOf('a/b.yaml', `${text}\n`)?.kind).toBe(kind));
});

test('a workflow is none, whatever it looks like', () =>
  expect(assetOf('.github/workflows/a.yml', schema('pipelineJob'))).toBeUndefined());

test('those of the assessed part are found wherever they lie, with the lines of their keys', () => {
  const files = {
    'a/x/1.yml': `${schema('data')}path: y\n`,
    'b/2.yml': schema('data'),
    'a/3.txt': schema('data'),
  };
  const tree: FileTree = new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      { content: new TextEncoder().encode(text), mode: '100644' },
    ]),
  );
  const assets = assetsOf(filesOf(tree, 'a'));
  expect(assets.map(({ path, kind }) => [path, kind])).toEqual([['a/x/1.yml', 'data']]);
  expect(assets[0]?.line(['path'])).toBe(3);
  expect(assets[0]?.value.path).toBe('y');
});
