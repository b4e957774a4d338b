import { sameAnswer } from '../../manifest/lines.js';
import { answersAt } from '../../answers/schema.js';
import { MANIFEST } from '../../render/render.js';
import type { FileEntry } from '../../render/tree.js';
import { baselineOnDisk, type Repository } from '../../repository/open.js';
import { ownPackage } from '../../version.js';
import { count, seenPath } from '../../upgrade/report-words.js';
import {
  type Answer,
  type Check,
  type Context,
  few,
  inRepository,
  notAsked,
  ok,
  type Ours,
  warning,
  withoutGit,
  wrong,
} from '../check.js';

/** What azmlops itself needs in order to change the repository. */
export const SOUND: readonly Check[] = [
  {
    id: 'manifest',
    group: 'repository',
    asks: 'the manifest',
    limit: 5,
    ask: (context) => Promise.resolve(manifest(context)),
  },
  { id: 'baseline', group: 'repository', asks: 'the baseline', limit: 5, ask: inRepository(baseline) },
  { id: 'edited', group: 'repository', asks: 'which files were edited', limit: 8, ask: inRepository(edited) },
];

function manifest(context: Context): Answer {
  const { ours } = context;
  if (!ours) return notAsked('no repository of ours');
  const { opened } = ours;
  if (!('manifest' in opened)) return withoutGit(context) ?? wrong(opened.message, opened.hint || undefined);
  const { version, level, answers } = opened.manifest;
  const recorded = 'recorded' in opened.baseline ? opened.baseline.recorded.answers : answers;
  const changed = answersAt(level).filter((key) => !sameAnswer(answers[key], recorded[key]));
  if (changed.length)
    return warning(
      `${changed.join(', ')} ${changed.length === 1 ? 'was' : 'were'} edited in ${MANIFEST}, and the files do not follow yet`,
      'azmlops update',
    );
  const own = ownPackage().version;
  return ok(
    `level ${level}, written by azmlops ${version}${version === own ? '' : `; this is ${own}: azmlops update takes its templates over`}`,
  );
}

async function baseline(repository: Repository): Promise<Answer> {
  const found = await baselineOnDisk(repository);
  if ('lost' in found) return wrong(found.lost.message, found.lost.hint);
  return ok(
    `the baseline is whole: ${count(found.tree.size, 'file')} as azmlops wrote ${found.tree.size === 1 ? 'it' : 'them'}`,
  );
}

async function edited(repository: Repository, ours: Ours): Promise<Answer> {
  const found = await baselineOnDisk(repository);
  if ('lost' in found) return notAsked('the baseline is lost');
  const { entry } = await ours.files();
  const [changed, deleted]: [string[], string[]] = [[], []];
  for (const [path, before] of found.tree) {
    if (path === MANIFEST) continue;
    const now = entry(path);
    if (!now) deleted.push(path);
    else if (!same(before, now)) changed.push(path);
  }
  const said = [
    ...(changed.length
      ? [
          `${changed.length} of ${count(found.tree.size, 'file')} edited since azmlops wrote them: ${listed(changed)}`,
        ]
      : []),
    ...(deleted.length ? [`${deleted.length} deleted: ${listed(deleted)}`] : []),
  ];
  return said.length
    ? ok(`${said.join('; ')}. azmlops explain PATH shows what changed`)
    : ok('no file of azmlops was edited');
}

const listed = (paths: readonly string[]): string => few(paths.map(seenPath));

/** As `explain` sees it: line ends are no edit, and on Windows the mode on disk says nothing. */
function same(before: FileEntry, now: FileEntry): boolean {
  if (process.platform !== 'win32' && before.mode !== now.mode) return false;
  if (Buffer.compare(before.content, now.content) === 0) return true;
  const plain = ({ content }: FileEntry) => Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n');
  return plain(before) === plain(now);
}

/** Files of the baseline as the disk has them now; empty when it is lost. */
export async function writtenPaths(repository: Repository): Promise<string[]> {
  const found = await baselineOnDisk(repository);
  return 'tree' in found ? [...found.tree.keys()] : [];
}
