import { type Check, type Context, levelOf } from './check.js';
import { ENVIRONMENTS } from './github/environments.js';
import { REVIEWERS } from './github/reviewers.js';
import { SUBJECT } from './github/subject.js';
import { VARIABLES } from './github/variables.js';
import { AZ } from './machine/az.js';
import { GH } from './machine/gh.js';
import { LOCAL } from './machine/local.js';
import { NAMES } from './repository/names.js';
import { PLACEHOLDERS } from './repository/placeholders.js';
import { REQUIREMENTS } from './repository/requirements.js';
import { RETIREMENTS } from './repository/retired.js';
import { SOUND } from './repository/sound.js';

/** Every check there is, in the order of the report. */
export const CHECKS: readonly Check[] = [
  ...LOCAL,
  ...AZ,
  ...GH,
  ...SOUND,
  PLACEHOLDERS,
  REQUIREMENTS,
  NAMES,
  RETIREMENTS,
  ENVIRONMENTS,
  REVIEWERS,
  VARIABLES,
  SUBJECT,
];

/** Those that concern the folder: all of a repository of ours up to its level, otherwise the machine only. */
export function checksFor(context: Context): Check[] {
  if (!context.ours) return CHECKS.filter(({ group }) => group === 'machine');
  const level = levelOf(context);
  return CHECKS.filter(({ group, since = 0 }) =>
    level === undefined ? group !== 'github' : since <= level && (group !== 'github' || level >= 1),
  );
}
