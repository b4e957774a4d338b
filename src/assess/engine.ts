import type { Model } from '../levels/model.js';
import { assess } from './evaluate/assess.js';
import { factsOf } from './facts.js';
import { findingsOf } from './findings/findings.js';
import { overlaid } from './overlay.js';
import { mattersTo } from './rules/classify.js';
import { readTold } from './told/file.js';
import type { Assessment, Facts, Files } from './types.js';

/**
 * What files show, and the model with the repository's own rules laid over it: only what a class of that model may know
 * is followed.
 *
 * @throws UserError (2) when their `.azmlops/maturity.yml` is broken.
 */
export function lookInto(files: Files, ours: Model): { facts: Facts; laid: ReturnType<typeof overlaid> } {
  const laid = overlaid(ours, files);
  return { facts: factsOf(files, mattersTo(laid.model.acts)), laid };
}

/** What `assessFolder` says, but for the folder's name; data through and through, so that it can be kept. */
export interface Answer {
  readonly assessment: Omit<Assessment, 'name'>;
  /** Where the repository adds to the model: the model with that. */
  readonly laid?: Model;
}

/** Files, assessed. @throws UserError (2) when one of those under `.azmlops/` is broken. */
export function assessFiles(files: Files, ours: Model, today: string): Answer {
  const { facts, laid } = lookInto(files, ours);
  const assessed = assess(facts, ours, readTold(files, laid.model), laid);
  const assessment = {
    ...assessed,
    findings: assessed.ml ? findingsOf(facts, today) : [],
    recorded: recordedIn(files),
  };
  return laid.model === ours ? { assessment } : { assessment, laid: laid.model };
}

/** The level that the manifest says; a manifest that is broken is the upgrade's to complain about. */
function recordedIn(files: Files): number | null {
  const path = `${files.within}.azmlops.yml`;
  const text = files.has(path) ? files.text(path) : undefined;
  const [, level] = /^level: *([0-4])[ \t\r]*$/m.exec(text ?? '') ?? [];
  return level === undefined ? null : Number(level);
}
