import { describe, expect, it } from 'vitest';
import { have, programs, run } from '../support/tools.js';
import { treeOf } from '../support/trees.js';

// Asks the package index twelve times, so vitest.config.ts takes it in for `npm run test:all` only.
const pythons = ['3.10', '3.11', '3.12', '3.13'];

describe.skipIf(!have('uv'))('packages resolve together', () => {
  it.each(pythons)('with every extra, on Python %s', (python) => {
    for (const level of [1, 2, 3, 4] as const) {
      const args = [
        'pip',
        'compile',
        '--quiet',
        '--all-extras',
        '--python-version',
        python,
        'pyproject.toml',
      ];
      const ran = run(programs.uv, args, { cwd: treeOf(level).dir });
      expect(ran.status, ran.stderr).toBe(0);
      expect(ran.stdout).toMatch(/^scikit-learn==1\.5\./m);
    }
    const first = run(
      programs.uv,
      ['pip', 'compile', '--quiet', '--python-version', python, 'requirements.txt'],
      {
        cwd: treeOf(0).dir,
      },
    );
    expect(first.status, first.stderr).toBe(0);
    expect(first.stdout).not.toMatch(/^mlflow/m);
  });
});
