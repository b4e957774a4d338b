import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { quotePath, tryGit, gitBytes } from '../git/git.js';
import { oidOf } from '../git/objects.js';
import type { Journal, JournalPath, Recorded } from './journal.js';
import { standingAt, type Standing } from './look.js';
import { listed, type Project } from './project.js';

export interface Since {
  readonly path: JournalPath;
  /** A file or link is there, that may be removed. */
  readonly there: boolean;
  /** As it was before, byte and mode. */
  readonly asBefore: boolean;
  /** Neither as before nor as written: someone's work. */
  readonly edited?: string;
}

/** What became of each path of the journal on disk; paths relative to the top. */
export async function since(project: Project, journal: Journal): Promise<Since[]> {
  const own = new Set(journal.paths.map(({ path }) => path));
  const made = new Set(journal.folders);
  refuseFolders(project, journal, own, made);
  const looked = journal.paths.map((path) => ({ path, standing: standingAt(project.top, path.path) }));
  const found = looked.map((at) => sinceOf(project, at.path, at.standing, own));
  const unknown = found.filter(({ edited }) => edited !== undefined);
  const files = unknown.filter(({ path: { path } }) => standingAt(project.top, path).kind === 'file');
  const oids = await cleaned(
    project,
    files.map(({ path: { path } }) => path),
  );
  const known = new Map<string, Since>();
  for (const [i, entry] of files.entries()) {
    const { path } = entry;
    const oid = oids[i];
    const asBefore = oid === path.before?.oid && modeHolds(project, path);
    if (oid && (oid === path.before?.oid || oid === path.after?.oid))
      known.set(path.path, { path, there: true, asBefore });
    else if (journal.state !== 'written' && (await isCutOff(project, path)))
      known.set(path.path, { path, there: true, asBefore: false });
  }
  return found.map((entry) => known.get(entry.path.path) ?? entry);
}

function sinceOf(project: Project, path: JournalPath, standing: Standing, own: ReadonlySet<string>): Since {
  if (standing.kind === 'absent' || standing.kind === 'folder')
    return { path, there: false, asBefore: !path.before || path.absent === true };
  if (standing.kind === 'blocked')
    return own.has(standing.by)
      ? { path, there: false, asBefore: !path.before }
      : { path, there: false, asBefore: false, edited: standing.by };
  const oid = oidOf(project.algorithm, { type: 'blob', content: standing.content });
  const is = (recorded: Recorded | undefined) =>
    recorded?.oid === oid && (standing.kind === 'file' || recorded.mode === '120000');
  if (is(path.before)) return { path, there: true, asBefore: modeHolds(project, path) };
  if (is(path.after)) return { path, there: true, asBefore: false };
  return { path, there: true, asBefore: false, edited: path.path };
}

/** Whether the mode on disk is that of before, as far as it was to change. */
function modeHolds(project: Project, { path, before, after, absent }: JournalPath): boolean {
  if (absent) return false;
  if (!before || !after || before.mode === after.mode) return true;
  const standing = standingAt(project.top, path);
  if (standing.kind === 'link') return before.mode === '120000';
  return standing.kind === 'file' && standing.executable === (before.mode === '100755');
}

async function cleaned({ top }: Project, paths: readonly string[]): Promise<(string | undefined)[]> {
  if (!paths.length) return [];
  const input = paths.map((path) => `${/^"|\n/.test(path) ? quotePath(path) : path}\n`).join('');
  const { exitCode, stdout } = await tryGit(top, ['hash-object', '--stdin-paths'], input);
  // A filter that fails here may be what stopped the write: then bytes alone decide.
  return exitCode === 0 ? stdout.trimEnd().split('\n') : [];
}

/** Whether a killed git got no further than this in writing the file. */
async function isCutOff({ top }: Project, { path, before, after }: JournalPath): Promise<boolean> {
  const standing = standingAt(top, path);
  if (standing.kind !== 'file') return false;
  if (!standing.content.length) return true;
  for (const side of [after, before]) {
    if (!side) continue;
    const { exitCode, stdout } = await gitBytes(top, ['cat-file', '--filters', `--path=${path}`, side.oid]);
    if (exitCode === 0 && stdout.subarray(0, standing.content.length).equals(standing.content)) return true;
  }
  return false;
}

/** Folders with files of the team where a file was before: nothing that is done here may remove those. */
function refuseFolders(
  { top }: Project,
  { paths }: Journal,
  own: ReadonlySet<string>,
  made: ReadonlySet<string>,
): void {
  const inTheWay = paths.flatMap(({ path, before, absent }) => {
    if (!before || absent || standingAt(top, path).kind !== 'folder') return [];
    const others = below(top, path).filter((file) => !own.has(file) && !made.has(file.slice(0, -1)));
    return others;
  });
  if (inTheWay.length)
    throw new UserError(
      `Where files are to be put back there are others: ${listed(inTheWay)}`,
      'They are yours. Move them away, and run the command again.',
      EXIT.refused,
    );
}

function below(top: string, folder: string): string[] {
  return readdirSync(join(top, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? [`${path}/`, ...below(top, path)] : [path];
  });
}
