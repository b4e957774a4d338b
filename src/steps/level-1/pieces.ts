import type { Cell, Notebook } from '../../notebook/notebook.js';
import { namesOf, namesOfNode } from '../../python/names.js';
import { isDefinition, parsePython, type Statement } from '../../python/parse.js';

/** Code of one cell, or the part of it, that belongs to one module. */
export interface Piece {
  /** Which cell of the notebook. */
  readonly at: number;
  readonly source: string;
}

interface Owner {
  readonly step: string;
  readonly body: string;
}

/**
 * The code of each part: cells by their tag, else by their id; then what a person has put into a cell without a tag (split
 * by an editor that copies none, tags lost) or into the cell of another part (two cells merged), by what it defines.
 */
export function piecesOf(
  { cells }: Notebook,
  parts: readonly Owner[],
  stepOf: (cell: Cell) => string | undefined,
): Map<string, Piece[]> {
  const places = (fits: (cell: Cell) => boolean): Piece[] =>
    cells.flatMap((cell, at) => (cell.kind === 'code' && fits(cell) ? [{ at, source: cell.source }] : []));
  const found = new Map<string, Piece[]>();
  for (const { step } of parts) {
    const tagged = places((cell) => stepOf(cell) === step);
    found.set(step, tagged.length ? tagged : places((cell) => !stepOf(cell) && cell.id === step));
  }
  const of = (step: string) => found.get(step) ?? [];
  const taken = new Set([...found.values()].flat().map(({ at }) => at));
  for (const { step, body } of parts) {
    const [only, ...more] = of(step);
    if (only?.source === body && !more.length) continue;
    const has = new Set(of(step).flatMap(({ source }) => [...namesOf(parsePython(source)).binds]));
    const lacks = new Set([...defined(body)].filter((name) => !has.has(name)));
    if (!lacks.size) continue;
    const others = places((cell) => [...defined(cell.source)].some((name) => lacks.has(name)));
    const free = others.filter(({ at }) => !taken.has(at));
    found.set(
      step,
      [...of(step), ...free].sort((a, b) => a.at - b.at),
    );
    for (const { at } of free) taken.add(at);
  }
  share(found, parts);
  return found;
}

/** Functions and classes, which are seldom defined twice by chance. */
function defined(source: string): Set<string> {
  const { statements, text } = parsePython(source);
  return new Set(
    statements.flatMap(({ node }) => (isDefinition(node) ? [...namesOfNode(node, text).binds] : [])),
  );
}

/** Parts without code get theirs out of the cells of others. */
function share(found: Map<string, Piece[]>, parts: readonly Owner[]): void {
  const without = parts.filter(({ step }) => !found.get(step)?.length);
  if (!without.length) return;
  for (const [step, pieces] of [...found].filter(([, { length }]) => length > 0)) {
    const own = parts.filter((part) => part.step === step);
    const kept = pieces.flatMap((piece) => {
      const names = defined(piece.source);
      const owners = without.filter(({ body }) => [...defined(body)].some((name) => names.has(name)));
      if (!owners.length) return [piece];
      const shares = apart(piece.source, step, [...own, ...owners]);
      for (const { step: other } of owners) {
        const source = shares.get(other);
        if (source) found.set(other, [...(found.get(other) ?? []), { at: piece.at, source }]);
      }
      const rest = shares.get(step);
      return rest ? [{ at: piece.at, source: rest }] : [];
    });
    found.set(step, kept);
  }
}

/** A statement belongs to whose template defines its name, else to whom the one above it does. */
function apart(source: string, first: string, owners: readonly Owner[]): Map<string, string> {
  const names = owners.map(({ step, body }) => ({ step, binds: namesOf(parsePython(body)).binds }));
  const ownerOf = ({ node }: Statement): string | undefined => {
    const { binds } = namesOfNode(node, source);
    return names.find((one) => [...binds].some((name) => one.binds.has(name)))?.step;
  };
  const shares = new Map<string, string>();
  let [owner, from] = [first, 0];
  const end = (to: number) => {
    const text = source.slice(from, to).trim();
    const before = shares.get(owner);
    if (text) shares.set(owner, before === undefined ? text : `${before}\n\n\n${text}`);
    from = to;
  };
  for (const statement of parsePython(source).statements) {
    const next = ownerOf(statement) ?? owner;
    if (next !== owner) end(statement.from);
    owner = next;
  }
  end(source.length);
  return shares;
}
