import type { Called } from './jobs.js';
import type { When } from './endings.js';
import type { Event } from './events.js';
import { holds, neverBecause, type Scope } from './scope.js';
import { bare, known, nothing, object, oneOf, unknown, type Value } from './values.js';
import type { Mapping } from './workflow.js';

/** A job that comes earlier in its workflow. */
export interface Known {
  readonly id: string;
  readonly off: string | undefined;
  readonly gated: boolean;
  readonly ended: readonly string[];
}

interface Fate {
  readonly off: string | undefined;
  readonly after: readonly string[];
  readonly when: When;
  readonly open: boolean;
  /** It waits for what was before the workflow. */
  readonly gated: boolean;
}

/** `needs` as the conditions of a job see it. */
export function needsOf(needs: readonly string[], earlier: ReadonlyMap<string, Known>): Value {
  return object(
    bare(
      needs.map((need) => {
        const off = earlier.get(need)?.off !== undefined;
        const result = oneOf(off ? ['skipped'] : ['success', 'failure', 'cancelled', 'skipped']);
        return [
          need.toLowerCase(),
          object(
            bare([
              ['result', result],
              ['outputs', object(bare([]), off ? nothing : unknown)],
            ]),
          ),
        ];
      }),
    ),
  );
}

/** Whether a job ever runs, and which of the jobs that it needs have then ended well. */
export function fateOf(job: Mapping, scope: Scope, before: readonly Known[], called: Called): Fate {
  const condition = job.if;
  const passedOver = before.find(({ off }) => off !== undefined);
  let off = called.off ?? neverBecause('job', condition, scope);
  if (off === undefined && passedOver && holds(condition, scope, 'passed over') === false) {
    off = `it needs the job ${passedOver.id}, which never runs`;
  }
  const waits = holds(condition, scope, 'failed') === false;
  const when = waits ? 'well' : holds(condition, scope, 'well') === false ? 'failure' : 'anyway';
  // Whatever an ancestor waited for is an ancestor too, but for what was before the workflow.
  const gated = !called.onEnd || (waits && before.some((one) => one.gated));
  const after = new Set(gated ? called.after : []);
  if (waits) for (const { ended } of before) for (const id of ended) after.add(id);
  if (!called.onEnd || before.length) return { off, after: [...after], when, open: false, gated };
  const ends = (conclusion: string) =>
    holds(condition, { ...scope, event: endedWith(scope.event, conclusion) }, 'open');
  if (ends('failure') === false) {
    for (const id of called.after) after.add(id);
    return { off, after: [...after], when, open: false, gated: true };
  }
  const onFailure = ends('success') === false;
  return {
    off,
    after: [...after],
    when: onFailure ? 'failure' : when,
    open: off === undefined && !onFailure,
    gated: false,
  };
}

function endedWith(event: Event, conclusion: string): Event {
  const run = event.payload?.workflow_run;
  const entries = run?.is === 'object' ? Object.entries(run.entries) : [];
  const workflow_run = object(bare([...entries, ['conclusion', known(conclusion)]]), unknown);
  return { ...event, payload: { ...event.payload, workflow_run } };
}
