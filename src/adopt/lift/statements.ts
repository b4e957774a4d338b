import type { Notebook } from '../../notebook/notebook.js';
import { boundBy, type Imported } from '../../python/imports.js';
import { namesOf, namesOfNode } from '../../python/names.js';
import { isDefinition, isDocstring, parsePython, type Statement } from '../../python/parse.js';
import { importStatements } from '../../python/rewrite-imports.js';
import { isCalm, runsNothing } from '../../steps/level-1/cell.js';

/** A top-level statement of a notebook that is no import. */
export interface Said {
  /** Of the cells of the notebook, from 0; and of its code cells, from 1, as people count them. */
  readonly cell: number;
  readonly number: number;
  readonly statement: Statement;
  readonly binds: readonly string[];
  readonly reads: ReadonlySet<string>;
  /** A function, class or constant: nothing happens but that names are bound. */
  readonly kind: 'definition' | 'constant' | 'runs';
  /** All of its cell could be read as Python. */
  readonly readable: boolean;
}

export interface Taken {
  readonly said: readonly Said[];
  /** By the name that the notebook knows it by. */
  readonly imports: ReadonlyMap<string, Imported>;
  /** How many statements bind a name, imports included. */
  readonly bound: ReadonlyMap<string, number>;
}

/** A notebook as its statements. */
export function statementsOf({ cells }: Notebook): Taken {
  const said: Said[] = [];
  const imports = new Map<string, Imported>();
  const bound = new Map<string, number>();
  const count = (name: string) => bound.set(name, (bound.get(name) ?? 0) + 1);
  let number = 0;
  cells.forEach(({ kind, source }, cell) => {
    if (kind !== 'code') return;
    number += 1;
    const code = parsePython(source);
    const heads = importStatements(code);
    const from = new Set(heads.map((each) => each.from));
    for (const item of heads.flatMap(({ items }) => items)) {
      // Imported twice in the same words, which notebooks do, is once.
      const known = imports.get(boundBy(item));
      if (known?.module === item.module && known.name === item.name) continue;
      const { module, name, as } = item;
      imports.set(boundBy(item), { module, name, ...(as && { as }) });
      count(boundBy(item));
    }
    for (const statement of code.statements) {
      if (from.has(statement.from)) continue;
      const { binds, reads } = namesOfNode(statement.node, source);
      for (const name of binds) count(name);
      const shape = isDefinition(statement.node)
        ? 'definition'
        : statement.node.name === 'AssignStatement' &&
            binds.size > 0 &&
            runsNothing(statement.node, source) &&
            isCalm(statement.node)
          ? 'constant'
          : 'runs';
      // A magic within a function is read over, and no module could hold it.
      const readable =
        code.readable &&
        !/^\s*%%/.test(source) &&
        !parsePython(statement.text).broken &&
        // It would bind the module's name, not the notebook's.
        !/^[ \t]+global\b/m.test(statement.text);
      if (shape === 'runs' && isDocstring(statement.node)) continue;
      said.push({ cell, number, statement, binds: [...binds], reads, kind: shape, readable });
    }
    if (!code.readable) for (const name of namesOf(code).binds) count(name);
  });
  for (const name of globalsIn(cells.map(({ kind, source }) => (kind === 'code' ? source : '')))) count(name);
  return { said, imports, bound };
}

/** Names that functions bind from within, by `global`. */
function* globalsIn(sources: readonly string[]): Generator<string> {
  for (const source of sources)
    for (const [, names = ''] of source.matchAll(/^[ \t]+global[ \t]+([\w, \t]+)/gm))
      for (const name of names.split(',')) yield name.trim();
}
