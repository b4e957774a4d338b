import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { git, tryGit } from '../git/git.js';
import { refuseOpenOperation } from '../git/open-operations.js';
import { kindAt } from '../merge/look.js';
import { locateOpen, type Project } from '../merge/project.js';
import { ADOPTED, BASELINE, MANIFEST, PROFILE } from '../render/render.js';

/** Everything that adopt may write; the manifest last, since by it a repository is one of ours. */
export const WRITTEN = [BASELINE, PROFILE, ADOPTED, MANIFEST] as const;

export interface AdoptPlace extends Project {
  /** Files of `WRITTEN` that are there and that git does not have: an adopt that was cut off left them, or they are in the way. */
  readonly there: readonly string[];
}

/**
 * The folder that is to be adopted.
 *
 * @throws UserError (3) when it is in no work tree of git, has no commit, is ours already, or has something where adopt writes
 */
export async function placeFor(dir: string): Promise<AdoptPlace> {
  const project = await locateOpen(dir);
  refuseOpenOperation(project.gitDir, project.top);
  for (let at = project.dir; ; at = dirname(at)) {
    if (existsSync(join(at, MANIFEST)) || (at === project.dir && (await inHead(at))))
      throw adoptedAlready(at, project);
    if (at === project.top || at === dirname(at)) break;
  }
  const there = WRITTEN.filter((path) => kindAt(project.dir, path) !== 'absent');
  const listed = await git(project.dir, ['ls-files', '-z', '--', ...WRITTEN]);
  const tracked = listed.split('\0').filter(Boolean);
  const other = there.filter((path) => kindAt(project.dir, path) !== 'file');
  if (tracked.length + other.length)
    throw inTheWay(project.dir, [...new Set<string>([...there, ...tracked])].sort());
  const ignored = await tryGit(
    project.dir,
    // It takes no literal path specifications; these paths hold no magic.
    ['--no-literal-pathspecs', 'check-ignore', '--no-index', '-z', '--stdin'],
    WRITTEN.join('\0'),
  );
  if (ignored.exitCode === 0)
    throw new UserError(
      `git ignores what adopt writes: ${ignored.stdout.split('\0').filter(Boolean).join(', ')}.`,
      'It must be committed. Take the pattern out of .gitignore (git check-ignore --verbose PATH names it).',
      EXIT.refused,
    );
  return { ...project, there };
}

export const inTheWay = (dir: string, paths: readonly string[]): UserError =>
  new UserError(
    `In the way in ${dir}: ${paths.join(', ')}.`,
    'adopt writes them anew, and overwrites nothing: move them away (and commit that, where git has them), or restore what is missing.',
    EXIT.refused,
  );

const inHead = async (dir: string): Promise<boolean> =>
  (await git(dir, ['ls-tree', '--name-only', 'HEAD', '--', MANIFEST])) !== '';

const adoptedAlready = (at: string, { dir }: Project): UserError =>
  new UserError(
    at === dir
      ? `${dir} is under the care of azmlops already: it has ${MANIFEST}.`
      : `${dir} lies in ${at}, which is under the care of azmlops already.`,
    'azmlops upgrade moves it up a level; azmlops doctor says what it lacks.',
    EXIT.refused,
  );
