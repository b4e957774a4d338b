import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { home, temporary } from '../support/session.js';
import { programs, project } from '../support/tools.js';

interface Step {
  command: string;
  /** Lines of the output, `…` for any number of lines left out. */
  shown: string[];
}

/** The commands of the README's ```console blocks, each with what the README says it prints. */
function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, body = '']) => body);
  return blocks
    .flatMap((body) => body.trimEnd().split('\n'))
    .reduce<Step[]>((steps, line) => {
      if (line.startsWith('$ ')) return [...steps, { command: line.slice(2), shown: [] }];
      steps.at(-1)?.shown.push(line);
      return steps;
    }, []);
}

/** A pattern that takes the output in which exactly what is elided, lines or parts of one, differs. */
function patternOf(shown: readonly string[]): RegExp {
  const parts = shown.map((line) =>
    line === '…' ? '(?:.*\\n)*' : `${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('…', '.*')}\\n`,
  );
  return new RegExp(`^${parts.join('')}$`);
}

it('the console blocks of README.md print what they show, run as written', () => {
  const cwd = temporary('azmlops-readme');
  home();
  const shim = join(cwd, 'bin');
  mkdirSync(shim);
  const program = join(shim, 'azmlops');
  const main = join(project, 'dist/src/cli/main.js');
  writeFileSync(
    program,
    `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(main)} "$@"\n`,
  );
  chmodSync(program, 0o755);
  const steps = stepsOf(readFileSync(join(project, 'README.md'), 'utf8'));
  expect(steps.filter(({ command }) => command.startsWith('azmlops ')).length).toBeGreaterThan(4);
  let at = cwd;
  for (const { command, shown } of steps) {
    const result = spawnSync('bash', ['-euo', 'pipefail', '-c', `${command}\npwd >&3`], {
      cwd: at,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: [shim, dirname(programs.python), process.env.PATH].join(delimiter),
        COLUMNS: '',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    expect(result.status, `${command}\n${result.stderr}`).toBe(0);
    at = (result.output[3] ?? '').trim() || at;
    expect(result.stdout, command).toMatch(patternOf(shown));
  }
  // The story ends at level 4, with everything committed.
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: at, encoding: 'utf8' })).toBe('');
  expect(readFileSync(join(at, '.azmlops.yml'), 'utf8')).toContain('level: 4');
});
