import { describe, expect, it } from 'vitest';
import { chainsIn, startedBy, told } from './workflows.js';

const steps = (...runs: string[]) => runs.map((run) => `      - run: ${run}\n`).join('');
const job = (id: string, rest: string, run = `do ${id}`) =>
  `  ${id}:\n    runs-on: ubuntu-24.04\n${rest}    steps:\n${steps(run)}`;

describe('jobs', () => {
  it('come after all that they need, however far back', () => {
    const [chain] = chainsIn({
      'x.yml': `on: push\njobs:\n${job('c', '    needs: [b]\n')}${job('a', '')}${job('b', '    needs: a\n')}`,
    });
    expect(startedBy(chain)).toEqual(['change']);
    expect(told(chain)).toEqual(['a | do a', 'b | after a | do b', 'c | after a b | do c']);
  });

  it.each([
    ['if: always()', 'b | do b'],
    ['if: "!cancelled()"', 'b | do b'],
    ['if: success()', 'b | after a | do b'],
    ["if: always() && needs.a.result == 'success'", 'b | after a | do b'],
    ['if: failure()', 'b | do b'],
  ])('with `%s` are after what must have ended well for them', (condition, expected) => {
    const [chain] = chainsIn({
      'x.yml': `on: push\njobs:\n${job('a', '')}${job('b', `    needs: a\n    ${condition}\n`)}`,
    });
    expect(told(chain)[1]).toBe(expected);
  });

  it('that need a job which never runs never run either, unless they say so', () => {
    const [chain] = chainsIn({
      'x.yml': `on: push\njobs:\n${job('a', '    if: false\n')}${job('b', '    needs: a\n')}${job('c', '    needs: a\n    if: always()\n')}`,
    });
    expect(told(chain)).toEqual([
      'a | do a OFF: the job is switched off (`if: false`)',
      'b | after a | do b OFF: it needs the job a, which never runs',
      'c | do c',
    ]);
  });

  it('that wait for each other, or for one that is not there, make GitHub refuse the workflow', () => {
    const off = (needs: string) =>
      startedBy(
        chainsIn({
          'x.yml': `on: push\njobs:\n${job('a', `    needs: ${needs}\n`)}${job('b', '    needs: a\n')}`,
        })[0],
      );
    expect(off('b')).toEqual(['change OFF: GitHub refuses it: its jobs need each other']);
    expect(off('z')).toEqual(['change OFF: GitHub refuses it: the job a needs z, which is not there']);
  });

  it('run once for each value of a matrix that what they do hangs on', () => {
    const text = `on: push
jobs:
  deploy:
    strategy:
      max-parallel: 1
      matrix:
        target: [staging, production]
        python: ["3.11", "3.12"]
    environment: \${{ matrix.target }}
    steps:
      - uses: actions/setup-python@v5
        with: { python-version: "\${{ matrix.python }}" }
      - run: deploy \${{ matrix.target }} \${{ matrix.python }}x
`;
    const once = text.replace(' ${{ matrix.python }}x', '');
    expect(told(chainsIn({ 'x.yml': once })[0])).toEqual([
      'deploy (staging) | in staging | uses actions/setup-python@v5; deploy staging'.replace('uses ', ''),
      'deploy (production) | in production | after deploy (staging) | actions/setup-python@v5; deploy production',
    ]);
    expect(told(chainsIn({ 'x.yml': text })[0])).toHaveLength(4);
  });

  it('of a matrix that is too large, or not known, run once with values that are not known', () => {
    const values = JSON.stringify(Array.from({ length: 256 }, (_, index) => index));
    for (const matrix of [`{ a: ${values}, b: ${values} }`, '${{ fromJSON(needs.x.outputs.y) }}']) {
      const [chain] = chainsIn({
        'x.yml': `on: push\njobs:\n${job('a', `    strategy:\n      matrix: ${matrix}\n`, 'do ${{ matrix.a }}')}`,
      });
      expect(told(chain)).toEqual(['a | do ${{matrix.a}}']);
    }
  });

  it('that call a workflow are its jobs, with the inputs that they give', () => {
    const chains = chainsIn({
      'release.yml': `on: push
jobs:
  staging: { uses: ./.github/workflows/deploy.yml, with: { environment: staging } }
  production:
    needs: staging
    uses: ./.github/workflows/deploy.yml
    with: { environment: production, swap: true }
`,
      'deploy.yml': `on:
  workflow_call:
    inputs:
      environment: { type: string, required: true }
      swap: { type: boolean, default: false }
jobs:
  deploy:
    environment: \${{ inputs.environment }}
    env: { WHERE: "to-\${{ inputs.environment }}" }
    steps:
      - run: deploy ?WHERE
      - if: inputs.swap
        run: swap
`,
    });
    expect(chains).toHaveLength(1);
    expect(told(chains[0])).toEqual([
      "staging/deploy | in staging | deploy to-staging; swap OFF: the step's condition never holds here (`if: inputs.swap`)",
      'production/deploy | in production | after staging/deploy | deploy to-production; swap',
    ]);
    expect(chains[0]?.jobs[1]?.acts[0]).toMatchObject({
      path: '.github/workflows/deploy.yml',
      line: 11,
      way: [{ path: '.github/workflows/release.yml', line: 6, as: 'uses ./.github/workflows/deploy.yml' }],
    });
  });

  it.each([
    ['./.github/workflows/none.yml', '.github/workflows/none.yml is not there'],
    ['./.github/workflows/x.yml', '.github/workflows/x.yml has no workflow_call'],
    ['./.github/workflows/self.yml', '.github/workflows/self.yml calls itself'],
    ['other/repository/.github/workflows/y.yml@main', undefined],
  ])('that call %s', (uses, off) => {
    const self = `on: workflow_call\njobs:\n  again:\n    uses: ./.github/workflows/self.yml\n`;
    const [chain] = chainsIn({ 'x.yml': `on: push\njobs:\n  a:\n    uses: ${uses}\n`, 'self.yml': self });
    expect(chain?.jobs[0]?.acts[0]?.off).toBe(off);
  });

  it('of a workflow that nothing calls are told, and why they never run', () => {
    const [chain] = chainsIn({ 'x.yml': `on: workflow_call\njobs:\n${job('a', '')}` });
    expect(startedBy(chain)).toEqual(['event OFF: no workflow here calls it']);
    expect(told(chain)).toEqual(['a | do a']);
  });
});
