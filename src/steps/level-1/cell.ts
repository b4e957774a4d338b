import type { SyntaxNode } from '@lezer/common';
import type { Imported } from '../../python/imports.js';
import { childrenOf, isDocstring, parsePython, type Statement } from '../../python/parse.js';
import { type ImportStatement, importStatements } from '../../python/rewrite-imports.js';
import { without } from '../../python/without.js';

/** What a cell holds that a module can take. */
export interface Liftable {
  readonly body: string;
  readonly imports: readonly Imported[];
  /** The template's own calls, found in it: they stay in the notebook. */
  readonly calls: readonly string[];
}

/** Why a cell stays in the notebook, to follow "since it holds". */
export interface Stays {
  readonly holds: string;
}

/** Takes a cell of code apart; `calls` are statements that may stay behind in the notebook. */
export function judge(source: string, calls: ReadonlySet<string>): Liftable | Stays {
  const code = parsePython(source);
  if (code.broken) return { holds: whyBroken(source) };
  const imports = importStatements(code);
  const taken = new Set(imports.map(({ from }) => from));
  const left: Statement[] = [];
  for (const statement of code.statements) {
    if (taken.has(statement.from) || runsNothing(statement.node, source)) continue;
    if (!calls.has(bare(statement, source))) {
      const [line = ''] = bare(statement, source).split('\n');
      return { holds: `code that runs (\`${line.trim()}\`)` };
    }
    left.push(statement);
  }
  // A comment above an import may be about more than the import: it stays with the code.
  const cut = [...imports.map(({ node, to }) => ({ from: node.from, to })), ...left].sort(
    (a, b) => a.from - b.from,
  );
  return {
    body: without(source, cut),
    imports: imports.flatMap((one) => withComment(one, source)),
    calls: left.map(({ text }) => text),
  };
}

/** The comment behind a statement is that of its last name. */
function withComment({ node, to, items }: ImportStatement, source: string): Imported[] {
  const comment = source.slice(node.to, to).trim();
  const last = items.length - 1;
  return items.map((item, at) => (comment.startsWith('#') && at === last ? { ...item, comment } : item));
}

const bare = ({ node, to }: Statement, source: string): string => source.slice(node.from, to);

function whyBroken(source: string): string {
  const lines = source.split('\n').map((line) => line.trim());
  const magic = lines.find((line) => /^%{1,2}\w/.test(line) || /=\s*%\w/.test(line));
  if (magic) return `a magic (\`${magic}\`)`;
  const shell = lines.find((line) => line.startsWith('!') || /=\s*!/.test(line));
  if (shell) return `a shell command (\`${shell}\`)`;
  const help = lines.find((line) => /^\?|^[\w.]+\?{1,2}$/.test(line));
  return help ? `a question to IPython (\`${help}\`)` : 'code that could not be read';
}

/** Definitions only: nothing happens but that names are bound. */
export function runsNothing(node: SyntaxNode, source: string): boolean {
  const kids = childrenOf(node);
  switch (node.name) {
    case 'ImportStatement':
    case 'FunctionDefinition':
    case 'ClassDefinition':
    case 'DecoratedStatement':
    case 'TypeDefinition':
    case 'PassStatement':
      return true;
    case 'ExpressionStatement':
      return isDocstring(node) || kids[0]?.name === 'Ellipsis';
    case 'AssignStatement':
    case 'UpdateStatement':
      return bindsConstant(kids, source);
    case 'StatementGroup':
    case 'Body':
      return kids.every((kid) => /^(;|:|Comment)$/.test(kid.name) || runsNothing(kid, source));
    case 'IfStatement':
    case 'TryStatement':
      // `try: import a` with something to fall back on; `if TYPE_CHECKING:`.
      return kids.every((kid) => (kid.name === 'Body' ? runsNothing(kid, source) : isCalm(kid)));
    default:
      return false;
  }
}

/** Names in capitals or CamelCase may take what is computed; others only what stands there. */
function bindsConstant(kids: readonly SyntaxNode[], source: string): boolean {
  const operators = kids.map(({ name }) => /^(AssignOp|UpdateOp)$/.test(name));
  const last = operators.lastIndexOf(true);
  const targets = (last < 0 ? kids : kids.slice(0, last)).filter(
    ({ name }, at) => name !== 'TypeDef' && name !== ',' && !operators[at],
  );
  if (!targets.every(({ name }) => /^(VariableName|TupleExpression|MemberExpression)$/.test(name)))
    return false;
  const names = targets.map((target) => source.slice(target.from, target.to));
  if (names.every((name) => /^(_*[A-Z][A-Z\d_]*(\[[^\]]*\])?|[A-Z]\w*)$/.test(name))) return true;
  return targets.every(({ name }) => name !== 'MemberExpression') && kids.every(isCalm);
}

/** Nothing is called. */
export function isCalm(node: SyntaxNode): boolean {
  let quiet = true;
  node.cursor().iterate(({ name }) => {
    if (name === 'LambdaExpression') return false;
    if (/^(Call|Await|Yield)Expression$/.test(name)) quiet = false;
    return quiet;
  });
  return quiet;
}
