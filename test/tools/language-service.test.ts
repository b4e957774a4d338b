import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { programs, project, run } from '../support/tools.js';

const login = 'azure/login@f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca';
const workflow = `on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    outputs:
      x: \${{ steps.b.outputs.x }}
    steps:
      - id: b
        uses: ${login}
        with:
          client-id: a
  c:
    uses: ./.github/workflows/called.yml
    with:
      level: 1
`;
const called = `on:
  workflow_call:
    inputs:
      level: { type: number, required: true }
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: echo
`;
const check = (text: string) => {
  const root = mkdtempSync(join(tmpdir(), 'azmlops-ls-'));
  mkdirSync(join(root, '.github/workflows'), { recursive: true });
  writeFileSync(join(root, '.github/workflows/main.yml'), text);
  writeFileSync(join(root, '.github/workflows/called.yml'), called);
  return run(programs.node, [join(project, 'test/tools/workflows/language-service.mjs'), root]);
};

it('a good workflow passes', () => {
  expect(check(workflow).said).toBe('');
});

it.each([
  ['client-id: a', 'cleint-id: a', /cleint-id/],
  [login, 'azure/lgoin@f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca', /lgoin/],
  ['level: 1', 'levle: 1', /levle|level/],
  ['runs-on', 'rnus-on', /rnus-on|runs-on/],
  ['steps.b.', 'steps.d.', /d/],
])('%s written as %s is found', (right, wrong, message) => {
  const ran = check(workflow.replace(right, wrong));
  expect(ran.status).toBe(1);
  expect(ran.stdout).toMatch(message);
});
