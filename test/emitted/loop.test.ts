import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { have, type Ran, run } from '../support/tools.js';
import { treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';

/** Words before a command that leave it nothing of the network but its own loopback; none where that needs rights. */
const alone = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];
const cutOff = spawnSync(alone[0]!, [...alone.slice(1), 'true']).status === 0 ? alone : [];

const loop = (workspace: Workspace): Ran => {
  const [program = 'make', ...args] = [...cutOff, 'make', 'loop'];
  // No az and no gh on the PATH of a laptop that was never set up.
  return run(program, args, { cwd: workspace.dir, env: workspace.env, seconds: 400 });
};
const last = ({ stdout }: Ran): string => stdout.trim().split('\n').at(-1) ?? '';
/** Versions in the loop's own registry. */
const registered = (workspace: Workspace): string =>
  workspace.py([
    '-c',
    'import sqlite3; print(sqlite3.connect("outputs/loop/mlruns.db").execute("select count(*) from model_versions").fetchone()[0])',
  ]).stdout;

describe.skipIf(!have('python', 'uv'))('make loop', () => {
  describe('with a model that is good enough', () => {
    let workspace: Workspace;
    let ran: Ran;
    beforeAll(() => {
      workspace = new Workspace(treeOf(4, 'regression', 'both'));
      ran = loop(workspace);
    });
    afterAll(() => workspace.remove());

    it('ends with one line: the verdict, the traffic, the failed requests and the report', () => {
      expect(ran.status, ran.said.slice(-4000)).toBe(0);
      expect(last(ran)).toMatch(
        /^Loop finished in \d+ s: .*(version [12]), rolled out to 100 %, 0 of \d+ requests? failed\. Report: outputs\/loop\/report\.html$/,
      );
      expect(registered(workspace)).toMatch(/^[12]\n$/);
    });

    it('goes through every phase of the loop, in order', () => {
      const seen = [...ran.stdout.matchAll(/^ *[\d.]+ s {2}(\w[\w ]*?) {2,}/gm)].map(([, step]) => step);
      const order = ['data', 'train', 'evaluate', 'gate', 'register', 'model tests', 'serve and smoke'];
      order.push('drift check', 'decision', 'train', 'gate', 'register', 'report');
      let from = 0;
      for (const step of order) {
        from = seen.indexOf(step, from) + 1;
        expect(from, `${step} in ${seen.join(', ')}`).toBeGreaterThan(0);
      }
      for (const phase of ['mirror', 'canary', 'half', 'full', 'soak', 'finish'])
        expect(ran.stdout).toMatch(new RegExp(`\`\\w+-loop\` ${phase}: (?!not applicable)`));
    });

    it('leaves a report that stands alone, with numbers and a text for every plot', () => {
      const report = readFileSync(join(workspace.dir, 'outputs/loop/report.html'), 'utf8');
      expect(report.match(/https?:|(?:src|href)\s*=\s*["'](?!#)|@import|url\((?!#)/)).toBeNull();
      const plots = report.match(/<svg\b/g) ?? [];
      expect(plots.length).toBeGreaterThanOrEqual(4);
      const texts = [...report.matchAll(/aria-label="([^"]*)"/g)].map(([, text = '']) => text);
      expect(texts.filter((text) => text.split(' ').length > 8).length).toBeGreaterThanOrEqual(plots.length);
      expect(report.match(/\bnan\b|\bNone\b|undefined/)).toBeNull();
      expect(report).toContain('prefers-color-scheme: dark');
    });

    it('runs again in the same place, where the gate now rejects the model, and leaves no server and nothing to commit', () => {
      // What the first run registered is gone: the second one begins anew.
      const limits = floor(workspace);
      const again = loop(workspace);
      rejected(workspace, again);
      expect(workspace.changed()).toEqual([limits]);
      const left = run('ps', ['-eo', 'args'])
        .stdout.split('\n')
        .filter((line) => line.includes(workspace.dir));
      expect(left).toEqual([]);
    });
  });

  // Both kinds of endpoint come above; `npm run test:all` takes each alone as well.
  const kinds = process.env.AZMLOPS_ALL ? (['online', 'batch'] as const) : [];
  it.each(kinds)(
    'with a model that the gate rejects (%s): served on the laptop only, nothing registered, exit 0',
    (endpoint) => {
      const workspace = new Workspace(treeOf(4, 'classification', endpoint));
      try {
        floor(workspace);
        rejected(workspace, loop(workspace));
      } finally {
        workspace.remove();
      }
    },
  );
});

/** Asks of a model what none can reach; the path that this changes. */
function floor({ dir, tree }: Workspace): string {
  const path = `src/${tree.package}/gate.yml`;
  const text = readFileSync(join(dir, path), 'utf8');
  expect(text).toContain('\nfloor: null\n');
  writeFileSync(join(dir, path), text.replace('\nfloor: null\n', '\nfloor: 2.0\n'));
  return path;
}

function rejected(workspace: Workspace, ran: Ran): void {
  expect(ran.status, ran.said.slice(-4000)).toBe(0);
  expect(last(ran)).toContain('rejected, laptop only');
  expect(last(ran)).toContain('nothing was registered');
  expect(registered(workspace)).toBe('0\n');
  expect(existsSync(join(workspace.dir, 'outputs/loop/report.html'))).toBe(true);
}
