/** The source without some statements, and without the holes that they leave. */
export function without(source: string, statements: readonly { from: number; to: number }[]): string {
  let rest = '';
  let at = 0;
  for (const { from, to } of statements) {
    rest = joined(rest, source.slice(at, from));
    at = Math.min(to + 1, source.length);
  }
  return joined(rest, source.slice(at)).replace(/^\n+|\s+$/g, '');
}

/** Never more than the two blank lines that stand between definitions. */
function joined(above: string, below: string): string {
  const blank = /\n*$/.exec(above)?.[0].length ?? 0;
  const more = /^\n*/.exec(below)?.[0].length ?? 0;
  return above + below.slice(Math.max(0, Math.min(more, blank + more - 3)));
}
