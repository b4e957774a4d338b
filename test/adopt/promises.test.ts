import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import { azmlops, files, git } from '../support/session.js';
import { ANALYSIS, committed, notebook, teams } from './repositories.js';

/** Paths that templates have at some level, and paths of nobody but the team. */
const PATHS = [
  'README.md',
  '.gitignore',
  'Makefile',
  'requirements.txt',
  'pyproject.toml',
  'docs/runbook.md',
  'src/score.py',
  'src/scoring.py',
  'src/contract.json',
  'src/churn/train.py',
  'azmlops/own.py',
  'azureml/workspace.yml',
  '.github/workflows/ci.yml',
  '.github/workflows/ours.yml',
  'notebooks/train.ipynb',
  'work/explore.ipynb',
  'data/raw/rows.csv',
  'tests/test_ours.py',
  'src', // a file where templates need a folder
];

const how = fc.record({
  path: fc.constantFrom(...PATHS),
  kind: fc.constantFrom('own', 'own', 'template', 'template and more', 'crlf', 'empty', 'binary'),
  words: fc.array(
    fc.constantFrom(
      'x = 1',
      'def f(a):',
      '    return a',
      '# why',
      'all: test',
      '*.log',
      '!keep',
      'name: ci',
      '',
    ),
    { maxLength: 8 },
  ),
});

/** What a line says, wherever it stands: notebooks hold lines in quotes. */
const linesOf = (path: string, text: string): string[] => {
  const plain = path.endsWith('.ipynb') ? sourcesOf(text) : text;
  return plain.split(/\r?\n/).filter((line) => line.trim());
};
function sourcesOf(text: string): string {
  try {
    const { cells } = JSON.parse(text) as { cells: { source: string[] }[] };
    return cells.map(({ source }) => source.join('')).join('\n');
  } catch {
    return text;
  }
}

it('no line of any team is lost, and files that templates do not have stay letter for letter', async () => {
  const roots = [await ownRoot()];
  await fc.assert(
    fc.asyncProperty(fc.array(how, { minLength: 1, maxLength: 7 }), fc.nat(2), async (made, level) => {
      const rendered = render(roots, level, answersFor({ name: 'churn' }, level));
      const tree: Record<string, string> = { 'team.txt': 'here\n' };
      made.forEach(({ path, kind, words }, at) => {
        if (
          path === 'src'
            ? Object.keys(tree).some((one) => one.startsWith('src/'))
            : 'src' in tree && path.startsWith('src/')
        )
          return;
        const template = Buffer.from(rendered.get(path)?.content ?? []).toString();
        const own = words.map((word, line) => (word ? `${word} # team ${at}.${line}` : '')).join('\n') + '\n';
        const text =
          kind === 'template'
            ? template || own
            : kind === 'template and more'
              ? `${template}${own}`
              : kind === 'empty'
                ? ''
                : kind === 'binary'
                  ? `\0${own}`
                  : own;
        if (path.endsWith('.ipynb'))
          tree[path] =
            kind === 'own'
              ? notebook(...ANALYSIS.slice(0, 1 + (words.length % 6)), own)
              : kind === 'template' && template
                ? template
                : notebook(own);
        else tree[path] = kind === 'crlf' ? text.replaceAll('\n', '\r\n') : text;
      });
      const dir = teams(tree);
      const adopt = await azmlops(dir, 'adopt', '--yes', '--level', String(level), '--name', 'churn');
      expect(adopt.code, adopt.err).toBe(0);
      for (const [path, text] of Object.entries(tree)) expect(files(dir)[path], path).toBe(text);
      committed(dir);
      const said = await azmlops(dir, 'upgrade', '--yes', '--json', ...(level ? [] : ['--package', 'churn']));
      expect([0, 1], said.out + said.err).toContain(said.code);
      const { conflicts } = JSON.parse(said.out) as { conflicts: string[] };
      expect(said.code).toBe(conflicts.length ? 1 : 0);
      const now = files(dir);
      const everywhere = new Set(Object.entries(now).flatMap(([path, text]) => linesOf(path, text)));
      const after = render(roots, level + 1, answersFor({ name: 'churn' }, level + 1));
      for (const [path, text] of Object.entries(tree)) {
        for (const line of linesOf(path, text))
          // What templates wrote they may take back.
          if (line.includes('# team')) expect(everywhere, `${path}: ${line}`).toContain(line);
        if (!after.has(path) && !rendered.has(path) && !path.endsWith('.ipynb'))
          expect(now[path], path).toBe(text);
      }
      expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
      expect(git(dir, 'status', '--porcelain')).toBe('');
    }),
    { numRuns: process.env.AZMLOPS_ALL ? 60 : 10 },
  );
});
