import { holds, type Scope, valueIn } from './scope.js';
import { bare, nothing, object, oneOf, truthOf, unknown, type Value } from './values.js';
import type { Mapping } from './workflow.js';
import { outputsOf } from './written.js';

/**
 * When a step happens: `well` after all before it went well; `anyway`: however they went; `failure`: only when one
 * of them failed.
 */
export type When = 'well' | 'anyway' | 'failure';

/** When a step happens, by its `if:`. */
export function whenOf(condition: unknown, scope: Scope): When {
  if (holds(condition, scope, 'failed') === false) return 'well';
  return holds(condition, scope, 'well') === false ? 'failure' : 'anyway';
}

/** A later step that asks how this one ended makes up for continue-on-error. */
export function swallowedBy(step: Mapping, later: readonly Mapping[], scope: Scope): string | undefined {
  const said = step['continue-on-error'];
  if (said === undefined || truthOf(valueIn(said, scope)) !== true) return undefined;
  const asked = typeof step.id === 'string' ? `steps.${step.id}.outcome` : undefined;
  const judged =
    asked !== undefined &&
    later.some(
      ({ if: condition, ...rest }) =>
        (typeof condition === 'string' && condition.includes(asked)) ||
        (typeof rest.run === 'string' && rest.run.includes('exit 1') && JSON.stringify(rest).includes(asked)),
    );
  return judged ? undefined : 'continue-on-error';
}

/** What later steps may ask of this one. */
export function remember(
  seen: Record<string, Value>,
  step: Mapping,
  off: string | undefined,
  text: string,
): void {
  if (typeof step.id !== 'string') return;
  const ended = off === undefined ? ['success', 'failure', 'cancelled'] : ['skipped'];
  if (off === undefined && step.if !== undefined) ended.push('skipped');
  const outcome = oneOf(ended);
  const outputs =
    off === undefined
      ? object(bare(step.if === undefined ? outputsOf(text) : []), unknown)
      : object(bare([]), nothing);
  seen[step.id.toLowerCase()] = object(
    bare([
      ['outcome', outcome],
      ['conclusion', outcome],
      ['outputs', outputs],
    ]),
  );
}
