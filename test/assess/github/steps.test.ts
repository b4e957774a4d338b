import { describe, expect, it } from 'vitest';
import { chainsIn, told, workflow } from './workflows.js';

const first = (on: string, job: string, more: Record<string, string> = {}) =>
  chainsIn({ 'x.yml': workflow(on, job), ...more })[0];

describe('steps', () => {
  it('run where their job and workflow say, with the constants of all three levels', () => {
    const [chain] = chainsIn({
      'x.yml': `on: push
defaults: { run: { working-directory: ./app/ } }
env: { A: a, SECRET: "\${{ secrets.S }}" }
jobs:
  job:
    env: { B: "\${{ env.A }}b" }
    steps:
      - run: here ?DIR ?A ?B ?C ?SECRET
        env: { C: "\${{ env.B }}c" }
      - run: there ?DIR ?A
        working-directory: \${{ github.workspace }}/other
        env: { A: "\${{ vars.A }}" }
      - run: echo "D=d" >> "$GITHUB_ENV"
      - run: later ?D \${{ env.B }} \${{ inputs.x || 'none' }} \${{ steps.s.outputs.v }} \${{ a == 'b' }}
`,
    });
    expect(chain?.jobs[0]?.acts.map(({ text }) => text)).toEqual([
      'here app a ab abc -',
      'there other -',
      'echo "D=d" >> "$GITHUB_ENV"',
      'later d ab none ${{steps.s.outputs.v}} ${{…}}',
    ]);
    expect(chain?.jobs[0]?.acts.map(({ step, line }) => [step, line])).toEqual([
      [1, 8],
      [2, 10],
      [3, 13],
      [4, 14],
    ]);
  });

  it('of a composite action follow in order, on the way that leads there', () => {
    const chain = first(
      'push',
      `    steps:
      - uses: ./.github/actions/sign-in
        with: { install: "yes", dir: app }
      - run: |
          # a comment
          train
`,
      {
        '.github/actions/sign-in/action.yml': `inputs:
  install: { default: "no" }
  dir: { default: . }
runs:
  using: composite
  steps:
    - { uses: azure/login@v2 }
    - { run: install, shell: bash, if: inputs.install == 'yes', working-directory: "\${{ inputs.dir }}" }
    - { run: never, shell: bash, if: inputs.install == 'no' }
    - { run: "\${{ github.action_path }}/x.sh", shell: bash }
`,
      },
    );
    const hop = { path: '.github/workflows/x.yml', line: 6, as: 'uses ./.github/actions/sign-in' };
    const action = '.github/actions/sign-in/action.yml';
    expect(chain?.jobs[0]?.acts).toMatchObject([
      { kind: 'uses', text: 'azure/login@v2', path: action, line: 7, way: [hop], step: 2 },
      { text: 'install', line: 8, way: [hop], step: 3 },
      { text: 'never', off: "the step's condition never holds here (`if: inputs.install == 'no'`)" },
      { text: '.github/actions/sign-in/x.sh', line: 10, step: 5 },
      { text: '# a comment', path: '.github/workflows/x.yml', line: 9, way: [], step: 6 },
      { text: 'train', line: 10, step: 6 },
    ]);
  });

  it.each([
    ['push', 'false', 'the step is switched off (`if: false`)'],
    ['push', '${{ false }}', 'the step is switched off (`if: ${{ false }}`)'],
    [
      'push',
      "github.actor == 'dependabot[bot]'",
      "the step runs for a bot only (`if: github.actor == 'dependabot[bot]'`)",
    ],
    ['push', "github.actor != 'dependabot[bot]'", undefined],
    [
      'push',
      "github.event_name == 'schedule'",
      "the step's condition never holds here (`if: github.event_name == 'schedule'`)",
    ],
    [
      'pull_request',
      "github.ref == 'refs/heads/main'",
      "the step's condition never holds here (`if: github.ref == 'refs/heads/main'`)",
    ],
    ['push', "github.ref == 'refs/heads/main'", undefined],
    [
      '{ push: { branches: [main] } }',
      "github.ref_name == 'dev'",
      "the step's condition never holds here (`if: github.ref_name == 'dev'`)",
    ],
    ['push', "env.DRY == 'false'", "the step's condition never holds here (`if: env.DRY == 'false'`)"],
    ['push', "steps.gate.outputs.ok == 'true'", undefined],
    [
      'push',
      "vars.ON == 'true' && false",
      "the step's condition never holds here (`if: vars.ON == 'true' && false`)",
    ],
    ['push', '${{ false }} && true', undefined],
    [
      'push',
      "github.event.inputs.dry_run == 'false'",
      "the step's condition never holds here (`if: github.event.inputs.dry_run == 'false'`)",
    ],
    [
      '{ workflow_dispatch: { inputs: { dry_run: { default: true, type: boolean } } } }',
      '"!inputs.dry_run"',
      undefined,
    ],
    [
      'push',
      "hashFiles('none.txt') != ''",
      "the step's condition never holds here (`if: hashFiles('none.txt') != ''`)",
    ],
  ])('on %s with `if: %s`', (on, condition, off) => {
    const chain = first(
      on,
      `    env: { DRY: "\${{ inputs.dry_run || 'true' }}" }\n    steps:\n      - run: deploy\n        if: ${condition}\n`,
    );
    expect(chain?.jobs[0]?.acts[0]?.off).toBe(off);
  });

  it('that do not wait for those before them stand beside the job', () => {
    const chain = first(
      'push',
      `    steps:
      - { run: pytest, id: test, continue-on-error: true }
      - { run: deploy, if: always() }
      - { run: undo, if: failure() }
      - { run: gated, if: "always() && steps.test.outcome == 'success'" }
`,
    );
    expect(told(chain)).toEqual([
      'job | pytest; gated',
      'job (whatever happens) | deploy',
      'job (on failure) | undo',
    ]);
  });

  it('whose failure stops nothing say so', () => {
    const swallowed = (job: string) => first('push', job)?.jobs[0]?.acts[0]?.swallowed;
    expect(swallowed('    steps:\n      - { run: pytest, continue-on-error: true }\n')).toBe(
      'continue-on-error',
    );
    expect(swallowed('    continue-on-error: true\n    steps:\n      - { run: pytest }\n')).toBe(
      'continue-on-error',
    );
    expect(swallowed('    steps:\n      - { run: pytest }\n')).toBeUndefined();
  });

  it('that run a text by an action do what the text says', () => {
    const chain = first(
      'push',
      `    steps:
      - uses: azure/cli@v2
        with:
          azcliversion: latest
          inlineScript: |
            az ml job create
`,
    );
    expect(chain?.jobs[0]?.acts).toMatchObject([
      { text: 'azure/cli@v2' },
      { text: 'az ml job create', line: 10 },
    ]);
  });

  it('that use an action which is not there never happen', () => {
    const chain = first('push', '    steps:\n      - uses: ./actions/none\n');
    expect(chain?.jobs[0]?.acts[0]).toMatchObject({
      kind: 'uses',
      text: './actions/none',
      off: './actions/none is not there',
    });
  });
});
