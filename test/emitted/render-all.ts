import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { answersFor } from '../../src/answers/resolve.js';
import { readData } from '../../src/data/read.js';
import { loadRoot } from '../../src/render/load.js';
import { render } from '../../src/render/render.js';
import { hostile, TARGET } from '../support/own-data.js';
import { git, project } from '../support/tools.js';
import { combinations } from '../support/trees.js';

/**
 * Renders every combination once, as repositories of their own, for all tests of this folder. AZMLOPS_TREES names a
 * folder that keeps them, to look into; when it is there already, it is used as it is.
 */
export default async function setup(context: TestProject): Promise<() => void> {
  const kept = process.env.AZMLOPS_TREES || undefined;
  if (kept && existsSync(kept)) {
    context.provide('trees', kept);
    return () => undefined;
  }
  const root = kept ?? mkdtempSync(join(tmpdir(), 'azmlops-emitted-'));
  const own = join(mkdtempSync(join(tmpdir(), 'azmlops-own-')), 'hostile.csv');
  writeFileSync(own, hostile());
  const { profile } = await readData(own, own);
  rmSync(dirname(own), { recursive: true });
  const templates = [loadRoot(join(project, 'templates'))];
  for (const tree of combinations(root)) {
    const { name, task, endpoint, level, gate } = tree;
    // Level 0 has no package, so it takes no answer for one; the same with the gate below level 3.
    const given = {
      ...{ name, task, endpoint },
      ...(tree.own && { target: TARGET }),
      ...(level > 0 && { package: tree.package }),
      ...(level > 2 && { gate }),
    };
    const answers = answersFor(given, level, tree.own ? profile : undefined);
    for (const [path, { content, mode }] of render(templates, level, answers)) {
      const file = join(tree.dir, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: mode === '100755' ? 0o755 : 0o644 });
    }
    // actionlint finds called workflows, and git its ignore rules, only in a repository.
    git(tree.dir, 'init', '--quiet', '--initial-branch=main');
  }
  context.provide('trees', root);
  return () => {
    if (!kept) rmSync(root, { recursive: true, force: true });
  };
}
