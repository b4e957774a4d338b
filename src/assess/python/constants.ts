import { children, type Code, sourceOf } from './code.js';
import type { Syntax } from './tree.js';

const FALSE = /^(False|None|0|0\.0|''|""|\(\)|\[\]|\{\})$/;
const TRUE = /^(True|[1-9]\d*|'[^']+'|"[^"]+")$/;

/** Names of a module that are bound once, to a constant. */
export type Constants = Pick<ReadonlyMap<string, boolean>, 'get'>;

/** Gathered when a condition first asks for a name: most files have no such condition. */
export function constantsOf(codes: readonly Code[]): Constants {
  let gathered: ReadonlyMap<string, boolean> | undefined;
  return { get: (name) => (gathered ??= gather(codes)).get(name) };
}

function gather(codes: readonly Code[]): ReadonlyMap<string, boolean> {
  const bound = new Map<string, boolean | undefined>();
  const bind = (name: string, truth?: boolean) => bound.set(name, bound.has(name) ? undefined : truth);
  for (const code of codes)
    for (const node of code.binds)
      if (node.name === 'AssignStatement') assigned(node, code, bind);
      else for (const name of otherwiseBound(node, code)) bind(name);
  return new Map([...bound].flatMap(([name, truth]) => (truth === undefined ? [] : [[name, truth]])));
}

type Bind = (name: string, truth?: boolean) => void;

/** `NAME = literal`, straight in the module or a function: in a loop, a branch or a class it says less. */
function assigned(node: Syntax, code: Code, bind: Bind): void {
  const parts = [...children(node)].filter(({ name }) => name !== 'TypeDef');
  const [target, operator, value] = parts;
  const straight = node.parent?.name === 'Script' || node.parent?.parent?.name === 'FunctionDefinition';
  const plain = parts.length === 3 && target?.name === 'VariableName' && operator?.name === 'AssignOp';
  if (plain && value)
    return bind(sourceOf(target, code), straight ? literal(sourceOf(value, code)) : undefined);
  const last = parts.map(({ name }) => name).lastIndexOf('AssignOp');
  for (const part of parts.slice(0, Math.max(last, 1))) for (const name of namesIn(part, code)) bind(name);
}

/** What gives a name a value: assignments, parameters, loops, `as`, `+=`, `:=`, `global`, `del`. */
export const BINDS: ReadonlySet<string> = new Set([
  ...['AssignStatement', 'ParamList', 'ForStatement', 'UpdateStatement', 'NamedExpression'],
  ...['ScopeStatement', 'DeleteStatement', 'WithStatement', 'TryStatement'],
]);

function otherwiseBound(node: Syntax, code: Code): string[] {
  const parts = [...children(node)];
  switch (node.name) {
    case 'ForStatement':
      return parts
        .slice(
          0,
          parts.findIndex(({ name }) => name === 'in'),
        )
        .flatMap((part) => namesIn(part, code));
    case 'WithStatement':
    case 'TryStatement':
      return parts.flatMap((part, at) => (parts[at - 1]?.name === 'as' ? namesIn(part, code) : []));
    case 'ParamList':
    case 'ScopeStatement':
    case 'DeleteStatement':
      return parts.flatMap((part) => (part.name === 'VariableName' ? [sourceOf(part, code)] : []));
    default:
      return parts[0] ? namesIn(parts[0], code) : [];
  }
}

function namesIn(node: Syntax, code: Code): string[] {
  if (node.name === 'VariableName') return [sourceOf(node, code)];
  if (!/^(?:TupleExpression|ArrayExpression|ParenthesizedExpression)$/.test(node.name)) return [];
  return [...children(node)].flatMap((part) => (part.name === 'VariableName' ? [sourceOf(part, code)] : []));
}

const literal = (written: string): boolean | undefined =>
  FALSE.test(written) ? false : TRUE.test(written) ? true : undefined;

/** Whether a condition is always true or always false; undefined when the text alone does not say. */
export function truthOf(node: Syntax | null, code: Code, constants: Constants): boolean | undefined {
  if (!node) return undefined;
  const written = sourceOf(node, code);
  const known = literal(written) ?? (node.name === 'VariableName' ? constants.get(written) : undefined);
  if (known !== undefined) return known;
  const parts = [...children(node)];
  // `assert (x, 'a message')` is always true.
  if (node.name === 'TupleExpression') return parts.length > 2;
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
