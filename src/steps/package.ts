import type { Move } from '../merge/types.js';

/** Another name of the package: its folder, with all that the team has in it, and the app that bears its name. */
export function packageMoves(from: string, to: string): Move[] {
  if (from === to) return [];
  return [
    { from: `src/${from}/`, to: `src/${to}/` },
    { from: `app/${from}_app.py`, to: `app/${to}_app.py` },
  ];
}

export interface OwnImport {
  readonly path: string;
  /** From 1; in a notebook the line of the file. */
  readonly line: number;
  readonly text: string;
}

/** Where Python files and notebooks still import the package by its old name. */
export function ownImports(files: Iterable<readonly [string, string]>, oldPackage: string): OwnImport[] {
  const name = oldPackage.replace(/[^\w]/g, '\\$&');
  const statement = new RegExp(
    `^\\s*(?:from\\s+${name}(?:\\.[\\w.]+)?\\s+import\\b|import\\s+(?:[\\w.]+(?:\\s+as\\s+\\w+)?\\s*,\\s*)*${name}(?![\\w]))`,
  );
  return [...files].flatMap(([path, text]) => {
    if (!/\.(py|ipynb)$/.test(path)) return [];
    return text.split(/\r?\n/).flatMap((raw, at) => {
      const code = path.endsWith('.ipynb') ? lineOfCell(raw) : raw;
      return code !== undefined && statement.test(code) ? [{ path, line: at + 1, text: code.trim() }] : [];
    });
  });
}

/** A line of a notebook file that is a line of a cell. */
function lineOfCell(raw: string): string | undefined {
  const text = /^\s*("(?:[^"\\]|\\.)*"),?\s*$/.exec(raw)?.[1];
  try {
    return text === undefined ? undefined : String(JSON.parse(text));
  } catch {
    return undefined;
  }
}
