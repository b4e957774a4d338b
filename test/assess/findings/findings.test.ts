import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesOf } from '../../../src/assess/files/index.js';
import { findingsOf, KINDS } from '../../../src/assess/findings/findings.js';
import { filesIn } from '../pipelines/fakes.js';
import { factsIn } from './facts.js';

const TODAY = '2026-11-23';
const findings = (tree: Readonly<Record<string, string>>) => findingsOf(factsIn(filesIn(tree)), TODAY);
/** `id path:line` */
const found = (tree: Readonly<Record<string, string>>): string[] =>
  findings(tree).map(({ id, path, line }) => `${id} ${path}:${line}`);

const KEY = `${'Ab1+'.repeat(21)}Ab==`;
const COMMIT = 'a'.repeat(40);
/** A workflow without a finding, and the steps of its job. */
const workflow = (steps: string, head = 'on: push', job = '') =>
  `${head}\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n${job}    steps:\n${steps}`;
const W = '.github/workflows/w.yml';

describe('what is found, and where', () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      'a stored secret',
      {
        [W]: workflow(
          '      - run: az login --service-principal -u $ID -p $SECRET\n        env:\n          SECRET: ${{ secrets.AZURE_CLIENT_SECRET }}\n',
        ),
      },
      [`secret-instead-of-oidc ${W}:9`, `secret-instead-of-oidc ${W}:7`],
    ],
    [
      'azure/login with creds',
      {
        [W]: workflow(
          `      - uses: azure/login@${COMMIT}\n        with:\n          creds: \${{ secrets.LOGIN }}\n`,
        ),
      },
      [`secret-instead-of-oidc ${W}:9`],
    ],
    [
      'a secret of Azure Pipelines',
      {
        'azure-pipelines.yml':
          'trigger: none\nsteps:\n- script: deploy\n  env: { K: $(STORAGE_ACCOUNT_KEY) }\n',
      },
      ['secret-instead-of-oidc azure-pipelines.yml:4'],
    ],
    ['a key in code', { 'a.py': `x = 1\nkey = "${KEY}"\n` }, ['secret-in-file a.py:2']],
    [
      'a key in a notebook',
      {
        'a.ipynb': `{"cells": [{"cell_type": "code", "source": [\n"conn = 'AccountName=x;AccountKey=${KEY}'\\n"\n]}]}`,
      },
      ['secret-in-file a.ipynb:2'],
    ],
    [
      'a password in a configuration',
      { 'c.yml': 'client_secret: "Qx7~aaBBccDDeeFF0011223344556677889"\n' },
      ['secret-in-file c.yml:1'],
    ],
    [
      'a place for a key',
      { 'c.yml': 'client_secret: "${CLIENT_SECRET}"\npassword: "your-password-goes-in-here-please-now"\n' },
      [],
    ],
    [
      'an identity that is a secret',
      { 'a.py': 'from azure.identity import ClientSecretCredential\nc = ClientSecretCredential(a, b, s)\n' },
      ['key-instead-of-identity a.py:2'],
    ],
    [
      'a datastore with a key',
      {
        'd.yml':
          'type: azure_blob\nname: d\naccount_name: a\ncontainer_name: c\ncredentials:\n  account_key: x\n$schema: https://azuremlschemas.azureedge.net/latest/azureBlob.schema.json\n',
      },
      ['key-instead-of-identity d.yml:5'],
    ],
    [
      'actions that are not pinned',
      {
        [W]: workflow(
          `      - uses: actions/checkout@v7\n      - uses: x/y@v1\n      - uses: actions/cache@main\n      - uses: x/z@${COMMIT}\n      - uses: ./.github/actions/own\n`,
        ),
      },
      [`unpinned-action ${W}:8`, `unpinned-action ${W}:9`, `unpinned-first-party-action ${W}:7`],
    ],
    [
      'a token that may do everything',
      {
        [W]: 'on: push\npermissions: write-all\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: ls }] } }\n',
      },
      [`permissions-write-all ${W}:2`],
    ],
    [
      'a token of which nothing is said',
      { [W]: 'on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: ls }] } }\n' },
      [`permissions-not-declared ${W}:2`],
    ],
    [
      'a token that each job says',
      { [W]: 'on: push\njobs: { a: { permissions: {}, runs-on: ubuntu-24.04, steps: [{ run: ls }] } }\n' },
      [],
    ],
    [
      'a pull request with the secrets of the repository',
      {
        [W]: workflow(
          `      - uses: actions/checkout@${COMMIT}\n        with:\n          ref: \${{ github.event.pull_request.head.sha }}\n`,
          'on: pull_request_target',
        ),
      },
      [`pull-request-target ${W}:9`],
    ],
    [
      'text of a stranger in a script',
      {
        [W]: workflow(
          '      - run: |\n          ls\n          echo "${{ github.event.issue.title }}"\n      - run: echo "$T"\n        env:\n          T: ${{ github.event.issue.title }}\n',
          'on: issues',
        ),
      },
      [`untrusted-input ${W}:9`],
    ],
    [
      'tests whose failure stops nothing',
      { [W]: workflow('      - run: pytest\n', 'on: push', '    continue-on-error: true\n') },
      [`gate-open ${W}:8`],
    ],
    [
      'tests that stop',
      { [W]: workflow('      - run: pytest\n      - run: ls\n        continue-on-error: true\n') },
      [],
    ],
    [
      'a gate that is a constant',
      {
        'gate.py':
          'def passes(auc):\n    """Says\n    more."""\n    # later\n    return True or auc > 0.8\n\n\ndef should_deploy(a):\n    if a:\n        return True\n    return True\n',
      },
      ['gate-constant gate.py:5', 'gate-constant gate.py:10'],
    ],
    [
      'a gate that judges',
      {
        'gate.py':
          'def passes(auc):\n    return auc > 0.8\n\ndef gate(auc):\n    if auc < 0.8:\n        raise SystemExit(1)\n    return True\n\ndef promote(a):\n    if a:\n        return True\n    return False\n',
        'tests/test_gate.py': 'def passes(x):\n    return True\n',
      },
      [],
    ],
    [
      'the SDK v1',
      {
        'a.py': 'import os\nfrom azureml.core import Workspace\nimport azureml.core\n',
        'b.py': 'import azureml.mlflow\n',
      },
      ['sdk-v1 a.py:2'],
    ],
    [
      'the SDK v1 in a notebook',
      { 'a.ipynb': '{"cells": [{"cell_type": "code", "source": [\n"from azureml.core import Run\\n"\n]}]}' },
      ['sdk-v1 a.ipynb:2'],
    ],
    [
      'the CLI v1',
      {
        'deploy.sh': 'ls\n# az ml folder attach\naz ml model deploy --name x\naz ml model create --name x\n',
      },
      ['cli-v1 deploy.sh:3'],
    ],
    [
      'retired machines, images, packages and sizes',
      {
        'azure-pipelines.yml': 'trigger: none\npool:\n  vmImage: ubuntu-20.04\nsteps:\n- script: ls\n',
        Dockerfile: 'FROM mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:latest\n',
        'requirements.txt': 'azureml-core==1.59.0\n',
        'c.yml':
          '$schema: https://azuremlschemas.azureedge.net/latest/amlCompute.schema.json\ntype: amlcompute\nsize: Standard_DS3_v2\n',
      },
      [
        'retired Dockerfile:1',
        'retired azure-pipelines.yml:3',
        'retired requirements.txt:1',
        'retired c.yml:3',
      ],
    ],
    [
      'packages without a version',
      {
        'requirements.txt': 'pandas\nnumpy>=2,<3\n',
        'conda.yml':
          'channels: [conda-forge]\ndependencies:\n- python=3.12\n- pandas\n- pip:\n  - mlflow>=2\n',
      },
      [
        'unpinned-requirement conda.yml:4',
        'unpinned-requirement conda.yml:6',
        'unpinned-requirement requirements.txt:1',
      ],
    ],
    [
      'a deployment that collects nothing',
      {
        'd.yml':
          '$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json\nname: blue\nendpoint_name: e\nmodel: azureml:m@latest\n',
      },
      ['deployment-without-collection d.yml:2'],
    ],
    [
      'a deployment in Python that collects nothing, and one that does',
      {
        'd.py':
          'from azure.ai.ml.entities import ManagedOnlineDeployment\na = ManagedOnlineDeployment(name="a")\nb = ManagedOnlineDeployment(name="b", data_collector=c)\n',
      },
      ['deployment-without-collection d.py:2'],
    ],
    [
      'endpoints with keys',
      {
        'e.yml':
          '$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json\nname: e\nauth_mode: key\n',
        'f.yml':
          '$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json\nname: e\nauth_mode: aad_token\n',
        'e.py':
          'from azure.ai.ml.entities import ManagedOnlineEndpoint\nManagedOnlineEndpoint(name="e", auth_mode="aad_token")\nManagedOnlineEndpoint(name="f")\n',
      },
      ['endpoint-with-keys e.py:3', 'endpoint-with-keys e.yml:3'],
    ],
    [
      'a model of which nobody knows the run',
      {
        [W]: workflow(
          '      - run: az ml model create --name m --path outputs/model\n      - run: az ml model create --name m --path azureml://jobs/$RUN/outputs/model\n      - run: az ml model create --name m --path "$MODEL"\n      - run: az ml model create --name m --path model --tags run=1\n',
        ),
        'r.py':
          'from azure.ai.ml.entities import Model\nModel(path="model.pkl", name="m")\nModel(path=f"azureml://jobs/{x}/outputs/m")\n',
      },
      [`model-without-lineage ${W}:7`, 'model-without-lineage r.py:2'],
    ],
    [
      'compute that never stops',
      {
        'c.yml':
          '$schema: https://azuremlschemas.azureedge.net/latest/amlCompute.schema.json\ntype: amlcompute\nmin_instances: 1\n',
        'd.yml':
          '$schema: https://azuremlschemas.azureedge.net/latest/amlCompute.schema.json\ntype: amlcompute\nmin_instances: 0\n',
        'c.py': 'from azure.ai.ml.entities import AmlCompute\nAmlCompute(name="c", min_instances=2)\n',
      },
      ['compute-always-on c.py:2', 'compute-always-on c.yml:3'],
    ],
    [
      'a schedule that waits for code',
      { 'azure-pipelines.yml': 'trigger: none\nschedules:\n- cron: "0 3 * * 1"\nsteps:\n- script: ls\n' },
      ['schedule-without-always azure-pipelines.yml:3'],
    ],
  ])('%s', (_, tree, expected) => {
    expect(found(tree).sort()).toEqual([...expected].sort());
  });

  it('a model in git, but no pointer to one', () => {
    const of = (text: string) => ({ content: Buffer.from(text, 'latin1'), mode: '100644' as const });
    const tree = new Map([
      ['model/a.pkl', of('\x80\x04\x95\x00\xff')],
      ['model/b.pkl', of('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')],
    ]);
    expect(findingsOf(factsIn(filesOf(tree)), TODAY).map(({ id, path }) => `${id} ${path}`)).toEqual([
      'model-in-git model/a.pkl',
    ]);
  });
});

it('what is announced is told apart from what is gone', () => {
  const tree = {
    'c.yml':
      '$schema: https://azuremlschemas.azureedge.net/latest/amlCompute.schema.json\ntype: amlcompute\nsize: Standard_DS3_v2\n',
  };
  expect(findings(tree)).toMatchObject([
    { severity: 'low', says: expect.stringContaining('announced to end on 2028-05-01') as string },
  ]);
  expect(findingsOf(factsIn(filesIn(tree)), '2029-01-01')).toMatchObject([{ severity: 'high' }]);
});

it('never shows what it found', () => {
  expect(JSON.stringify(findings({ 'a.py': `account_key = "${KEY}"\n` }))).not.toContain('Ab1+');
});

it('the worst comes first, and of one kind at most five places and how many more', () => {
  const all = findings({
    'requirements.txt': Array.from({ length: 9 }, (_, at) => `package${at}\n`).join(''),
    'a.py': `k = "${KEY}"\n`,
  });
  expect(all.map(({ severity }) => severity)).toEqual(['high', ...Array.from({ length: 6 }, () => 'low')]);
  expect(all.at(-1)?.says).toContain('4 more places');
});

it('each says one thing to do', () => {
  for (const { id, says, fix } of KINDS) {
    expect(`${id}: ${says}`).not.toMatch(/\.$/);
    expect(fix).toMatch(/[.…/\w]$/);
  }
  expect(new Set(KINDS.map(({ id }) => id)).size).toBe(KINDS.length);
});

it('names the size that ends, not its series alone', () => {
  const text =
    '$schema: https://azuremlschemas.azureedge.net/latest/amlCompute.schema.json\ntype: amlcompute\nsize: Standard_DS3_v2\n';
  const [found] = findings({ 'c.yml': text }).filter(({ id }) => id === 'retired');
  expect(found?.says).toMatch(/^Standard_DS3_v2, of the machine sizes .*2028-05-01$/);
});

it('mends a retired machine in the words of its own system', () => {
  const machine = (path: string, text: string) =>
    findings({ [path]: text }).filter(({ id }) => id === 'retired');
  expect(machine('azure-pipelines.yml', 'pool:\n  vmImage: ubuntu-20.04\n')).toMatchObject([
    { severity: 'high', fix: 'Use `vmImage: ubuntu-24.04`.' },
  ]);
  expect(machine(W, 'on: push\njobs:\n  a:\n    runs-on: ubuntu-22.04\n    steps: []\n')).toMatchObject([
    { severity: 'low', fix: 'Use `runs-on: ubuntu-24.04`.' },
  ]);
});

it('never throws', () => {
  const part = fc.constantFrom(
    'on: push\n',
    'jobs:\n',
    '  a:\n',
    'steps:',
    '- uses: x@',
    'def gate(a):\n',
    '  return True\n',
    '"""',
    KEY,
    '\n',
    '${{ secrets.X }}',
    'type: amlcompute\n',
    '{',
    ']',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      expect(
        findings({ [W]: text, 'a.py': text, 'a.ipynb': text, 'a.yml': text, 'requirements.txt': text })
          .length,
      ).toBeLessThan(150);
    }),
    { numRuns: 200 },
  );
});

it('is quick on long lines and many keys', () => {
  const tree = {
    'a.py': '== AccountKey='.repeat(70_000),
    'b.py': `k = "${KEY}"\n`.repeat(10_000),
    'c.yml': `${'${{ secrets.'.repeat(50_000)}\n`,
  };
  const started = performance.now();
  expect(findings(tree)).toHaveLength(6);
  expect(performance.now() - started).toBeLessThan(4_000);
});
