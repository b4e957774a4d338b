import type { PythonFacts } from '../types.js';
import { argumentsIn, isConstant } from './called.js';
import { child, children, type Code, flat, sourceOf, stringText } from './code.js';
import { type Constants, truthOf } from './constants.js';
import { passedOver, suppressed } from './passed-over.js';
import { endOf, isBinding, isDocstring } from './statement-kinds.js';
import type { Syntax } from './tree.js';

type List<K extends keyof PythonFacts> =
  NonNullable<PythonFacts[K]> extends readonly (infer T)[] ? T[] : never;

export interface Gathered {
  readonly calls: List<'calls'>;
  readonly defines: List<'defines'>;
  readonly asserts: List<'asserts'>;
  /** By the function that mentions them. */
  readonly mentions: Map<string, Set<string>>;
  readonly strings: List<'strings'>;
  broken: string | undefined;
}

/** Where the walk stands: in which function, and whether the code there runs and can stop anything. */
interface State {
  readonly within: string;
  /** The class whose body this is. */
  readonly of?: string;
  readonly off?: string;
  readonly swallowed?: string;
}

/** Deeper nesting than any person writes; what is below is not looked at. */
const DEEPEST = 300;
const MOST_NAME = 300;
const FIRST = /^[A-Za-z_]\w*/;
const DOTTED = /^[A-Za-z_]\w*(?:\.\w+)+$/;
const JUDGES = /(^|\.)(assert[A-Z]\w*|assert_\w+)$|^pytest\.(raises|warns|fail)$/;
const SKIPPED = /^@(pytest\.mark\.skip|unittest\.skip|skip)\b(?!if)/i;
/** A decorator, or `pytestmark` of a module. */
const SKIPS_MODULE = /^pytestmark = \[?pytest\.mark\.skip\b/;

/** Reads one piece of code into what is gathered, in order. */
export function walk(
  code: Code,
  aliases: ReadonlyMap<string, string>,
  constants: Constants,
  into: Gathered,
): void {
  const resolved = (name: string): string => {
    const [first = ''] = FIRST.exec(name) ?? [];
    const whole = first === '' ? undefined : aliases.get(first);
    return (whole === undefined ? name : whole + name.slice(first.length)).slice(-MOST_NAME);
  };

  /** Of a very long chain of calls only its end, which says what is done. */
  const nameOf = (callee: Syntax): string =>
    callee.to - callee.from > 10 * MOST_NAME
      ? flat(code.text.slice(callee.to - MOST_NAME, callee.to))
      : resolved(sourceOf(callee, code));

  let depth = 0;

  const visit = (node: Syntax, state: State): void => {
    // Most of all nodes: nothing stands below them.
    if (node.name === 'VariableName') return variable(node, state);
    if (node.name === 'PropertyName') return mention(`.${code.text.slice(node.from, node.to)}`, state);
    if (node.name === 'MemberExpression') {
      const written = node.to - node.from > MOST_NAME ? '' : code.text.slice(node.from, node.to);
      if (DOTTED.test(written)) return mention(written, state);
    }
    if (depth > DEEPEST || (node.firstChild === null && !/String$/.test(node.name))) return leaf(node);
    if (node.type.isError) into.broken ??= 'what Python would not take';
    depth++;
    look(node, state);
    depth--;
  };

  const leaf = ({ type }: Syntax): void => {
    if (type.isError) into.broken ??= 'what Python would not take';
  };

  const look = (node: Syntax, state: State): void => {
    switch (node.name) {
      case 'ImportStatement':
      case 'Comment':
        return;
      case 'PrintStatement':
        into.broken ??= 'Python 2';
        break;
      case 'Script':
      case 'Body':
        return block(node, state);
      case 'FunctionDefinition':
        return definition(node, 'function', state);
      case 'ClassDefinition':
        return definition(node, 'class', state);
      case 'DecoratedStatement':
        return decorated(node, state);
      case 'IfStatement':
      case 'WhileStatement':
        return branches(node, state);
      case 'TryStatement':
        return guarded(node, passedOver(node, code), state);
      case 'WithStatement':
        return guarded(node, suppressed(node, code), state);
      case 'AssertStatement':
        judged(node, child(node, 'assert')?.nextSibling ?? null, state);
        break;
      case 'CallExpression':
        call(node, node.firstChild, state);
        break;
      case 'String':
      case 'FormatString':
        text(node, state);
        break;
    }
    for (let part = node.firstChild; part; part = part.nextSibling) visit(part, state);
  };

  /** Statements in order: after one that ends the block nothing runs any more. */
  function block(node: Syntax, state: State): void {
    let now = state;
    for (const statement of children(node)) {
      if (!isDocstring(statement)) visit(statement, now);
      const end = now.off ? undefined : endOf(statement, { code, constants, nameOf });
      // A definition further down is there before anything calls it.
      if (end) now = { ...now, off: `after ${end}` };
      else if (
        !now.off &&
        SKIPS_MODULE.test(statement.name === 'AssignStatement' ? sourceOf(statement, code) : '')
      )
        now = { ...now, off: 'skipped (`pytestmark`)' };
    }
  }

  function definition(node: Syntax, kind: 'function' | 'class', state: State): void {
    const name = child(node, 'VariableName');
    const body = child(node, 'Body');
    const itself = name ? sourceOf(name, code) : '';
    const { of, ...outside } = state;
    if (name && !state.off)
      into.defines.push({
        name: itself,
        line: code.line(node.from),
        kind,
        ...(of === undefined ? {} : { of }),
      });
    for (const part of children(node))
      if (part.name === 'ParamList') visit(part, { ...outside, within: itself });
      else if (part !== body && part.name !== 'VariableName') skipBody(part, state);
    if (body) visit(body, kind === 'class' ? { ...state, of: itself } : { ...outside, within: itself });
  }

  const skipBody = (part: Syntax, state: State): void => {
    if (part.name !== 'Body') visit(part, state);
  };

  function decorated(node: Syntax, state: State): void {
    const skip = [...node.getChildren('Decorator')]
      .map((one) => sourceOf(one, code))
      .find((one) => SKIPPED.test(one));
    for (const one of node.getChildren('Decorator')) applied(one, state);
    for (const part of children(node))
      visit(
        part,
        skip && part.name !== 'Decorator' ? { ...state, off: state.off ?? `skipped (\`${skip}\`)` } : state,
      );
  }

  /** A decorator is a call, with arguments or without. */
  function applied(decorator: Syntax, { within: inside, off }: State): void {
    const list = child(decorator, 'ArgList');
    const written = flat(code.text.slice(decorator.from + 1, list?.from ?? decorator.to));
    const args = argumentsIn(list, code);
    const line = code.line(decorator.from);
    into.calls.push({
      name: resolved(written),
      args,
      line,
      within: inside,
      ...(off === undefined ? {} : { off }),
    });
  }

  /** `if`, `elif`, `else` and `while`: what a constant rules out is off. */
  function branches(node: Syntax, state: State): void {
    let excluded: string | undefined;
    let condition: Syntax | null = null;
    for (const part of children(node)) {
      if (part.name !== 'Body') {
        if (['if', 'elif', 'while', 'else'].includes(part.name)) condition = part.nextSibling;
        visit(part, state);
        continue;
      }
      const isElse = part.prevSibling?.name === 'else';
      const truth = isElse || condition === part ? undefined : truthOf(condition, code, constants);
      const written = condition && condition !== part ? sourceOf(condition, code) : '';
      const off =
        excluded ??
        (truth === false ? `\`${node.name === 'IfStatement' ? 'if' : 'while'} ${written}\`` : undefined);
      visit(part, off ? { ...state, off: state.off ?? off } : state);
      if (truth === true && node.name === 'IfStatement') excluded = `\`else\` of \`if ${written}\``;
    }
  }

  /** `try` and `with`, whose body may fail without anybody noticing. */
  function guarded(node: Syntax, quiet: string | undefined, state: State): void {
    const body = child(node, 'Body');
    for (const part of children(node))
      visit(
        part,
        quiet && part.from === body?.from ? { ...state, swallowed: state.swallowed ?? quiet } : state,
      );
  }

  function call(node: Syntax, callee: Syntax | null, state: State): void {
    const list = child(node, 'ArgList');
    if (!callee) return;
    const name = nameOf(callee);
    const args = argumentsIn(list, code);
    const { within: inside, off, swallowed } = state;
    const why = { ...(off === undefined ? {} : { off }), ...(swallowed === undefined ? {} : { swallowed }) };
    into.calls.push({ name, args, line: code.line(callee.to), within: inside, ...why });
    if (JUDGES.test(name))
      judged(node, list ? (list.firstChild?.nextSibling ?? null) : null, state, /assertTrue$/.test(name));
  }

  function judged(
    node: Syntax,
    what: Syntax | null,
    state: State,
    plain = node.name === 'AssertStatement',
  ): void {
    if (state.off || state.swallowed) return;
    if (plain && truthOf(what, code, constants) === true) return;
    if (node.name === 'CallExpression' && what && isConstant(node, code, nameOf)) return;
    into.asserts.push({ line: code.line(node.from), within: state.within });
  }

  /** A name; one that a function binds itself is no function of the file, though it may be called as one is. */
  function variable(node: Syntax, state: State): void {
    const name = code.text.slice(node.from, node.to);
    // `f(start=1)` names a parameter of another.
    if (node.parent?.name === 'ArgList' && node.nextSibling?.name === 'AssignOp') return;
    if (state.within !== '' && defined.has(name) && isBinding(node)) own.push([state.within, name]);
    else mention(name, state);
  }

  function mention(written: string, { within: inside, off }: State): void {
    if (off) return;
    let names = into.mentions.get(inside);
    if (!names) into.mentions.set(inside, (names = new Set()));
    names.add(resolved(written));
  }

  function text(node: Syntax, { within: inside, off }: State): void {
    if (!off)
      into.strings.push({
        text: stringText(code.text.slice(node.from, node.to)),
        line: code.line(node.from),
        within: inside,
      });
  }

  const defined = new Set(
    [...code.text.matchAll(/^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)/gm)].map(([, name]) => name),
  );
  const own: [string, string][] = [];
  visit(code.root, { within: '' });
  for (const [inside, name] of own) into.mentions.get(inside)?.delete(name);
}
