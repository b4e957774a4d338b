import { givenByFlags } from '../answers/given.js';
import { type GivenAnswers, resolve } from '../answers/resolve.js';
import type { Answers } from '../answers/schema.js';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
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
  const given = await givenByFlags(words, out.io.cwd);
  const wanted = levelFrom(values.get('level'), '--level', highest);
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
