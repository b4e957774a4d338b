import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { azurePipelinesChains, pipelinesNotes } from '../../../src/assess/pipelines/chains.js';
import type { Chain } from '../../../src/assess/types.js';
import { filesIn, lines } from './fakes.js';

const chainsIn = (tree: Readonly<Record<string, string>>, within = ''): Chain[] =>
  azurePipelinesChains(filesIn(tree, within), lines());

/** `job: act, act` per job; what is off is in brackets. */
const told = (chain: Chain | undefined): string[] =>
  (chain?.jobs ?? []).map(
    ({ id, acts }) =>
      `${id}: ${acts.map(({ text, off }) => (off === undefined ? text : `(${text})`)).join(', ')}`,
  );
const job = (chain: Chain | undefined, id: string) => chain?.jobs.find((each) => each.id === id);
const startedBy = (chains: readonly Chain[]) =>
  chains.map(({ started }) => started.map(({ by, off }) => (off === undefined ? by : `(${by})`)).join(' '));

const RUN = 'steps:\n- script: pytest\n';

describe('what starts a pipeline', () => {
  it.each([
    ['no trigger is every push', '', 'change hand'],
    ['none is a person', 'trigger: none\n', 'hand'],
    ['a branch', 'trigger: [main]\n', 'change hand'],
    ['tags alone', 'trigger:\n  tags:\n    include: [v*]\n', 'hand hand'],
    ['a pull request', 'trigger: none\npr: [main]\n', 'pull-request hand'],
    ['no pull request', 'trigger: none\npr: none\n', 'hand'],
    [
      'a schedule that always runs',
      'trigger: none\nschedules:\n- cron: "0 3 * * 1"\n  always: true\n',
      'schedule hand',
    ],
    [
      'a schedule that waits for changed code',
      'trigger: none\nschedules:\n- cron: "0 3 * * 1"\n',
      '(schedule) hand',
    ],
    [
      'a pipeline of somewhere else',
      'trigger: none\nresources:\n  pipelines:\n  - pipeline: up\n    source: Upstream\n    trigger: true\n',
      'event hand',
    ],
    [
      'a pipeline whose end is not listened to',
      'trigger: none\nresources:\n  pipelines:\n  - pipeline: up\n    source: Upstream\n',
      'hand',
    ],
    [
      'a web hook',
      'trigger: none\nresources:\n  webhooks:\n  - webhook: model\n    connection: c\n',
      'event hand',
    ],
  ])('%s', (_, head, by) => {
    expect(startedBy(chainsIn({ 'azure-pipelines.yml': head + RUN }))).toEqual([by]);
  });

  it('shows the line', () => {
    const [chain] = chainsIn({ 'azure-pipelines.yml': `${RUN}trigger:\n- main\n` });
    expect(chain?.started[0]).toMatchObject({ path: 'azure-pipelines.yml', line: 3 });
  });
});

describe('which files are pipelines', () => {
  it.each([
    ['azure-pipelines.yml', RUN, true],
    ['devops/train.yml', RUN, true],
    ['.azuredevops/ci.yaml', RUN, true],
    ['ml/train-pipeline.yml', RUN, true],
    ['anywhere/x.yml', `trigger: none\n${RUN}`, true],
    ['anywhere/x.yml', RUN, false],
    ['.github/workflows/azure-pipelines.yml', RUN, false],
    ['pipelines/templates/test.yml', RUN, false],
    ['pipelines/test.yml', `parameters:\n  name: x\n${RUN}`, false],
    [
      'pipelines/ml.yml',
      '$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\njobs:\n- job: x\n',
      false,
    ],
    ['pipelines/ml.yml', 'type: pipeline\njobs:\n  train:\n    type: command\n', false],
    ['.gitlab-ci.yml', 'stages:\n- test\n', false],
    ['devops/cloudbuild.yaml', 'steps:\n- name: gcr.io/x\n  script: pytest\n', false],
    ['azure-pipelines.yml', 'steps: [\n- script: pytest\n', false],
  ])('%s with %j: %s', (path, text, is) => {
    expect(chainsIn({ [path]: text })).toHaveLength(is ? 1 : 0);
  });

  it('leaves out what another one includes', () => {
    const chains = chainsIn({
      'azure-pipelines.yml': 'trigger: [main]\nsteps:\n- template: devops/test.yml\n',
      'devops/test.yml': RUN,
    });
    expect(chains.map(({ path }) => path)).toEqual(['azure-pipelines.yml']);
  });
});

describe('what a pipeline does', () => {
  it('waits for the stage above, unless it says otherwise, and for the jobs that it names', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml': `
stages:
- stage: Build
  jobs:
  - job: lint
    steps: [{ script: ruff check }]
  - job: test
    dependsOn: lint
    steps: [{ bash: pytest }]
- stage: Stage
  jobs:
  - deployment: deploy
    environment: { name: staging }
    strategy: { runOnce: { deploy: { steps: [{ script: a }] }, on: { failure: { steps: [{ script: back }] } } } }
- stage: Docs
  dependsOn: []
  jobs: [{ job: docs, steps: [{ script: mkdocs }] }]
- stage: Prod
  dependsOn: [Stage]
  jobs:
  - deployment: deploy
    environment: production
    strategy: { canary: { preDeploy: { steps: [{ script: b }] }, deploy: { steps: [{ script: c }] } } }
`,
    });
    expect(told(chain)).toEqual([
      'Build.lint: ruff check',
      'Build.test: pytest',
      'Stage.deploy: a',
      'Stage.deploy (on failure): back',
      'Docs.docs: mkdocs',
      'Prod.deploy: b, c',
    ]);
    expect(job(chain, 'Build.test')?.after).toEqual(['Build.lint']);
    expect(job(chain, 'Docs.docs')?.after).toEqual([]);
    expect([...(job(chain, 'Prod.deploy')?.after ?? [])].sort()).toEqual([
      'Build.lint',
      'Build.test',
      'Stage.deploy',
    ]);
    expect(chain?.jobs.map(({ environment }) => environment)).toEqual([
      '',
      '',
      'staging',
      'staging',
      '',
      'production',
    ]);
  });

  it('jobs wait for each other only when they say so', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml':
        'jobs:\n- job: a\n  steps: [{ script: x }]\n- job: b\n  steps: [{ script: y }]\n',
    });
    expect(chain?.jobs.map(({ after }) => after)).toEqual([[], []]);
  });

  it('runs inline scripts and files of tasks, in their folder', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml': `
variables:
  job: jobs/train.yml
steps:
- task: AzureCLI@2
  inputs:
    azureSubscription: ml
    scriptType: bash
    scriptLocation: inlineScript
    inlineScript: |
      set -e
      az ml job create --file $(job)
      az ml model create --name $(modelName)
- task: AzureCLI@2
  inputs: { scriptType: bash, scriptPath: $(Build.SourcesDirectory)/ops/deploy.sh, arguments: prod }
- task: PythonScript@0
  inputs: { scriptSource: filePath, scriptPath: src/train.py, arguments: --rows $(rows) }
- task: PythonScript@0
  inputs: { scriptSource: inline, script: "print(1)" }
- task: Bash@3
  inputs: { filePath: x.sh, workingDirectory: $(System.DefaultWorkingDirectory)/ops }
- pwsh: ./x.ps1
- task: AzureMLJobWaitTask@1
`,
    });
    expect(chain?.jobs[0]?.acts.map(({ text, line, kind }) => `${line} ${kind} ${text}`)).toEqual([
      '5 uses AzureCLI@2',
      '12 command az ml job create --file jobs/train.yml',
      '13 command az ml model create --name $MODELNAME',
      '14 uses AzureCLI@2',
      '15 command bash ./ops/deploy.sh prod',
      '16 uses PythonScript@0',
      '17 command python src/train.py --rows $ROWS',
      '18 uses PythonScript@0',
      '19 call print(1)',
      '20 uses Bash@3',
      '21 command bash x.sh',
      '22 command ./x.ps1',
      '23 uses AzureMLJobWaitTask@1',
    ]);
  });

  it('tells scripts what the variables are', () => {
    const seen: { env: Readonly<Record<string, string>>; dir: string; text: string }[] = [];
    const tree = {
      'azure-pipelines.yml':
        'variables:\n- name: ml.model\n  value: churn\n- group: secrets\n- template: vars.yml\nsteps:\n- script: ls $(Build.SourcesDirectory)/x\n  workingDirectory: app\n  env: { TARGET: $(where) }\n',
      'vars.yml': 'variables:\n  where: staging\n',
    };
    azurePipelinesChains(filesIn(tree), lines(seen));
    expect(seen[0]).toMatchObject({
      dir: 'app',
      text: 'ls ../x',
      env: { ML_MODEL: 'churn', WHERE: 'staging', TARGET: 'staging', BUILD_SOURCESDIRECTORY: '..' },
    });
  });

  it('knows what never happens, and why', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml': `
trigger: [main]
variables: { deploy: 'false' }
jobs:
- job: a
  condition: false
  steps: [{ script: one }]
- job: b
  steps:
  - script: two
    condition: and(succeeded(), eq(variables.deploy, 'true'))
  - script: three
    enabled: false
  - script: four
    condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
  - script: five
    condition: eq(variables.fromTheGroup, 'true')
  - script: six
    condition: failed()
`,
    });
    expect(told(chain)).toEqual(['a: (one)', 'b: (two), (three), four, five', 'b (on failure): six']);
    expect(chain?.jobs[1]?.acts[0]?.off).toContain("eq(variables.deploy, 'true')");
    expect(chain?.jobs[1]?.acts[0]).toMatchObject({ line: 10 });
  });

  it('tells apart what happens on a pull request and on main', () => {
    const chains = chainsIn({
      'azure-pipelines.yml': `
trigger: [main]
pr: [main]
steps:
- script: pytest
- script: az ml job create
  condition: ne(variables['Build.Reason'], 'PullRequest')
- script: deploy
  condition: eq(variables['Build.SourceBranchName'], 'main')
`,
    });
    expect(chains.map((chain) => `${startedBy([chain]).join()}: ${told(chain).join()}`)).toEqual([
      'change: Job: pytest, az ml job create, deploy',
      'pull-request: Job: pytest, (az ml job create), (deploy)',
      'hand: Job: pytest, az ml job create, deploy',
    ]);
  });

  it('knows whose failure stops nothing', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml': `
jobs:
- job: a
  continueOnError: true
  steps: [{ script: one }]
- job: b
  steps:
  - script: two
    continueOnError: true
  - script: |
      three
      four
  - script: |
      set -euo pipefail
      five
      six
`,
    });
    const acts = chain?.jobs.flatMap(({ acts }) => acts) ?? [];
    expect(acts.filter(({ swallowed }) => swallowed === undefined).map(({ text }) => text)).toEqual([
      'four',
      'five',
      'six',
    ]);
  });

  it('makes a job of each value of a matrix', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml':
        'jobs:\n- job: d\n  strategy:\n    matrix:\n      eu: { where: eu }\n      us: { where: us }\n  steps: [{ script: go $(where) }]\n- job: e\n  dependsOn: d\n  steps: [{ script: z }]\n',
    });
    expect(told(chain)).toEqual(['d eu: go eu', 'd us: go us', 'e: z']);
    expect(job(chain, 'e')?.after).toEqual(['d eu', 'd us']);
  });

  it('finds what an artifact was made of', () => {
    const [chain] = chainsIn({
      'ops/deploy.sh': '',
      'azure-pipelines.yml': `
stages:
- stage: A
  jobs: [{ job: a, steps: [{ publish: ops, artifact: drop }] }]
- stage: B
  jobs: [{ job: b, steps: [{ script: bash $(Pipeline.Workspace)/drop/deploy.sh }] }]
`,
    });
    expect(told(chain)).toEqual(['A.a: ', 'B.b: bash ./ops/deploy.sh']);
  });
});

describe('templates', () => {
  const tree = {
    'pipelines/release.yml': `
trigger: [main]
stages:
- template: templates/deploy.yml
  parameters: { environment: staging }
- template: templates/deploy.yml
  parameters:
    environment: production
    before:
    - script: approve
`,
    'pipelines/templates/deploy.yml': `
parameters:
- name: environment
  type: string
- name: before
  type: stepList
  default: []
stages:
- stage: deploy_\${{ parameters.environment }}
  jobs:
  - deployment: deploy
    environment: \${{ parameters.environment }}
    strategy:
      runOnce:
        deploy:
          steps:
          - checkout: self
          - \${{ parameters.before }}
          - \${{ if eq(parameters.environment, 'production') }}:
            - script: careful
          - \${{ else }}:
            - script: quick
          - template: /steps/smoke.yml
            parameters: { url: "https://\${{ parameters.environment }}" }
          - template: other.yml@shared
          - template: gone.yml
`,
    'steps/smoke.yml': 'parameters:\n  url: ""\nsteps:\n- script: smoke ${{ parameters.url }}\n',
  };

  it('are filled in, and what stands in them shows the way', () => {
    const [chain, ...rest] = chainsIn(tree);
    expect(rest).toEqual([]);
    expect(told(chain)).toEqual([
      'deploy_staging.deploy: quick, smoke https://staging, (template: gone.yml)',
      'deploy_production.deploy: approve, careful, smoke https://production, (template: gone.yml)',
    ]);
    expect(chain?.jobs.map(({ environment }) => environment)).toEqual(['staging', 'production']);
    const acts = chain?.jobs[1]?.acts ?? [];
    expect(acts[0]).toMatchObject({ path: 'pipelines/release.yml', line: 10, way: [] });
    expect(acts[2]).toMatchObject({
      path: 'steps/smoke.yml',
      line: 4,
      way: [
        { path: 'pipelines/release.yml', line: 6, as: 'template: templates/deploy.yml' },
        { path: 'pipelines/templates/deploy.yml', line: 23, as: 'template: /steps/smoke.yml' },
      ],
    });
    expect(acts[3]?.off).toContain('gone.yml');
  });

  it('of other repositories are named as not looked at', () => {
    const notes = pipelinesNotes(filesIn(tree)).join('\n');
    expect(notes).toContain('other.yml@shared');
    expect(notes).toContain('pipelines/release.yml');
    expect(pipelinesNotes(filesIn({ 'a.yml': 'a: 1' }))).toEqual([]);
  });

  it('can be extended, and repeat', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml': 'extends:\n  template: base.yml\n  parameters:\n    regions: [eu, us]\n',
      'base.yml': `
parameters:
- { name: regions, type: object }
jobs:
- \${{ each region in parameters.regions }}:
  - job: deploy_\${{ region }}
    steps: [{ script: "go \${{ region }}" }]
`,
    });
    expect(told(chain)).toEqual(['deploy_eu: go eu', 'deploy_us: go us']);
  });

  it('that include themselves end', () => {
    const [chain] = chainsIn({
      'azure-pipelines.yml': 'trigger: [main]\nsteps:\n- template: a.yml\n',
      'a.yml': 'steps:\n- script: one\n- template: a.yml\n',
    });
    expect(told(chain)).toEqual(['Job: one']);
  });

  it('what a person may choose counts by its default only when nobody chooses', () => {
    const chains = chainsIn({
      'azure-pipelines.yml': `
trigger: [main]
parameters:
- { name: dryRun, type: boolean, default: true }
steps:
- \${{ if not(parameters.dryRun) }}:
  - script: deploy
- script: tell
  condition: and(succeeded(), eq('\${{ parameters.dryRun }}', 'false'))
`,
    });
    expect(chains.map((chain) => `${startedBy([chain]).join()}: ${told(chain).join()}`)).toEqual([
      'change: Job: (tell)',
      'hand: Job: deploy, tell',
    ]);
  });
});

it('what a person typed is no constant to a script, and a path is followed', () => {
  const [chain] = chainsIn({
    'azure-pipelines.yml': `
trigger: none
parameters:
- { name: confirm, type: string, default: '' }
- { name: job, type: string, default: jobs/train.yml }
steps:
- script: test "\${{ parameters.confirm }}" = yes
- script: az ml job create --file \${{ parameters.job }}
`,
  });
  expect(told(chain)).toEqual([
    'Job: test "${{parameters.confirm}}" = yes, az ml job create --file jobs/train.yml',
  ]);
});

it('a job that runs whatever happens waits for no verdict', () => {
  const [chain] = chainsIn({
    'azure-pipelines.yml':
      'jobs:\n- job: test\n  steps: [{ script: pytest }, { script: tell, condition: always() }]\n- job: deploy\n  dependsOn: test\n  condition: always()\n  steps: [{ script: x }]\n',
  });
  expect(told(chain)).toEqual(['test: pytest', 'test (whatever happens): tell', 'deploy: x']);
  expect(job(chain, 'deploy')?.after).toEqual([]);
});

describe('pipelines that start each other', () => {
  const train = 'trigger: [main]\nstages:\n- stage: T\n  jobs: [{ job: t, steps: [{ script: train }] }]\n';
  const release =
    'trigger: none\nresources:\n  pipelines:\n  - pipeline: up\n    source: ml\\Train-CI\n    trigger: true\njobs: [{ job: r, steps: [{ script: deploy }] }]\n';

  it('are one chain, in order', () => {
    const chains = chainsIn({ 'devops/train-ci.yml': train, 'devops/release.yml': release });
    expect(startedBy(chains)).toEqual(['hand', 'change hand']);
    expect(told(chains[1])).toEqual(['T.t: train', 'devops/release.yml/r: deploy']);
    expect(chains[1]?.jobs[1]?.after).toEqual(['T.t']);
    expect(chains[1]?.jobs[1]?.acts[0]?.way).toMatchObject([{ path: 'devops/release.yml', line: 6 }]);
  });

  it('also by az pipelines run, and not in circles', () => {
    const chains = chainsIn({
      'devops/a.yml': 'trigger: [main]\nsteps:\n- script: az pipelines run --name b --branch main\n',
      'devops/b.yml': 'trigger: none\nsteps:\n- script: az pipelines run --name a\n',
    });
    expect(chains[0]?.jobs.map(({ id }) => id)).toEqual(['Job', 'devops/b.yml/Job']);
  });
});

it('of a monorepo only those that concern the part', () => {
  const tree = {
    'azure-pipelines.yml':
      'trigger: { branches: { include: [main] }, paths: { include: [web] } }\nsteps: [{ script: npm test }]\n',
    'pipelines/ml.yml': 'steps: [{ script: pytest ml/tests }]\n',
    'pipelines/paths.yml': 'trigger: { paths: { include: [/ml/src] } }\nsteps: [{ script: make }]\n',
  };
  expect(chainsIn(tree, 'ml/').map(({ path }) => path)).toEqual(['pipelines/ml.yml', 'pipelines/paths.yml']);
});

it('never throws, and ends, whatever stands there', () => {
  const word = fc.constantFrom(
    ...[
      'stages:',
      'jobs:',
      'steps:',
      '- ',
      '  ',
      '\n',
      'script: x',
      'template: azure-pipelines.yml',
      '${{ if',
      ' }}:',
    ],
    ...[
      '${{ each a in parameters.b }}:',
      'parameters:',
      'condition: eq(',
      "'",
      '[',
      ')',
      'dependsOn: a',
      '${{ else }}:',
      'job: a',
    ],
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      const tree = { 'azure-pipelines.yml': `steps:\n- script: a\n${words.join('')}` };
      expect(chainsIn(tree).length).toBeLessThan(10);
    }),
    { numRuns: 300 },
  );
  const bomb = Array.from({ length: 12 }, (_, at): [string, string] => [
    `devops/t${at}.yml`,
    `steps:\n${`- template: t${at + 1}.yml\n`.repeat(10)}`,
  ]);
  const started = performance.now();
  chainsIn({ 'azure-pipelines.yml': 'steps:\n- template: devops/t0.yml\n', ...Object.fromEntries(bomb) });
  expect(performance.now() - started).toBeLessThan(5000);
});
