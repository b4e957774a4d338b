import { pythonFacts } from '../../assess/python/facts.js';
import { readNotebook } from '../../notebook/notebook.js';

/** What the mapping asks of a Python file or notebook. */
export interface Code {
  readonly path: string;
  /** Its source; of a notebook that of its code cells. */
  readonly source: string;
  readonly imports: readonly string[];
  /** Those that are reached: not below `if False:`. */
  readonly calls: readonly { readonly name: string; readonly args: string }[];
  readonly functions: readonly string[];
}

/** Undefined when it is a notebook that cannot be read. */
export function codeOf(path: string, text: string): Code | undefined {
  const book = path.endsWith('.ipynb') ? readNotebook(text) : undefined;
  if (path.endsWith('.ipynb') && !book) return undefined;
  const sources = book ? book.cells.filter(({ kind }) => kind === 'code').map((cell) => cell.source) : [text];
  const facts = pythonFacts(path, text);
  return {
    path,
    source: sources.join('\n'),
    imports: facts.imports.map(({ module }) => module),
    calls: facts.calls.filter(({ off }) => off === undefined),
    functions: facts.defines.filter(({ kind }) => kind === 'function').map(({ name }) => name),
  };
}
