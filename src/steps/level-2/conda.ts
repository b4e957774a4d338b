import { type Requirement, requirementOf } from '../requirements.js';

/** The pip requirements of a conda file that has a line for each; undefined when it has no such list. */
export function pipEntries(text: string): readonly Requirement[] | undefined {
  return listIn(text.split('\n'))?.entries;
}

/** The same file with a requirement in its sorted place, or in the place of the one that it had of this name. */
export function withPipEntry(text: string, wanted: Requirement): string {
  const lines = text.split('\n');
  const list = listIn(lines);
  if (!list) return text;
  const comment = wanted.comment && ` ${wanted.comment}`;
  const made = [...wanted.above, `- ${wanted.text}${comment}`].map((line) => list.margin + line);
  const same = list.entries.find(({ name }) => name === wanted.name);
  if (same) lines.splice(same.line, 1, ...made);
  else {
    const later = list.entries.find(({ name }) => name > wanted.name);
    // Its comments stay above the one that they are about.
    lines.splice(later ? later.line - later.above.length : list.end, 0, ...made);
  }
  return lines.join('\n');
}

interface List {
  readonly margin: string;
  readonly end: number;
  readonly entries: readonly (Requirement & { readonly line: number })[];
}

function listIn(lines: readonly string[]): List | undefined {
  const start = lines.findIndex((line) => /^\s*- pip:\s*(#.*)?$/.test(line));
  const margin = /^\s*/.exec(lines[start + 1] ?? '')?.[0] ?? '';
  if (start < 0 || margin.length <= (lines[start]?.search(/\S/) ?? 0)) return undefined;
  const entries: (Requirement & { line: number })[] = [];
  let above: string[] = [];
  let end = start + 1;
  for (; lines[end]?.startsWith(margin); end++) {
    const line = (lines[end] ?? '').slice(margin.length);
    const one = /^- /.test(line) ? requirementOf(line.slice(2), above) : undefined;
    if (one) entries.push({ ...one, line: end });
    above = line.startsWith('#') ? [...above, line] : [];
  }
  return entries.length ? { margin, end, entries } : undefined;
}
