import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { tryGit } from '../git/git.js';
import { ADOPTED, MANIFEST } from '../render/render.js';
import { shellWord } from '../upgrade/shell-word.js';

/** Why HEAD has no manifest in this folder, and the command that mends it. */
export async function whyNoManifest(dir: string): Promise<UserError> {
  const refused = (message: string, hint: string) => new UserError(message, hint, EXIT.refused);
  const there = statSync(dir, { throwIfNoEntry: false });
  if (!there) return refused(`${dir} is not there.`, 'Name the folder of a repository that azmlops wrote.');
  if (!there.isDirectory()) return refused(`${dir} is no folder.`, 'Name the folder of a repository.');
  const asked = await tryGit(dir, ['rev-parse', '--is-inside-work-tree', '--show-cdup']);
  const [inside, up = ''] = asked.stdout.split('\n');
  if (asked.exitCode !== 0 && !/not a git repository/.test(asked.stderr))
    return refused(`git cannot read ${dir}: ${asked.stderr.trim()}`, 'Mend that, and run the command again.');
  if (asked.exitCode !== 0)
    return existsSync(join(dir, MANIFEST))
      ? refused(
          `${dir} is not under git, and what changed in it since cannot be told apart.`,
          `cd ${shellWord(dir)} && git init && git add --all && git commit --message Start`,
        )
      : refused(
          `${dir} is no git repository.`,
          'Name the folder of a repository that azmlops wrote; azmlops new DIR writes one.',
        );
  if (inside !== 'true')
    return refused(`${dir} is no work tree: it holds git's own files only.`, 'Clone it, and name the clone.');
  if (existsSync(join(dir, MANIFEST))) {
    // What else lies uncommitted in a repository that was adopted is none of our business.
    const [what, message] = existsSync(join(dir, ADOPTED))
      ? [`${MANIFEST} ${dirname(ADOPTED)}`, '"Under the care of azmlops"']
      : ['--all', 'Start'];
    return refused(
      `${join(dir, MANIFEST)} is not committed.`,
      `cd ${shellWord(dir)} && git add ${what} && git commit --message ${message}`,
    );
  }
  for (let at = dir, left = up.split('/').length - 1; left > 0; left--) {
    at = dirname(at);
    if (existsSync(join(at, MANIFEST)))
      return refused(
        `The repository that azmlops wrote is ${at}, not ${dir}.`,
        `Name that folder: --dir ${at}`,
      );
  }
  return refused(
    `${dir} has no ${MANIFEST}: azmlops did not write this repository.`,
    'Name the folder of a repository that azmlops wrote; azmlops new DIR writes one.',
  );
}
