import type { SyntaxNode } from '@lezer/common';
import { importsOf, boundBy } from './imports.js';
import { childrenOf, isDefinition, type Python } from './parse.js';

/** Names of the scope around a piece of code: which it reads there (also from functions within), which it binds there. */
export interface Names {
  readonly reads: ReadonlySet<string>;
  readonly binds: ReadonlySet<string>;
}

interface Found extends Names {
  readonly reads: Set<string>;
  readonly binds: Set<string>;
}

const noNames = (): Found => ({ reads: new Set(), binds: new Set() });

const found = new WeakMap<Python, Names>();

export function namesOf(code: Python): Names {
  const known = found.get(code);
  if (known) return known;
  const names = noNames();
  found.set(code, names);
  for (const { node } of code.statements) visit(node, code.text, names);
  return names;
}

export function namesOfNode(node: SyntaxNode, text: string): Names {
  const names = noNames();
  visit(node, text, names);
  return names;
}

/** What code must find ready when it is run from top to bottom: read before it is bound here. */
export function neededBy(code: Python): Set<string> {
  const all = namesOf(code).binds;
  const needed = new Set<string>();
  const bound = new Set<string>();
  for (const { node } of code.statements) {
    const { reads, binds } = namesOfNode(node, code.text);
    // What stands in a function is looked up when it is called, when all of the cell has been run.
    const ready = isDefinition(node) ? all : bound;
    for (const name of reads) if (!ready.has(name)) needed.add(name);
    for (const name of binds) bound.add(name);
  }
  return needed;
}

/** `module.NAME` in code, for one module that is bound to a name. */
export function attributesOf(code: Python, module: string): Set<string> {
  const found = new Set<string>();
  code.root.cursor().iterate((node) => {
    if (node.name !== 'MemberExpression') return;
    const [object, dot, property] = childrenOf(node.node);
    if (object?.name === 'VariableName' && dot?.name === '.' && textOf(object, code.text) === module)
      if (property) found.add(textOf(property, code.text));
  });
  return found;
}

const textOf = (node: SyntaxNode, text: string): string => text.slice(node.from, node.to);

function visit(node: SyntaxNode, text: string, names: Found): void {
  const kids = childrenOf(node);
  const go = (kid: SyntaxNode) => visit(kid, text, names);
  const bind = (kid: SyntaxNode) => target(kid, text, names);
  switch (node.name) {
    case 'VariableName':
      names.reads.add(textOf(node, text));
      return;
    case 'AssignStatement': {
      const last = kids.map(({ name }) => name).lastIndexOf('AssignOp');
      kids.forEach((kid, at) => {
        if (kid.name === 'TypeDef' || (last >= 0 && at > last)) go(kid);
        else if (kid.name !== 'AssignOp') bind(kid);
      });
      return;
    }
    case 'UpdateStatement':
      kids.forEach(go);
      if (kids[0]) bind(kids[0]);
      return;
    case 'NamedExpression':
    case 'TypeDefinition': {
      const name = kids.find((kid) => kid.name === 'VariableName');
      kids.forEach((kid) => (kid.from === name?.from ? bind(kid) : go(kid)));
      return;
    }
    case 'ForStatement':
      loop(kids, go, bind);
      return;
    case 'WithStatement':
    case 'TryStatement':
      kids.forEach((kid, at) => (kids[at - 1]?.name === 'as' ? bind(kid) : go(kid)));
      return;
    case 'ImportStatement':
      for (const item of importsOf(node, text)) if (item.name !== '*') names.binds.add(boundBy(item));
      return;
    case 'FunctionDefinition':
    case 'LambdaExpression':
      ownScope(node, text, names);
      return;
    case 'ClassDefinition': {
      const inner: Found = { reads: names.reads, binds: new Set() };
      kids.forEach((kid, at) => (at === 1 ? bind(kid) : visit(kid, text, inner)));
      return;
    }
    case 'ArgList':
      // A generator may be an argument without brackets of its own.
      if (kids.some(({ name }) => name === 'for')) comprehension(kids, text, names);
      else
        kids.forEach((kid, at) => {
          if (kids[at + 1]?.name !== 'AssignOp') go(kid);
        });
      return;
    case 'CapturePattern':
      kids.forEach(bind);
      return;
    case 'Decorator':
      kids.forEach((kid, at) => {
        if (kids[at - 1]?.name !== '.') go(kid);
      });
      return;
    case 'KeywordPattern':
      kids.slice(1).forEach(go);
      return;
    case 'TypeDef':
      kids.forEach(go);
      // A type in quotes.
      for (const [word] of node.firstChild ? quotedWords(node, text) : []) names.reads.add(word);
      return;
    case 'ScopeStatement':
    case 'TypeParam':
      return;
    default:
      if (node.name.endsWith('ComprehensionExpression')) comprehension(kids, text, names);
      else kids.forEach(go);
  }
}

function comprehension(kids: readonly SyntaxNode[], text: string, names: Found): void {
  const inner = noNames();
  const into = (kid: SyntaxNode) => visit(kid, text, inner);
  loop(kids, into, (kid) => target(kid, text, inner));
  for (const name of inner.reads) if (!inner.binds.has(name)) names.reads.add(name);
}

/** What stands between `for` and `in` is bound, the rest is read. */
function loop(
  kids: readonly SyntaxNode[],
  go: (kid: SyntaxNode) => void,
  bind: (kid: SyntaxNode) => void,
): void {
  let binding = false;
  for (const kid of kids) {
    if (kid.name === 'for') binding = true;
    else if (kid.name === 'in') binding = false;
    else (binding ? bind : go)(kid);
  }
}

function target(node: SyntaxNode, text: string, names: Found): void {
  if (node.name === 'VariableName') names.binds.add(textOf(node, text));
  else if (/^(Tuple|Array|Parenthesized)Expression$/.test(node.name))
    childrenOf(node).forEach((kid) => target(kid, text, names));
  else visit(node, text, names);
}

function ownScope(node: SyntaxNode, text: string, names: Found): void {
  const inner = noNames();
  let named = node.name === 'LambdaExpression';
  for (const kid of childrenOf(node)) {
    if (kid.name === 'VariableName' && !named) {
      target(kid, text, names);
      named = true;
    } else if (kid.name === 'ParamList') parameters(kid, text, names, inner);
    else if (kid.name === 'TypeParamList') {
      for (const [word] of textOf(kid, text).matchAll(/\w+/g)) inner.binds.add(word);
    } else if (kid.name === 'TypeDef') visit(kid, text, names);
    else visit(kid, text, inner);
  }
  const shared = globalsOf(node, text);
  for (const name of inner.reads) if (!inner.binds.has(name) || shared.has(name)) names.reads.add(name);
}

function parameters(list: SyntaxNode, text: string, outer: Found, inner: Found): void {
  const kids = childrenOf(list);
  kids.forEach((kid, at) => {
    if (kid.name === 'VariableName' && kids[at - 1]?.name !== 'AssignOp') target(kid, text, inner);
    else visit(kid, text, outer);
  });
}

function globalsOf(node: SyntaxNode, text: string): Set<string> {
  const found = new Set<string>();
  node.cursor().iterate((at) => {
    // What a function within declares is its own affair.
    if (at.name === 'FunctionDefinition' && at.from !== node.from) return false;
    if (at.name === 'ScopeStatement')
      for (const kid of childrenOf(at.node)) if (kid.name === 'VariableName') found.add(textOf(kid, text));
  });
  return found;
}

function* quotedWords(node: SyntaxNode, text: string): Generator<RegExpMatchArray> {
  for (const [quoted] of textOf(node, text).matchAll(/"[^"]*"|'[^']*'/g))
    yield* quoted.matchAll(/(?<![\w.])[A-Za-z_]\w*/g);
}
