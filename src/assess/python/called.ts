import { child, children, type Code, sourceOf } from './code.js';
import type { Syntax } from './tree.js';

const MOST = 2000;

/** What stands between the brackets of a call, on one line and not too long; '' without any. */
export const argumentsIn = (list: Syntax | null, code: Code): string =>
  list
    ? sourceOf(list, code)
        .replace(/^\(\s*|\s*\)$/g, '')
        .slice(0, MOST)
    : '';

/** `self.assertEqual(1, 1)`, or of a thing with itself. */
export function isConstant(node: Syntax, code: Code, nameOf: (callee: Syntax) => string): boolean {
  const list = child(node, 'ArgList');
  const args = list ? [...children(list)].filter(({ name }) => !/^[(),]$/.test(name)) : [];
  const [first, second] = args;
  if (!first || !/(?:assert(?:True|False|Equals?|Is|IsNotNone))$/.test(nameOf(node.firstChild ?? node)))
    return false;
  if (second && first.name !== 'CallExpression' && sourceOf(first, code) === sourceOf(second, code))
    return true;
  return args.every(({ name }) => /^(?:Boolean|Number|String|None)$/.test(name));
}
