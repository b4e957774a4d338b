import { basename, join, resolve as resolvePath } from 'node:path';
import { type AnswersFile, type DataPath } from '../answers/file.js';
import { givenForNew } from '../answers/given.js';
import { targetMissing } from '../answers/columns.js';
import { targetProblems } from '../answers/target.js';
import { refusal } from '../answers/validate.js';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { seen as visible } from '../cli/seen.js';
import type { DataRead } from '../data/types.js';
import { EXIT, UserError } from '../errors.js';
import { levelFrom } from '../new/level.js';
import { writeWhole } from '../new/write.js';
import { exampleProfile } from '../profile/profile.js';
import { likelyTargets } from '../profile/targets.js';
import { highestLevel, ownRoot } from '../render/own.js';
import { answersFor, type Found } from './answers.js';
import { askTarget, type Asker, askerAt, choose, type Choice } from './choose.js';
import type { Derived } from './derive.js';
import type { LevelFound } from './level.js';
import { leftToWrite, sweepAfterAll, sweepStaging } from './leftover.js';
import { targetsIn } from './map/target.js';
import { placeFor } from './place.js';
import { planAdopt } from './plan.js';
import { type Report, tellAdopted } from './report.js';
import { type Seen, seeRepository } from './see.js';
import { teamPaths } from './team.js';

/** `azmlops adopt [DIR]`: looks, asks what cannot be seen, and writes manifest, baseline and what goes with them. */
export async function adoptVerb(words: Words, out: Output): Promise<number> {
  const { switches, values, operand } = words;
  const roots = [await ownRoot()];
  const said = levelFrom(values.get('level'), '--level', highestLevel(roots));
  const file = await givenForNew(words, out.io.cwd);
  const dryRun = switches.has('dry-run');
  const at = resolvePath(out.io.cwd, values.get('dir') ?? '.', operand ?? '.');
  if (!dryRun) sweepAfterAll(at);
  const { dir, prefix, there } = await placeFor(at);
  const team = await teamPaths(dir);
  const seen = await seeRepository(dir, team);
  const found: LevelFound = said === undefined ? await assessed(dir) : { level: said, from: '--level' };
  const ask = askerAt(out, switches.has('yes'));
  const trains = await choose('What trains the model', seen.trains, ask);
  const scores = await choose('What scores', seen.scores, ask);
  const data = await dataOf(dir, seen, dataSaid(words, file, out), ask);
  const profile = data.read?.profile ?? exampleProfile();
  const folder = basename(dir);
  const about = { roots, level: found.level, folder, profile, team: [...team.keys()], given: file.given };
  const target =
    data.read && !file.given.has('target')
      ? await targetOf(seen, trains, data.read, about, out, ask)
      : undefined;
  const given = answersFor(seen, { ...about, ...(target?.derived && { target: target.derived }) });
  refuseRows(data.read, given);
  const role = (name: string, { taken }: Choice) => (taken === undefined ? {} : { [name]: taken });
  const map = {
    ...role('trains', trains),
    ...role('scores', scores),
    ...role('tests', { taken: (found.tests ?? seen.tests)[0]?.path, others: [] }),
    ...role('data', { taken: data.path, others: [] }),
    notebooks: notebooksOf(seen, trains),
  };
  const plan = await planAdopt(dir, team, { roots, level: found.level, answers: given.answers, map });
  const left = leftToWrite(dir, there, plan.files);
  if (!dryRun) {
    sweepStaging(dir);
    await writeWhole({ dir, kind: 'occupied', git: prefix ? 'inside' : 'top' }, left, () =>
      Promise.resolve(),
    );
  }
  const doubts = [
    ...doubt('trains', trains),
    ...doubt('scores', scores),
    ...doubt('is the data', data.choice),
    ...(target?.doubt ?? []),
    ...data.doubts,
    ...[...seen.unread].map(([path, why]) => `${path} ${why}.`),
  ];
  const report: Report = { dir, prefix, level: found, found: given, plan, map, doubts, dryRun };
  tellAdopted(report, roots, [...team.keys()], out);
  return EXIT.done;
}

/** The whole of assess is loaded for those who do not say the level. */
const assessed = async (dir: string): Promise<LevelFound> => (await import('./level.js')).levelOf(dir);

const doubt = (role: string, { taken, others }: Choice): string[] =>
  others.length && taken !== undefined
    ? [`${taken} ${role}, as was taken; as likely: ${others.join(', ')}.`]
    : [];

/** The notebook that trains first: what it defines is lifted into the package, and what others do after it. */
function notebooksOf({ code, unread }: Seen, { taken }: Choice): string[] {
  const read = code.map(({ path }) => path).filter((path) => path.endsWith('.ipynb'));
  // Some may be mended until then; of the others it is said again.
  const paths = [...read, ...unread.keys()];
  return [...paths.filter((path) => path === taken), ...paths.filter((path) => path !== taken).sort()];
}

function dataSaid({ values }: Words, { data }: AnswersFile, { io }: Output): DataPath | undefined {
  const flag = values.get('data');
  if (flag === undefined) return data;
  if (!flag) throw new UserError('--data names no file.', 'Write --data=FILE, the path of a CSV file.');
  return { path: resolvePath(io.cwd, flag), shown: flag };
}

interface DataFound {
  readonly read?: DataRead;
  /** In the repository. */
  readonly path?: string;
  readonly choice: Choice;
  readonly doubts: readonly string[];
}

/** The CSV that is said, or the one that the code names; one that nobody named and that cannot be taken is told. */
async function dataOf(dir: string, seen: Seen, said: DataPath | undefined, ask: Asker): Promise<DataFound> {
  const none: Choice = { taken: undefined, others: [] };
  const { readData } = await import('../data/read.js');
  if (said) {
    const read = await readData(said.path, said.shown);
    const path = seen.data.find((each) => join(dir, each.path) === said.path)?.path;
    return { read, ...(path !== undefined && { path }), choice: none, doubts: [] };
  }
  const choice = await choose('Which file is the data', seen.data, ask);
  if (choice.taken === undefined) return { choice, doubts: [] };
  try {
    const read = await readData(join(dir, choice.taken), choice.taken);
    if (isExample(read)) return { choice: none, doubts: [] };
    return { read, path: choice.taken, choice, doubts: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = error.message.startsWith(choice.taken) ? error.message : `${choice.taken}: ${error.message}`;
    return { choice: none, doubts: [`${why} So it is not taken as the data.`] };
  }
}

/** The penguins that templates bring along: they are nobody's own data. */
const isExample = ({ profile }: DataRead): boolean =>
  profile.rows === exampleProfile().rows && namesOf(profile) === namesOf(exampleProfile());

const namesOf = ({ columns }: DataRead['profile']): string => JSON.stringify(columns.map(({ name }) => name));

/**
 * The column to predict: the one that the code which trains names; asked for where it names none, or several.
 *
 * @throws UserError (2) when nobody can be asked
 */
async function targetOf(
  seen: Seen,
  trains: Choice,
  { profile, counts }: DataRead,
  about: Pick<Parameters<typeof answersFor>[1], 'given' | 'level' | 'folder'>,
  out: Output,
  ask: Asker,
): Promise<{ derived?: Derived; doubt: string[] }> {
  const code = seen.code.filter(({ path }) => path === trains.taken);
  const choice = await choose('Column to predict', targetsIn(code, profile), ask);
  if (choice.taken !== undefined)
    return {
      derived: { value: choice.taken, from: trains.taken ?? '' },
      doubt: doubt('is the target', choice),
    };
  if (ask) {
    const value = await askTarget(about.given, { ...about, profile, counts }, out);
    return { derived: { value, from: 'what you said' }, doubt: [] };
  }
  const [likely] = likelyTargets(profile);
  if (!likely || !isNamedSo(likely.name)) throw targetMissing(profile);
  return {
    derived: { value: likely.name, from: 'its name' },
    doubt: [`${visible(likely.name)} is the target, by its name alone; --target COLUMN says another.`],
  };
}

/** Names that people give to nothing but what is predicted. */
const isNamedSo = (name: string): boolean => /^(target|label|y|outcome|class|response)$/i.test(name);

function refuseRows(read: DataRead | undefined, { answers }: Found): void {
  const problems = read ? targetProblems(read.profile, read.counts, answers) : [];
  if (problems.length) throw refusal(problems);
}
