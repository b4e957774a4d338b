import { basename, resolve } from 'node:path';
import type { Model } from '../levels/model.js';
import { assess } from './evaluate/assess.js';
import { factsOf } from './facts.js';
import { openFiles } from './files/index.js';
import { findingsOf } from './findings/findings.js';
import { overlaid } from './overlay.js';
import { mattersTo } from './rules/classify.js';
import { readTold } from './told/file.js';
import type { Assessment, Facts, Files } from './types.js';

/**
 * What the files of a folder show, and the model with the folder's own rules laid over it: only what a class of that
 * model may know is followed.
 *
 * @throws UserError (2) when the folder is not there, or its `.azmlops/maturity.yml` is broken.
 */
export async function lookInto(
  dir: string,
  ours: Model,
): Promise<{ facts: Facts; laid: ReturnType<typeof overlaid> }> {
  const files = await openFiles(dir);
  const laid = overlaid(ours, files);
  return { facts: factsOf(files, mattersTo(laid.model.acts)), laid };
}

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
  const { facts, laid } = await lookInto(dir, ours);
  const assessed = assess(facts, ours, readTold(facts.files, laid.model), laid);
  const assessment = {
    name: basename(resolve(dir)) || dir,
    ...assessed,
    findings: assessed.ml ? findingsOf(facts, today) : [],
    recorded: recordedIn(facts.files),
  };
  return { assessment, model: laid.model };
}

/** The level that the manifest says; a manifest that is broken is the upgrade's to complain about. */
function recordedIn(files: Files): number | null {
  const path = `${files.within}.azmlops.yml`;
  const text = files.has(path) ? files.text(path) : undefined;
  const [, level] = /^level: *([0-4])[ \t\r]*$/m.exec(text ?? '') ?? [];
  return level === undefined ? null : Number(level);
}
