import type { Deployed } from './delivery.js';
import { type Backend, server, type Serving } from './serving.js';

// Servers that are well at first, and turn bad when a scene says so.

export const FAULTS = ['wrong', 'errors', 'slow', 'dead'] as const;
/** No predictions in its answers; the status 500; more than any limit; no answer at all. */
export type Fault = (typeof FAULTS)[number];

/** How long a slow one takes, in milliseconds: above what the scenes allow, below what callers bear. */
export const SLOW = 600;

export interface Turning extends Backend {
  /** Since when, in milliseconds; undefined: it works. */
  readonly since: number | undefined;
  /** From now on it has this fault. */
  turn(fault: Fault): void;
}

/** A model that works, until it is turned. */
export async function turning(cloud: Serving, what: Deployed): Promise<Turning> {
  let fault: Fault | undefined;
  let since: number | undefined;
  const well = await server(async (text) => {
    if (fault === 'slow') await new Promise((done) => setTimeout(done, SLOW));
    if (fault === 'errors') return [500, { error: 'it broke' }];
    const [status, answer] = cloud.predicted(what, text);
    return fault === 'wrong' ? [status, emptied(answer)] : [status, answer];
  });
  return {
    ...well,
    get since() {
      return since;
    },
    turn: (now) => {
      [fault, since] = [now, Date.now()];
      if (now === 'dead') void well.stop();
    },
  };
}

/** An answer of the right form, with nothing in it. */
function emptied(answer: unknown): unknown {
  const { predictions } = answer as { predictions: object[] };
  return { predictions: predictions.map((one) => ({ ...one, prediction: null })) };
}
