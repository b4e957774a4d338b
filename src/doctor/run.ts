import { UserError } from '../errors.js';
import { type Answer, type Check, type Context, type Group, notAsked } from './check.js';

/** A line of the report. */
export interface Finding extends Omit<Answer, 'about' | 'unasked'> {
  readonly id: string;
  readonly group: Group;
}

/** Nothing is waited for longer than this, whatever the checks allow themselves; seconds. */
const LONGEST = 8;

/** Asks all of them side by side; what does not answer in time was not asked. The findings stand in the order of the checks. */
export async function runChecks(checks: readonly Check[], context: Context): Promise<Finding[]> {
  const all = await Promise.all(checks.map((check) => answered(check, context)));
  return all.flat();
}

async function answered(check: Check, context: Context): Promise<Finding[]> {
  const { id, group, ask, asks } = check;
  const limit = Math.min(check.limit, LONGEST);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((done) => {
    timer = setTimeout(() => done(notAsked(`no answer within ${limit} seconds`)), limit * 1000);
  });
  const asked = ask(context).catch((error: unknown): Answer => {
    // What git refuses, say.
    if (error instanceof UserError) return notAsked(error.message, error.hint || undefined);
    throw error;
  });
  const answers = await Promise.race([asked, late]).finally(() => clearTimeout(timer));
  return [answers].flat().map(({ about, unasked, says, label, mend }) => ({
    id: about === undefined ? id : `${id}:${about}`,
    group,
    label,
    says: unasked ? `not asked: ${asks}${about === undefined ? '' : ` (${about})`}; ${says}` : says,
    ...(mend === undefined ? {} : { mend }),
  }));
}
