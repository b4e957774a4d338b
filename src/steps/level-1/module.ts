import { BUILTINS } from '../../python/known.js';
import { boundBy, type Imported, sameImport } from '../../python/imports.js';
import { namesOf } from '../../python/names.js';
import { isDefinition, parsePython } from '../../python/parse.js';
import { importStatements, rewriteImports } from '../../python/rewrite-imports.js';

/** Where a name that lifted code reads may come from. */
export interface Sources {
  /** What the notebook imports, by the name that it is known by. */
  readonly imports: ReadonlyMap<string, Imported>;
  /** What the package's other modules define that this one may import, as it would import it. */
  readonly siblings: ReadonlyMap<string, Imported>;
  /** What the notebook defines where it stays. */
  readonly defined: ReadonlySet<string>;
  /** Top-level modules of the repository. */
  readonly own: ReadonlySet<string>;
}

export interface Module {
  readonly text: string;
  /** Names that it reads, and that stand in the notebook only. */
  readonly missing: readonly string[];
  /** Names that it reads, and that nothing is known of. */
  readonly unknown: readonly string[];
}

/**
 * A module of level 1 with another body in the place of the template's, and at its head what that body needs: imports of
 * its own, imports of the notebook, names of the package. Imports that only the template's body used go.
 */
export function withBody(
  module: string,
  template: string,
  body: string,
  imports: readonly Imported[],
  sources: Sources,
): Module {
  if (body === template && !imports.length) return { text: module, missing: [], unknown: [] };
  const changed = exchange(module, template, body);
  const [names, before, own] = [changed, template, body].map((text) => namesOf(parsePython(text)));
  if (!names || !before || !own) throw new Error('no names');

  const add: Imported[] = [...imports];
  const missing: string[] = [];
  const unknown: string[] = [];
  const bound = new Set([...names.binds, ...imports.map(boundBy)]);
  for (const name of own.reads) {
    if (bound.has(name) || BUILTINS.has(name)) continue;
    const found = sources.imports.get(name) ?? sources.siblings.get(name);
    if (found) add.push(found);
    else (sources.defined.has(name) ? missing : unknown).push(name);
  }
  const head = importStatements(parsePython(changed)).flatMap(({ items }) => items);
  const idle = (item: Imported) =>
    head.some((one) => sameImport(one, item)) &&
    before.reads.has(boundBy(item)) &&
    !add.some((one) => sameImport(one, item)) &&
    (own.binds.has(boundBy(item)) || !names.reads.has(boundBy(item)));
  return { text: rewriteImports(changed, { add, drop: idle, own: sources.own }), missing, unknown };
}

/** One body for another, with as many blank lines before it as ruff leaves there. */
function exchange(module: string, template: string, body: string): string {
  const at = module.indexOf(template);
  const above = module.slice(0, at).trimEnd();
  const below = module.slice(at + template.length);
  if (!body) return above + (below.trim() ? below : '\n');
  const previous = parsePython(above).statements.at(-1);
  const [first] = parsePython(body).statements;
  const apart = first?.from === 0 && isDefinition(first.node);
  const imported = previous?.node.name === 'ImportStatement';
  const gap = apart ? '\n\n\n' : imported ? '\n\n' : module.slice(above.length, at);
  return above + gap + body + below;
}
