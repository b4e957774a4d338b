import type { PythonFacts } from '../../assess/types.js';
import { readNotebook } from '../../notebook/notebook.js';
import { importStatements } from '../../python/rewrite-imports.js';
import { isDefinition, parsePython } from '../../python/parse.js';

/** What the mapping asks of a Python file or notebook. */
export interface Code extends Pick<PythonFacts, 'path'> {
  /** Its source; of a notebook that of its code cells. */
  readonly source: string;
  readonly imports: readonly string[];
  readonly calls: readonly { readonly name: string; readonly args: string }[];
  readonly functions: readonly string[];
}

/** Nothing when it is a notebook that cannot be read, or no Python 3. */
export function codeOf(path: string, text: string): Code | undefined {
  const book = path.endsWith('.ipynb') ? readNotebook(text) : undefined;
  if (path.endsWith('.ipynb') && !book) return undefined;
  const sources = book ? book.cells.filter(({ kind }) => kind === 'code').map((cell) => cell.source) : [text];
  const calls: { name: string; args: string }[] = [];
  const functions: string[] = [];
  const imports: string[] = [];
  for (const source of sources) {
    const code = parsePython(source);
    for (const { items } of importStatements(code)) imports.push(...items.map(({ module }) => module));
    for (const { node } of code.statements) {
      const name =
        isDefinition(node) && /^(?:@[^\n]*\n)*\s*(?:async\s+)?def\s+(\w+)/.exec(source.slice(node.from))?.[1];
      if (name) functions.push(name);
    }
    code.root.cursor().iterate((at) => {
      if (at.name !== 'CallExpression') return;
      const [called, list] = [at.node.firstChild, at.node.lastChild];
      if (called && list)
        calls.push({
          name: source.slice(called.from, called.to).slice(0, 200),
          args: source.slice(list.from, list.to).slice(0, 2000),
        });
    });
  }
  return { path, source: sources.join('\n'), imports, calls, functions };
}
