import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { have, programs, run } from '../support/tools.js';
import { digest, distinctFiles, filesOf, LEVELS, read, trees } from '../support/trees.js';

const everyName = trees((tree) => tree.length !== 'usual');
/** The gate changes no Python (the last test here), so ruff reads one of the three. */
const everyPython = everyName.filter(({ gate }) => gate === 'reviewers');

describe('what a formatter would change', () => {
  it.each(LEVELS)('Prettier leaves YAML, JSON and Markdown of level %d as they are', async (level) => {
    const changed: string[] = [];
    let seen = 0;
    const some = everyName.filter((one) => one.level === level);
    for (const [tree, path] of distinctFiles(some, (file) => /\.(ya?ml|json|md)$/.test(file))) {
      const file = join(tree.dir, path);
      seen++;
      if (!(await prettier.check(readFileSync(file, 'utf8'), { filepath: file }))) changed.push(file);
    }
    expect(digest(changed)).toEqual([]);
    expect(seen).toBeGreaterThan(20);
  });

  it('nothing is exempt from it', () => {
    for (const tree of everyName) expect(filesOf(tree.dir), tree.id).not.toContain('.prettierignore');
  });

  it.skipIf(!have('ruff'))('ruff leaves every Python file and notebook as it is', () => {
    const changed = everyPython.flatMap((tree) => {
      const args = ['format', '--check', '--no-cache', ...settings(tree.level), '.'];
      const { status, stdout, stderr } = run(programs.ruff, args, { cwd: tree.dir });
      if (status === 0) return [];
      const places = [...`${stdout}${stderr}`.matchAll(/--> (\S+)/g)].map(([, place]) => place);
      return (places.length ? places : [stderr]).map((place) => `${tree.dir}/${place}`);
    });
    expect(digest(changed)).toEqual([]);
  });

  it('every text file ends with one newline and has no blanks at line ends', () => {
    const odd = everyName.flatMap((tree) =>
      filesOf(tree.dir)
        .filter((path) => !path.endsWith('.gz'))
        .filter((path) => {
          const text = read(tree, path);
          const hard = path.endsWith('.md')
            ? /[ \t]+\n/.test(text.replaceAll(/ {2}\n/g, '\n'))
            : /[ \t]\n/.test(text);
          return (
            hard || text.includes('\r') || !text.endsWith('\n') || text.endsWith('\n\n') || text === '\n'
          );
        })
        .map((path) => `${tree.id}/${path}`),
    );
    expect(odd).toEqual([]);
  });
});

describe('YAML', () => {
  it.skipIf(!have('checkPython'))('reads equally by a parser of version 1.1 and one of 1.2', () => {
    const script =
      'import json,sys,yaml\n' +
      'on = lambda d: {("on" if k is True else k): v for k, v in d.items()} if isinstance(d, dict) else d\n' +
      'for p in sys.stdin.read().split("\\n"):\n' +
      '    with open(p, encoding="utf-8") as f: print(json.dumps(on(yaml.safe_load(f)), default=str))\n';
    const files = distinctFiles(everyName, (path) => /\.ya?ml$/.test(path)).map(([tree, path]) =>
      join(tree.dir, path),
    );
    const ran = run(programs.checkPython, ['-c', script], { input: files.join('\n') });
    expect(ran.stderr).toBe('');
    const old = ran.stdout.trimEnd().split('\n');
    expect(old).toHaveLength(files.length);
    for (const [n, file] of files.entries())
      // A workflow's key `on` is the one difference that GitHub itself lives with.
      expect(JSON.parse(old[n] ?? ''), file).toEqual(parse(readFileSync(file, 'utf8'), { version: '1.2' }));
  });
});

/** Level 0 has no pyproject, so what ruff is told has to come from somewhere: as in the one of level 1. */
const settings = (level: number): string[] =>
  level === 0 ? ['--config', 'line-length = 100', '--config', 'src = ["src"]'] : [];

describe.skipIf(!have('ruff'))('lint', () => {
  it('ruff finds nothing, in Python files and in notebooks', () => {
    const found = everyPython.flatMap((tree) => {
      const rules =
        tree.level === 0 ? ['--select', 'E,F,W,I,UP,B,SIM,C4,PTH,RUF', ...settings(0)] : settings(tree.level);
      const args = ['check', '--no-cache', '--output-format=concise', ...rules, '.'];
      const { status, stdout, stderr } = run(programs.ruff, args, { cwd: tree.dir });
      if (status === 0) return [];
      return `${stdout}${stderr}`
        .trim()
        .split('\n')
        .map((line) => `${tree.dir}/${line}`);
    });
    expect(digest(found)).toEqual([]);
  });

  it('from level 1 on ruff and mypy are configured as the house style says', () => {
    for (const tree of everyName.filter(({ level }) => level > 0)) {
      const text = read(tree, 'pyproject.toml');
      expect(text).toContain('line-length = 100');
      for (const rule of ['E', 'F', 'W', 'I', 'UP', 'B', 'SIM', 'C4', 'PTH', 'RUF', 'D'])
        expect(text).toMatch(new RegExp(`select = \\[[^\\]]*"${rule}"`));
      expect(text).toContain('disallow_untyped_defs = true');
      expect(text.match(/noqa|type: ignore/g)).toBeNull();
    }
  });
});

describe('the gate', () => {
  it('shapes workflows, the set-up and what documents them; no Python, no file of Azure ML', () => {
    const shaped = new Set<string>();
    for (const tree of everyName.filter(({ gate }) => gate !== 'reviewers')) {
      const like = everyName.find(({ id }) => id === tree.id.replace(`-${tree.gate}`, ''));
      if (!like) throw new Error(tree.id);
      for (const path of new Set([...filesOf(tree.dir), ...filesOf(like.dir)])) {
        const [one, other] = [tree, like].map((t) => (existsSync(join(t.dir, path)) ? read(t, path) : ''));
        if (one !== other) shaped.add(path);
      }
    }
    const allowed = /^(\.azmlops|\.github\/|README\.md$|docs\/|scripts\/\w+\.sh$|config\/production\.yml$)/;
    expect([...shaped].filter((path) => !allowed.test(path))).toEqual([]);
    expect([...shaped]).toEqual(expect.arrayContaining(['README.md', '.github/workflows/release.yml']));
  });
});
