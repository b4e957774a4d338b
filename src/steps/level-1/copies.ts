import type { Notebook } from '../../notebook/notebook.js';
import { namesOfNode } from '../../python/names.js';
import { isDefinition, parsePython } from '../../python/parse.js';
import { importStatements } from '../../python/rewrite-imports.js';
import { isCalm, runsNothing } from './cell.js';

/** A statement of the notebook that a module may have a copy of. */
export interface Definition {
  readonly text: string;
  readonly at: number;
  readonly apart: boolean;
  readonly binds: readonly string[];
}

/**
 * Functions, classes and plain constants of the cells that stay, by name. What is bound twice, or needs something to be
 * run, means another thing elsewhere and is left out.
 */
export function definitionsIn({ cells }: Notebook, stays: (at: number) => boolean): Map<string, Definition> {
  const found = new Map<string, Definition | undefined>();
  let at = 0;
  cells.forEach(({ kind, source }, cell) => {
    if (kind !== 'code' || !stays(cell)) return;
    const code = parsePython(source);
    const imports = new Set(importStatements(code).map(({ from }) => from));
    for (const { node, from, text } of code.statements) {
      if (imports.has(from)) continue;
      const binds = [...namesOfNode(node, source).binds];
      const apart = isDefinition(node);
      const plain = code.readable && runsNothing(node, source) && (apart || isCalm(node));
      const one = plain ? { text, at: at++, apart, binds } : undefined;
      for (const name of binds) found.set(name, found.has(name) ? undefined : one);
    }
  });
  return new Map([...found].flatMap(([name, one]) => (one ? [[name, one]] : [])));
}

/** Definitions in the order of the notebook, then a body. */
export function withCopies(copies: readonly Definition[], body: string): string {
  const [first] = parsePython(body).statements;
  return [...copies]
    .sort((a, b) => b.at - a.at)
    .reduce(
      ({ text, apart }, copy) => ({
        text: copy.text + (copy.apart || apart ? '\n\n\n' : '\n') + text,
        apart: copy.apart,
      }),
      { text: body, apart: first ? isDefinition(first.node) : false },
    ).text;
}
