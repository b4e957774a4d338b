/** What asks for words on the command line, for files that are missing or how a program ended, and so says nothing of a result. */
const OTHER =
  /\bargv\b|\bargs\b|\barguments\b|\bparser\b|exists\(|is_file|is_dir|isfile|isdir|environ|getenv|__name__|isinstance|\bcode\b|\b(?:returncode|exit_?code)\b/;
const CONSTANT =
  /^(?:not\s+)?\(?\s*(?:True|False|None|\d+(?:\.\d+)?|(["'])[^"']*\1|(\d+(?:\.\d+)?)\s*[<>=!]=?\s*\d+(?:\.\d+)?)\s*\)?$/;
const FARTHEST = 60;

/**
 * Whether a line of Python happens only when a condition above it says so, one that is neither constant nor about the
 * words of the command line: `if auc < limit: sys.exit(1)`.
 */
export function hangsOnComparison(lines: readonly string[], line: number): boolean {
  const own = lines[line - 1] ?? '';
  const inline = /^\s*(?:el)?if\s+(.+?):\s*\S/.exec(own);
  if (inline?.[1] !== undefined) return judges(inline[1]);
  let indent = indentOf(own);
  for (let n = line - 2; n >= Math.max(0, line - 2 - FARTHEST) && indent > 0; n--) {
    const above = lines[n] ?? '';
    if (!/\S/.test(above) || indentOf(above) >= indent) continue;
    const condition = /^\s*(?:el)?if\s+(.+)$/.exec(above)?.[1];
    if (condition !== undefined && judges(condition.replace(/\s+#.*$/, '').replace(/:\s*$/, ''))) return true;
    // The `if` of an `else` stands as deep as the else.
    indent = /^\s*(?:else|elif\b.*)\s*:/.test(above) ? indentOf(above) + 1 : indentOf(above);
  }
  return false;
}

const indentOf = (line: string) => line.length - line.trimStart().length;

const judges = (condition: string) => !OTHER.test(condition) && !CONSTANT.test(condition.trim());

const NEAR = 14;

/** The line that fits, of those above a line (and it) in the same function; comments are left out. */
export function besideLine(lines: readonly string[], line: number, wanted: RegExp): number | undefined {
  for (let n = line - 1; n >= Math.max(0, line - 1 - NEAR); n--) {
    const said = (lines[n] ?? '').replace(/(^|\s)#.*$/, '');
    if (wanted.test(said)) return n + 1;
    if (/^\s*(?:async\s+)?def\s/.test(said)) return undefined;
  }
  return undefined;
}
