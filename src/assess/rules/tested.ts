import type { TestedRule } from '../../levels/rule.js';
import type { Chain, Evidence, Job } from '../types.js';
import { mayBeAbout } from './about.js';
import { doneIn, startsOf } from './done.js';
import { ofOne } from './classify.js';
import type { Context, Verdict } from './context.js';
import { actEvidence, startedOtherwise, startEvidence } from './found.js';
import { filesFound } from './project.js';
import { collected, testFile } from './tests.js';

const SKIPPED = 'tests that are skipped where no variable says what to ask';

/** Automation runs a file of tests that judges, and that is about one of the files which the inner rule finds. */
export function testedMeets(rule: TestedRule, context: Context): Verdict {
  const wanted = filesFound(rule.of, context);
  const nearly: Evidence[] = [];
  if (!wanted.size) return { met: false, evidence: [], nearly };
  const environment = rule.environment === undefined ? undefined : new RegExp(rule.environment, 'i');
  for (const chain of context.facts.chains) {
    const [start] = startsOf(chain, rule.by);
    const { done, off } = doneIn(chain, context);
    for (const { act, job, classes } of [...done, ...off]) {
      if (!ofOne(classes, ['test']) || (environment && !environment.test(job.environment))) continue;
      if (rule.after && !comesAfter(rule.after, chain, job, act.step, context)) continue;
      const why = act.off ?? (act.swallowed && `its failure stops nothing: ${act.swallowed}`);
      // First those that do themselves what is asked for: a test that fits a model before one that imports who does.
      const tests = collected(act, context.facts.files);
      const [own, others] = [
        tests.filter((path) => wanted.has(path)),
        tests.filter((path) => !wanted.has(path)),
      ];
      for (const path of [...own, ...others]) {
        if (!wanted.has(path) && !mayBeAbout(path, wanted, context.facts)) continue;
        // A test that rests on what it tests says so in its imports; a file may also be both.
        const file = testFile(path, context);
        if (!file || (!wanted.has(path) && ![...file.about].some((one) => wanted.has(one)))) {
          if (!file && wanted.has(path) && nearly.length < 4)
            nearly.push({ path, line: 1, found: 'tests that check nothing' });
          continue;
        }
        if (rule.alone && file.asks) {
          if (nearly.length < 4) nearly.push({ path, line: file.line, found: SKIPPED });
          continue;
        }
        const runs = actEvidence(act, 'test', context.acts);
        if (start && why === undefined)
          return {
            met: true,
            evidence: [
              startEvidence(chain, start),
              runs,
              { path: file.path, line: file.line, found: 'a test that checks what comes out' },
            ],
            nearly: [],
          };
        if (nearly.length < 4)
          nearly.push({
            ...runs,
            found: `${runs.found}, but ${why ?? startedOtherwise(chain, context.facts)}`,
          });
        break;
      }
    }
  }
  return { met: false, evidence: [], nearly };
}

function comesAfter(
  acts: readonly string[],
  chain: Chain,
  job: Job,
  step: number,
  context: Context,
): boolean {
  return doneIn(chain, context).done.some(
    (one) =>
      ofOne(one.classes, acts) !== undefined &&
      (one.job === job ? one.act.step <= step : job.after.includes(one.job.id)),
  );
}
