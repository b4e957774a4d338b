import { resolve as resolvePath } from 'node:path';
import type { ask } from '../answers/ask.js';
import type { DataPath } from '../answers/file.js';
import { givenForNew } from '../answers/given.js';
import { type GivenAnswers, refuseWrong, resolve } from '../answers/resolve.js';
import type { Answers } from '../answers/schema.js';
import { targetProblems } from '../answers/target.js';
import { refusal } from '../answers/validate.js';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import type { DataRead } from '../data/types.js';
import { UserError } from '../errors.js';
import { exampleProfile } from '../profile/profile.js';
import { highestLevel, ownRoot } from '../render/own.js';
import { folderName, inspect, targetOf } from './inspect.js';
import { levelFrom } from './level.js';
import { createRepository } from './new.js';
import { looking } from '../refusal.js';
import { exitOf, tell } from './report.js';

/** `azmlops new [DIR]`: words to answers, a repository, a report. */
export async function newVerb(words: Words, out: Output): Promise<number> {
  const { switches, values } = words;
  if (switches.has('yes') && switches.has('all'))
    throw new UserError('--yes asks nothing and --all asks everything.', 'Give one of them.');
  const roots = [await ownRoot()];
  const highest = highestLevel(roots);
  const { given, data: ofAnswers } = await givenForNew(words, out.io.cwd);
  const file = dataPath(values.get('data'), ofAnswers, out.io.cwd);
  const wanted = levelFrom(values.get('level'), '--level', highest);
  const asks = !switches.has('yes') && out.io.stdin.isTTY === true;
  if (wanted === undefined && !asks)
    throw new UserError(
      '--level is missing.',
      `Give --level N, from 0 to ${highest}; azmlops levels explains them.`,
    );
  const dir = targetOf(out.io.cwd, values.get('dir'), words.operand);
  const folder = folderName(dir);
  const first = { level: wanted ?? highest, folder };
  // What is wrong already is told before a large file is read, and before anything is asked.
  refuseWrong({ ...first, given: file ? withoutColumns(given) : given, profile: exampleProfile() });
  const place = looking(dir, () => inspect(dir, switches.has('force')));
  const data = file && (await (await import('./own-data.js')).ownData(file, out));
  const profile = data?.read.profile ?? exampleProfile();
  const known = { ...first, given, profile };
  refuseWrong(known);
  const asked = asks
    ? await questions(
        { ...known, level: wanted, ...(data && { counts: data.read.counts }) },
        highest,
        words,
        out,
      )
    : { given, level: first.level };
  const answers = resolve({ ...asked, folder, profile });
  if (data) refuseTarget(data.read, answers);
  const report = await createRepository(roots, asked.level, answers, place, {
    dryRun: switches.has('dry-run'),
    git: !switches.has('no-git'),
    ...(data && { data }),
  });
  await tell(report, out);
  return exitOf(report);
}

/** The file of `--data`, which wins over that of the answers file. */
function dataPath(
  flag: string | undefined,
  ofAnswers: DataPath | undefined,
  cwd: string,
): DataPath | undefined {
  if (flag === undefined) return ofAnswers;
  if (!flag) throw new UserError('--data names no file.', 'Write --data=FILE, the path of a CSV file.');
  return { path: resolvePath(cwd, flag), shown: flag };
}

/** Without what only the data can judge. */
function withoutColumns(given: GivenAnswers): GivenAnswers {
  return new Map([...given].filter(([key]) => key !== 'target' && key !== 'sensitive'));
}

function refuseTarget({ profile, counts }: DataRead, answers: Answers): void {
  const problems = targetProblems(profile, counts, answers);
  if (problems.length) throw refusal(problems);
}

/** Asks for what is not given. */
async function questions(
  known: Omit<Parameters<typeof ask>[0], 'levels' | 'all'>,
  highest: number,
  { switches }: Words,
  { io }: Output,
): ReturnType<typeof ask> {
  const [asking, { loadModel }] = await Promise.all([
    import('../answers/ask.js'),
    import('../levels/load.js'),
  ]);
  const levels = (await loadModel()).levels.filter(({ number }) => number <= highest);
  const all = switches.has('all');
  return asking.ask({ ...known, levels, all }, { input: io.stdin, output: io.stderr });
}
