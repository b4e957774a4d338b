import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitOutput } from '../git/git.js';
import { storeObjects } from '../git/objects.js';
import type { Project } from './project.js';
import { resultTree } from './result-tree.js';
import type { Change } from './types.js';

/** The changes as a unified diff against HEAD, paths from the top of the work tree; writes nothing into the repository. */
export async function patchOf(
  project: Project,
  changes: readonly Change[],
  { color }: { color: boolean },
): Promise<string> {
  if (!changes.length) return '';
  const into = mkdtempSync(join(tmpdir(), 'azmlops-objects-'));
  try {
    const objects = { into, from: project.objects };
    const result = await resultTree(project, changes);
    await storeObjects(project.top, project.algorithm, result.objects, { objects });
    const patch = await gitOutput(
      project.top,
      [
        'diff-tree',
        '-p',
        '-r',
        '--no-renames',
        '--no-ext-diff',
        '--no-textconv',
        `--color=${color ? 'always' : 'never'}`,
        project.head,
        result.oid,
      ],
      { objects },
    );
    return patch.toString();
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
