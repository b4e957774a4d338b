import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { have, pathWith, programs, project, run } from '../support/tools.js';
import { distinctFiles, distinctTrees, filesOf, read, trees } from '../support/trees.js';

/** The long name once a level: GitHub measures no name, and a workflow holds the name as one plain word. */
const all = trees(
  ({ level, length, endpoint, gate }) =>
    level > 0 && (length === 'short' || (length === 'long' && endpoint === 'both' && gate === 'reviewers')),
);
/** What the tools read of a repository: workflows call workflows and actions that stand beside them. */
const distinct = distinctTrees(all, (path) => path.startsWith('.github/'));
const workflows = (dir: string) => filesOf(dir).filter((path) => path.startsWith('.github/workflows/'));

describe('workflows', () => {
  it('are there from level 1 on, and not below', () => {
    for (const tree of trees()) expect(existsSync(join(tree.dir, '.github')), tree.id).toBe(tree.level > 0);
    const names = (level: number) => workflows(all.find((tree) => tree.level === level)?.dir ?? '');
    expect(names(1)).toContain('.github/workflows/ci.yml');
    expect(names(1)).not.toContain('.github/workflows/train.yml');
    expect(names(2)).toContain('.github/workflows/train.yml');
  });

  it.skipIf(!have('actionlint', 'shellcheck'))('actionlint and shellcheck find nothing', () => {
    for (const tree of distinct) {
      const files = workflows(tree.dir).map((path) => join(tree.dir, path));
      // It does not know the key yet, which GitHub added on 2026-05-07.
      const ignored = ['-ignore', 'unexpected key "queue" for "concurrency" section'];
      const ran = run(programs.actionlint, ['-no-color', '-oneline', ...ignored, ...files], {
        cwd: tree.dir,
        env: { PATH: pathWith('shellcheck') },
      });
      expect(ran.said, tree.id).toBe('');
      expect(ran.status).toBe(0);
    }
  });

  it.skipIf(!have('shellcheck'))('shellcheck finds nothing in the scripts', () => {
    const scripts = distinctFiles(all, (path) => path.endsWith('.sh')).map(([{ dir }, path]) =>
      join(dir, path),
    );
    expect(scripts).not.toEqual([]);
    // One that read another would say so here: they are looked at one by one.
    const ran = run(programs.shellcheck, ['--format=gcc', ...scripts]);
    expect(ran.said.trim()).toBe('');
    expect(ran.status).toBe(0);
  });

  it.skipIf(!have('zizmor'))('zizmor finds nothing as an auditor, and nothing is ignored', () => {
    for (const tree of distinct) {
      const ran = run(
        programs.zizmor,
        ['--offline', '--persona', 'auditor', '--no-progress', '--color=never', '.'],
        {
          cwd: tree.dir,
        },
      );
      expect(ran.said, tree.id).toContain('No findings to report.');
      expect(ran.said, tree.id).not.toMatch(/ignored|suppressed [1-9]|[1-9]\d* suppressed/);
      const config = '.github/zizmor.yml';
      if (existsSync(join(tree.dir, config)))
        expect(parse(read(tree, config))).toEqual({ rules: { 'self-repository': { disable: true } } });
      for (const path of filesOf(join(tree.dir, '.github')))
        expect(read(tree, `.github/${path}`), path).not.toContain('zizmor: ignore');
    }
  });

  it("GitHub's language service finds nothing, with the inputs of pinned actions", () => {
    const ran = run(programs.node, [
      join(project, 'test/tools/workflows/language-service.mjs'),
      ...distinct.map(({ dir }) => dir),
    ]);
    expect(ran.said).toBe('');
    expect(ran.status).toBe(0);
  });

  it.skipIf(!have('checkPython'))('the house rules hold', () => {
    // Rules follow a step into the script that it starts.
    const dirs = distinctTrees(all, (path) => /^(\.github|scripts|delivery|local)\//.test(path)).map(
      ({ dir }) => dir,
    );
    const ran = run(programs.checkPython, [join(project, 'test/tools/workflows/house_rules.py'), ...dirs]);
    expect(ran.said.trim()).toBe('');
    expect(ran.status).toBe(0);
  });

  it.skipIf(!have('schema'))('the files GitHub reads fit their schemas', () => {
    const check = (schema: string, path: (file: string) => boolean) => {
      const files = distinctFiles(all, path).map(([{ dir }, file]) => join(dir, file));
      expect(files).not.toEqual([]);
      const ran = run(programs.schema, ['--quiet', '--builtin-schema', schema, ...files]);
      expect(ran.said.trim()).toBe('');
    };
    check('vendor.github-workflows', (file) => file.startsWith('.github/workflows/'));
    check('vendor.github-actions', (file) => /^\.github\/actions\/.*\/action\.yml$/.test(file));
    check('vendor.dependabot', (file) => file === '.github/dependabot.yml');
  });

  it('nothing of a pull request from a fork reaches credentials', () => {
    for (const tree of all)
      for (const path of workflows(tree.dir)) {
        const workflow = parse(read(tree, path)) as Workflow;
        if (!('pull_request' in workflow.on)) continue;
        for (const [id, job] of Object.entries(workflow.jobs))
          if (job.environment !== undefined || job.permissions?.['id-token'] !== undefined)
            expect(job.if, `${tree.id} ${path} ${id}`).toMatch(
              // The ref of a pull request is refs/pull/N/merge, whatever its branch is called.
              /head\.repo\.full_name\s*==\s*github\.repository|github\.event_name\s*!=\s*'pull_request'|^github\.ref == 'refs\/heads\/main' &&/,
            );
      }
  });
});

interface Workflow {
  on: Record<string, unknown>;
  jobs: Record<string, { if?: string; environment?: unknown; permissions?: Record<string, string> }>;
}
