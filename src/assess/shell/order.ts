import { onceOf } from '../once.js';
import type { List, Node } from './nodes.js';
import { said } from './said.js';

/** `wait` for one that was named; without a name its code is 0. */
function waits(node: Node): boolean {
  if (node.kind === 'loop') return node.body.some((one) => one.kind !== 'loop' && waits(one));
  if (node.kind === 'both') return [node.first, ...node.rest.map((one) => one.node)].some(waits);
  return /^wait \S/.test(said(node));
}

/** Where the last of a list waits for what was sent to the background; -1: nowhere. */
export const lastWait = onceOf((list: List) => last(list, waits));

/** The index of the last one that fits; -1: none does. */
export function last<T>(list: readonly T[], fits: (one: T) => boolean): number {
  for (let at = list.length - 1; at >= 0; at--) if (fits(list[at] as T)) return at;
  return -1;
}
