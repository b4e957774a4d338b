/** How many steps of comparing one question may take, so that no pattern of a stranger makes it long. */
const MOST_STEPS = 3_000_000;

/**
 * Whether one of the texts passes filters as GitHub reads them (`branches`, `paths`: the last that fits decides, `!`
 * takes back); undefined when that takes too long to find out.
 */
export function somePasses(texts: Iterable<string>, filters: readonly string[]): boolean | undefined {
  const patterns = filters.map((filter) => ({
    takesBack: filter.startsWith('!'),
    parts: partsOf(filter.replace(/^!/, '')),
  }));
  let steps = 0;
  for (const text of texts) {
    let passes = false;
    for (const { takesBack, parts } of patterns) {
      if (passes !== takesBack) continue;
      steps += parts.length * (text.length + 1);
      if (steps > MOST_STEPS) return undefined;
      if (fits(text, parts)) passes = !takesBack;
    }
    if (passes) return true;
  }
  return false;
}

interface Part {
  /** The characters that fit; undefined: any but `/`, or with `slash` any at all. */
  readonly fits?: (character: string) => boolean;
  readonly slash?: boolean;
  /** How often: `*` none or more, `?` none or one, `+` one or more. */
  readonly times: '1' | '*' | '?' | '+';
}

/** `*` without `/`, `**` with it, `?` and `+` after a character, `[ab]`, `\` before a character that is meant. */
function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  for (const [token] of pattern.matchAll(/\*\*\/|\*\*|\*|\[[^\]]*\]|\\[^]|[^]/gu)) {
    const last = parts.at(-1);
    if (token === '**/') {
      // None or more whole folders: `**/x` fits `x` too.
      parts.push({ slash: true, times: '*' });
    } else if (token === '**') parts.push({ slash: true, times: '*' });
    else if (token === '*') parts.push({ times: '*' });
    else if ((token === '?' || token === '+') && last?.times === '1') {
      parts[parts.length - 1] = { ...last, times: token };
    } else parts.push({ fits: fitOf(token), times: '1' });
  }
  return parts;
}

function fitOf(token: string): (character: string) => boolean {
  if (!token.startsWith('[') || token.length < 2) {
    const meant = token.length > 1 && token.startsWith('\\') ? token.slice(1) : token;
    return (character) => character === meant;
  }
  const ranges = [...token.slice(1, -1).matchAll(/([^])-([^])|([^])/gu)].map(
    ([, from, to, alone = '']) => [from ?? alone, to ?? alone] as const,
  );
  return (character) => ranges.some(([from, to]) => from <= character && character <= to);
}

/** Which parts may be reached after each character: linear in the text, whatever the pattern is. */
function fits(text: string, parts: readonly Part[]): boolean {
  let at = reach(new Set([0]), parts);
  for (const character of text) {
    const next = new Set<number>();
    for (const index of at) {
      const part = parts[index];
      if (!part || !(part.fits ? part.fits(character) : part.slash || character !== '/')) continue;
      if (part.times === '*' || part.times === '+') next.add(index);
      if (part.times !== '*') next.add(index + 1);
    }
    at = reach(next, parts);
    if (!at.size) return false;
  }
  return at.has(parts.length);
}

/** What may be left out is passed over. */
function reach(at: Set<number>, parts: readonly Part[]): Set<number> {
  for (const index of at) {
    const times = parts[index]?.times;
    if (times === '*' || times === '?') at.add(index + 1);
  }
  return at;
}
