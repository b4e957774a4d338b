import { isAbsolute, resolve as resolvePath } from 'node:path';
import { readAnswers } from '../answers/file.js';
import { type GivenAnswers, resolve } from '../answers/resolve.js';
import { ANSWER_KEYS, type AnswerKey, type Answers } from '../answers/schema.js';
import type { Given } from '../answers/validate.js';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { UserError } from '../errors.js';
import { exampleProfile } from '../profile/profile.js';
import { highestLevel, ownRoot } from '../render/own.js';
import { folderName, inspect, targetOf } from './inspect.js';
import { createRepository } from './new.js';
import { looking } from './refusal.js';
import { exitOf, tell } from './report.js';

/** `azmlops new [DIR]`: words to answers, a repository, a report. */
export async function newVerb(words: Words, out: Output): Promise<number> {
  const { switches, values } = words;
  if (switches.has('yes') && switches.has('all'))
    throw new UserError('--yes asks nothing and --all asks everything.', 'Give one of them.');
  const roots = [await ownRoot()];
  const highest = highestLevel(roots);
  const given = await givenAnswers(words, out.io.cwd);
  const wanted = levelOf(values.get('level'), highest);
  const dir = targetOf(out.io.cwd, values.get('dir'), words.operand);
  const place = looking(dir, () => inspect(dir, switches.has('force')));
  const { answers, level } = await complete(given, wanted, highest, dir, words, out);
  const report = await createRepository(roots, level, answers, place, {
    dryRun: switches.has('dry-run'),
    git: !switches.has('no-git'),
  });
  tell(report, out);
  return exitOf(report);
}

async function complete(
  given: GivenAnswers,
  wanted: number | undefined,
  highest: number,
  dir: string,
  { switches }: Words,
  out: Output,
): Promise<{ answers: Answers; level: number }> {
  const base = { folder: folderName(dir), profile: exampleProfile() };
  if (switches.has('yes') || out.io.stdin.isTTY !== true) {
    if (wanted === undefined)
      throw new UserError(
        '--level is missing.',
        `Give --level N, from 0 to ${highest}; azmlops levels explains them.`,
      );
    return { answers: resolve({ ...base, given, level: wanted }), level: wanted };
  }
  // What is wrong already is told before anything is asked.
  resolve({ ...base, given, level: wanted ?? highest });
  const [{ ask }, { loadModel }] = await Promise.all([
    import('../answers/ask.js'),
    import('../levels/load.js'),
  ]);
  const levels = (await loadModel()).levels.filter(({ number }) => number <= highest);
  const asked = await ask(
    { ...base, given, level: wanted, levels, all: switches.has('all') },
    { input: out.io.stdin, output: out.io.stderr },
  );
  return { answers: resolve({ ...base, given: asked.given, level: asked.level }), level: asked.level };
}

async function givenAnswers({ values }: Words, cwd: string): Promise<Map<AnswerKey, Given>> {
  const file = values.get('answers');
  const given = file
    ? await readAnswers(isAbsolute(file) ? file : resolvePath(cwd, file), file)
    : new Map<AnswerKey, Given>();
  for (const key of ANSWER_KEYS) {
    const value = values.get(key);
    if (value !== undefined) given.set(key, { value, where: `--${key}` });
  }
  return given;
}

function levelOf(text: string | undefined, highest: number): number | undefined {
  if (text === undefined) return undefined;
  // Number() would also take "01" and "1e0".
  if (!/^\d$/.test(text) || Number(text) > highest)
    throw new UserError(
      `--level: ${JSON.stringify(text)} is no level.`,
      `Levels: 0 to ${highest}; azmlops levels explains them.`,
    );
  return Number(text);
}
