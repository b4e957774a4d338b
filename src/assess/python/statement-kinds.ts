import { child, children, type Code, sourceOf } from './code.js';
import { type Constants, truthOf } from './constants.js';
import type { Syntax } from './tree.js';

const ENDS = /^(sys\.exit|exit|quit|os\._exit|pytest\.skip|pytest\.exit|self\.skipTest)$/;
const QUIET_CALL = /^(print|logging\.\w+|log(ger)?\.\w+|warnings\.warn|traceback\.\w+|_?LOG(GER)?\.\w+)\(/;

/** Where a statement stands. */
interface Where {
  readonly code: Code;
  readonly constants: Constants;
  /** What is called, aliases resolved. */
  nameOf(callee: Syntax): string;
}

/** What ends the block that a statement stands in, as it is written; undefined where it goes on. */
export function endOf(statement: Syntax, at: Where): string | undefined {
  const inside = (one: Syntax) => endOf(one, at);
  if (statement.name === 'ReturnStatement') return '`return`';
  if (statement.name === 'RaiseStatement') return '`raise`';
  if (statement.name === 'ContinueStatement') return '`continue`';
  if (statement.name === 'BreakStatement') return '`break`';
  if (statement.name === 'StatementGroup') return [...children(statement)].map(inside).find(Boolean);
  if (statement.name === 'ExpressionStatement') {
    const callee = statement.firstChild?.name === 'CallExpression' ? statement.firstChild.firstChild : null;
    const name = callee ? at.nameOf(callee) : '';
    return ENDS.test(name) ? `\`${name}()\`` : undefined;
  }
  if (statement.name !== 'IfStatement') return undefined;
  const condition = child(statement, 'if')?.nextSibling ?? null;
  if (truthOf(condition, at.code, at.constants) !== true) return undefined;
  const body = child(statement, 'Body');
  return body ? [...children(body)].map(inside).find(Boolean) : undefined;
}

/** Whether a statement at most says something: an exception that leads to nothing else is passed over. */
export const isQuiet = (statement: Syntax, code: Code): boolean => {
  if (['PassStatement', 'ContinueStatement', ':', 'Comment', 'AssignStatement'].includes(statement.name))
    return true;
  if (statement.name === 'ReturnStatement') return /^return( None)?$/.test(sourceOf(statement, code));
  if (statement.name !== 'ExpressionStatement') return statement.type.isError;
  const written = sourceOf(statement, code);
  return written === '...' || QUIET_CALL.test(written) || /^(['"])/.test(written);
};

/** Whether a name is given a value here: a target of `=`, `for`, `as` and `:=`, or a parameter. */
export function isBinding(node: Syntax): boolean {
  const { parent, prevSibling: before } = node;
  if (!parent) return false;
  if (before?.name === 'as') return true;
  if (parent.name === 'ParamList') return before?.name !== 'AssignOp' && before?.name !== 'TypeDef';
  if (parent.name === 'NamedExpression') return before === null;
  if (parent.name === 'TupleExpression' || parent.name === 'ArrayExpression') return isBinding(parent);
  if (parent.name === 'AssignStatement') {
    for (let next = node.nextSibling; next; next = next.nextSibling)
      if (next.name === 'AssignOp') return true;
    return false;
  }
  for (let one = before; one; one = one.prevSibling) {
    if (one.name === 'in') return false;
    if (one.name === 'for') return true;
  }
  return false;
}

/** A string that stands for itself. */
export const isDocstring = (statement: Syntax): boolean =>
  statement.name === 'ExpressionStatement' &&
  /^(String|ContinuedString)$/.test(statement.firstChild?.name ?? '') &&
  statement.firstChild?.nextSibling === null;
