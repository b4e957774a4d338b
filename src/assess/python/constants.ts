import type { SyntaxNode } from '@lezer/common';
import { children, type Code, sourceOf } from './code.js';

const FALSE = /^(False|None|0|0\.0|''|""|\(\)|\[\]|\{\})$/;
const TRUE = /^(True|[1-9]\d*|'[^']+'|"[^"]+")$/;

/** Names of a module that are bound once, to a constant. */
export type Constants = ReadonlyMap<string, boolean>;

export function constantsOf(codes: readonly Code[]): Constants {
  const bound = new Map<string, boolean | undefined>();
  for (const code of codes)
    code.root.cursor().iterate(({ name, node }) => {
      if (name !== 'AssignStatement' && name !== 'UpdateStatement') return;
      const [target] = children(node);
      if (target?.name !== 'VariableName') return;
      const key = sourceOf(target, code);
      const value = node.lastChild && sourceOf(node.lastChild, code);
      const truth = value && name === 'AssignStatement' ? literal(value) : undefined;
      bound.set(key, bound.has(key) ? undefined : truth);
    });
  return new Map([...bound].flatMap(([name, truth]) => (truth === undefined ? [] : [[name, truth]])));
}

const literal = (written: string): boolean | undefined =>
  FALSE.test(written) ? false : TRUE.test(written) ? true : undefined;

/** Whether a condition is always true or always false; undefined when the text alone does not say. */
export function truthOf(node: SyntaxNode | null, code: Code, constants: Constants): boolean | undefined {
  if (!node) return undefined;
  const written = sourceOf(node, code);
  const known = literal(written) ?? constants.get(written);
  if (known !== undefined) return known;
  const parts = [...children(node)];
  if (node.name === 'ParenthesizedExpression') return truthOf(parts[1] ?? null, code, constants);
  if (node.name === 'UnaryExpression' && parts[0]?.name === 'not') {
    const inner = truthOf(parts[1] ?? null, code, constants);
    return inner === undefined ? undefined : !inner;
  }
  if (node.name !== 'BinaryExpression' || parts.length !== 3) return undefined;
  const [left, operator, right] = parts;
  const [a, b] = [truthOf(left ?? null, code, constants), truthOf(right ?? null, code, constants)];
  if (operator?.name === 'and') return a === false || b === false ? false : a && b ? true : undefined;
  if (operator?.name === 'or')
    return a === true || b === true ? true : a === false && b === false ? false : undefined;
  // `x == x` judges nothing.
  if (
    left &&
    right &&
    operator &&
    sourceOf(left, code) === sourceOf(right, code) &&
    left.name !== 'CallExpression'
  ) {
    const sign = sourceOf(operator, code);
    if (['==', '<=', '>=', 'is'].includes(sign)) return true;
    if (['!=', '<', '>'].includes(sign)) return false;
  }
  return undefined;
}
