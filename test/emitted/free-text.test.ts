import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answersFor } from '../../src/answers/resolve.js';
import { loadRoot } from '../../src/render/load.js';
import { render } from '../../src/render/render.js';
import { have, programs, project, run } from '../support/tools.js';

// One line of any Unicode, with what each format, shell and template engine would act on.
const texts = [
  `"quoted" 'single' \`ticks\` \\`,
  '${{ secrets.GITHUB_TOKEN }} $(id) `id` $HOME %PATH%',
  '<%= name %> <script>alert(1)</script> <!-- x --> & <b>',
  '- dash: colon # hash | pipe > fold [x](y) *z* _u_ ~~s~~',
  '¡Olá! 数据 🐧 \u202Eabc',
  '--- a: {b: [c, "d"]} ...',
];
const allowed =
  /^(README\.md|data\/README\.md|docs\/.+\.md|pyproject\.toml|app\/pyproject\.toml|\.azmlops\.yml|\.azmlops\/baseline\.gz)$/;
const root = loadRoot(`${project}/templates`);
const tree = (given: Record<string, string>) =>
  render([root], 4, answersFor({ name: 'churn', endpoint: 'both', ...given }, 4));
const text = (content?: Uint8Array) => new TextDecoder().decode(content);

describe('free text', () => {
  const plain = tree({ title: 'Zqtitle', description: 'Zqdescription' });

  it.each(texts)('%s reaches README, docs, pyproject and manifest only', (words) => {
    const other = tree({ title: words, description: words });
    expect([...other.keys()]).toEqual([...plain.keys()]);
    const changed = [...other].filter(
      ([path, { content }]) => text(content) !== text(plain.get(path)?.content),
    );
    const paths = changed.map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'pyproject.toml', '.azmlops.yml']));
    expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it.each(texts)('%s arrives as the same text', (words) => {
    const files = tree({ title: words, description: words });
    const manifest = parse(text(files.get('.azmlops.yml')?.content)) as { answers: Record<string, string> };
    expect(manifest.answers).toMatchObject({ title: words, description: words });
  });

  it.skipIf(!have('checkPython'))('is what TOML and a YAML 1.1 parser read', () => {
    const script =
      'import json, sys, tomllib, yaml\n' +
      'for row in json.load(sys.stdin):\n' +
      '    answers = yaml.safe_load(row["manifest"])["answers"]\n' +
      '    print(json.dumps([tomllib.loads(row["pyproject"])["project"]["description"], answers["title"]]))\n';
    const rows = texts.map((words) => {
      const files = tree({ title: words, description: words });
      return {
        manifest: text(files.get('.azmlops.yml')?.content),
        pyproject: text(files.get('pyproject.toml')?.content),
      };
    });
    const ran = run(programs.checkPython, ['-c', script], { input: JSON.stringify(rows) });
    expect(ran.stderr).toBe('');
    const read = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
    expect(read).toEqual(texts.map((words) => [words, words]));
  });

  it.each(['two\nlines', 'a\u0000b', 'bell\u0007', 'tab\tbed'])('%j is refused', (words) => {
    expect(() => tree({ description: words })).toThrow();
  });
});
