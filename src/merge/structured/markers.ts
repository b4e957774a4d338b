/** The whole text with every place that git could not merge resolved to one side; clean parts are merged in all three. */
export interface Resolved {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

const MARKS = { '<<<<<<<': 'ours', '|||||||': 'base', '=======': 'theirs', '>>>>>>>': undefined } as const;
const NEXT = { none: '<<<<<<<', ours: '|||||||', base: '=======', theirs: '>>>>>>>' } as const;

/** Reads diff3 markers of seven characters; undefined when they do not come in their order. */
export function resolveMarkers(text: string): Resolved | undefined {
  const sides = { ours: '', base: '', theirs: '' };
  let side: 'none' | 'ours' | 'base' | 'theirs' = 'none';
  let count = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const mark = /^(<{7}|\|{7}|={7}|>{7})(?=[ \r\n]|$)/.exec(line)?.[1] as keyof typeof MARKS | undefined;
    if (mark !== undefined) {
      if (mark !== NEXT[side]) return undefined;
      side = MARKS[mark] ?? 'none';
      count++;
    } else if (side === 'none') for (const key of ['ours', 'base', 'theirs'] as const) sides[key] += line;
    else sides[side] += line;
  }
  return side === 'none' && count > 0 ? sides : undefined;
}
