import { basename, resolve } from 'node:path';
import type { Model } from '../levels/model.js';
import { assess } from './evaluate/assess.js';
import { factsOf } from './facts.js';
import { openFiles } from './files/index.js';
import { findingsOf } from './findings/findings.js';
import { overlaid } from './overlay.js';
import { mattersTo } from './rules/classify.js';
import { readTold } from './told/file.js';
import type { Assessment, Files } from './types.js';

/**
 * A folder, assessed: nothing in it is run, nothing is fetched.
 *
 * @param today YYYY-MM-DD, against which what is retired is told
 * @throws UserError (2) when the folder is not there, or one of its files under `.azmlops/` is broken.
 */
export async function assessFolder(
  dir: string,
  ours: Model,
  today: string,
): Promise<{ assessment: Assessment; model: Model }> {
  const files = await openFiles(dir);
  const { model } = overlaid(ours, files);
  const told = readTold(files, model);
  const facts = factsOf(files, mattersTo(model.acts));
  const assessed = assess(facts, ours, told);
  const findings = assessed.ml ? findingsOf(facts, today) : [];
  const assessment = {
    name: basename(resolve(dir)) || dir,
    ...assessed,
    findings,
    recorded: recordedIn(files),
  };
  return { assessment, model };
}

/** The level that the manifest says; a manifest that is broken is the upgrade's to complain about. */
function recordedIn(files: Files): number | null {
  const path = `${files.within}.azmlops.yml`;
  const text = files.has(path) ? files.text(path) : undefined;
  const [, level] = /^level: *([0-4])[ \t\r]*$/m.exec(text ?? '') ?? [];
  return level === undefined ? null : Number(level);
}
