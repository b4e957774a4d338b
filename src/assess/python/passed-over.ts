import { child, children, type Code, flat, sourceOf } from './code.js';
import { isQuiet } from './statement-kinds.js';
import type { Syntax } from './tree.js';

/** Why a failure in the body of this `try` stops nothing: one `except` takes any, and does nothing about it. */
export function passedOver(node: Syntax, code: Code): string | undefined {
  let caught: string | undefined;
  for (const part of children(node)) {
    if (part.name === 'except')
      caught = part.nextSibling?.name === 'Body' ? '' : sourceOf(part.nextSibling ?? part, code);
    if (part.name !== 'Body' || caught === undefined) continue;
    if (
      /^$|\b(?:(Base)?Exception|AssertionError)\b/.test(caught) &&
      [...children(part)].every((one) => isQuiet(one, code))
    )
      return `\`except${caught && ` ${caught}`}\` passes over it`;
    caught = undefined;
  }
  return undefined;
}

/** The same of `with suppress(Exception):`. */
export function suppressed(node: Syntax, code: Code): string | undefined {
  const head = flat(code.text.slice(node.from, child(node, 'Body')?.from ?? node.to));
  return /\bsuppress\((Base)?Exception\)/.test(head) ? '`suppress(Exception)` passes over it' : undefined;
}
