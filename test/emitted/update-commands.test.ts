import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { isAnswerKey, specOf } from '../../src/answers/schema.js';
import { valueProblem } from '../../src/answers/validate.js';
import { parse } from '../../src/cli/parse.js';
import { azmlops, files, git, home, temporary } from '../support/session.js';
import { filesOf, read, type Tree, treeOf, trees } from '../support/trees.js';

// What the emitted files tell a person to do with azmlops itself: known to the program, and true when done.

const LINE = /npx --yes generator-azmlops(?:@\S+)? ([^`\n"]+)/g;
const SET = /azmlops set ([\w.-]+)=([\w-]+)/g;

describe('commands of azmlops that emitted files name', () => {
  const all = trees(({ length, task }) => length === 'usual' && task === 'classification');
  const texts = (tree: Tree) =>
    filesOf(tree.dir)
      .filter((path) => /\.(md|ya?ml|sh|py)$/.test(path))
      .map((path) => [path, read(tree, path)] as const);

  it('are known to the program, with these flags', () => {
    for (const tree of all) {
      const named = texts(tree).flatMap(([path, text]) =>
        // The version and the command of the issue are put together when the workflow runs.
        path.startsWith('.github/') ? [] : [...text.matchAll(LINE)].map(([, words = '']) => words.trim()),
      );
      for (const line of named) expect(() => parse(line.split(/\s+/)), `${tree.id}: ${line}`).not.toThrow();
      const verbs = new Set(named.map((line) => line.split(' ')[0]));
      expect([...verbs].sort(), tree.id).toEqual(
        tree.level < 4 ? ['set', 'update', 'upgrade'] : ['set', 'update'],
      );
    }
  });

  it('set answers that the level has, to values that they take and do not have already', () => {
    for (const tree of all) {
      const { answers } = parseYaml(read(tree, '.azmlops.yml')) as { answers: Record<string, string> };
      const all = texts(tree).flatMap(([path, text]) =>
        [...text.matchAll(SET)].map(([, key = '', value = '']) => ({ path, key, value })),
      );
      expect(all).not.toEqual([]);
      for (const { path, key, value } of all) {
        if (!isAnswerKey(key)) throw new Error(`${path}: ${key} is no answer`);
        expect(specOf(key).since, key).toBeLessThanOrEqual(tree.level);
        expect(valueProblem(key, value)).toBeUndefined();
        expect(answers[key], `${tree.id}/${path}: set ${key}=${value} changes nothing`).not.toBe(value);
      }
    }
  });
});

/** A repository of its own, as emitted, with one commit. */
function repositoryOf(tree: Tree): string {
  home();
  const dir = join(temporary(), 'repository');
  cpSync(tree.dir, dir, { recursive: true });
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message', 'as emitted');
  return dir;
}

/** Lines of the shell blocks of a page below a heading. */
function told(page: string, heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [own = ''] = section.split(/\n## /);
  return [...own.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, body = '']) => body.trim().split('\n'));
}

/** Does what a line says; npx is this program. */
async function does(dir: string, line: string): Promise<{ code: number; out: string }> {
  const [, words] = /^npx --yes generator-azmlops (.+)$/.exec(line) ?? [];
  if (words) return azmlops(dir, ...words.split(' '));
  const [program, ...args] = line.split(' ');
  if (program !== 'git') throw new Error(`${line}: not known here`);
  // A person writes a message in the editor.
  return { code: 0, out: git(dir, ...(line === 'git commit' ? [...args, '--message', 'done'] : args)) };
}

describe('docs/next-level.md', () => {
  it.each([0, 1, 2, 3] as const)(
    'leads from level %d to the next, and back until the commit',
    async (level) => {
      const dir = repositoryOf(treeOf(level));
      const before = files(dir);
      const [ask = '', go = '', look = '', accept = '', undo = '', ...more] = told(
        readFileSync(join(dir, 'docs/next-level.md'), 'utf8'),
        'How to get there',
      );
      expect(more).toEqual([]);
      expect(go).toBe(ask.replace(' --dry-run', ''));

      const asked = await does(dir, ask);
      expect(asked.code, asked.out).toBe(0);
      expect(asked.out).toContain('README.md');
      expect(files(dir)).toEqual(before);

      const went = await does(dir, go);
      expect(went.code, went.out).toBe(0);
      expect((await does(dir, look)).out).toContain(`+level: ${level + 1}`);
      expect((await does(dir, undo)).code).toBe(0);
      expect(files(dir)).toEqual(before);
      expect(git(dir, 'status', '--porcelain')).toBe('');

      expect((await does(dir, go)).code).toBe(0);
      await does(dir, accept);
      expect(git(dir, 'status', '--porcelain')).toBe('');
      expect(files(dir)).toEqual(files(treeOf((level + 1) as Tree['level']).dir));
    },
  );
});

describe('how to change an answer', () => {
  const pages = [
    [0, 'README.md', 'Change an answer, take newer templates'],
    [1, 'docs/runbook.md', 'Take newer templates, change an answer'],
    [4, 'docs/runbook.md', 'Take newer templates, change an answer'],
  ] as const;
  it.each(pages)('is true at level %d, in %s', async (level, path, heading) => {
    const dir = repositoryOf(treeOf(level));
    const before = files(dir);
    const [update = '', set = '', ...more] = told(readFileSync(join(dir, path), 'utf8'), heading);
    expect(more).toEqual([]);
    for (const line of [update, set]) {
      expect(line).toMatch(/ --dry-run$/);
      const ran = await does(dir, line);
      expect(ran.code, ran.out).toBe(0);
      expect(files(dir)).toEqual(before);
    }
    // The repository is of this version already.
    expect((await does(dir, update.replace(' --dry-run', ''))).code).toBe(0);
    expect(files(dir)).toEqual(before);

    const ran = await does(dir, set.replace(' --dry-run', ''));
    expect(ran.code, ran.out).toBe(0);
    expect(existsSync(join(dir, 'azureml/endpoints/batch/endpoint.yml'))).toBe(false);
    expect((await does(dir, 'npx --yes generator-azmlops update --abort')).code).toBe(0);
    expect(files(dir)).toEqual(before);
  });

  it('of the gate is true at level 3', async () => {
    const dir = repositoryOf(treeOf(3));
    const before = files(dir);
    const [ask = '', go = '', look = '', accept = '', ...more] = told(
      readFileSync(join(dir, 'docs/runbook.md'), 'utf8'),
      'Change what guards production',
    );
    expect(more).toEqual([]);
    expect((await does(dir, ask)).code).toBe(0);
    expect(files(dir)).toEqual(before);
    expect((await does(dir, go)).code).toBe(0);
    expect((await does(dir, look)).out).toContain('.github/workflows/production.yml');
    await does(dir, accept);
    expect(files(dir)).toEqual(files(treeOf(3, 'classification', 'both', 'pull-request').dir));
  });
});
