import { quoted } from '../render/quote.js';
import { type Requirement, requirementOf } from './requirements.js';

/** One list of requirements in a `pyproject.toml`: where it stands, from its `[` to its `]`. */
interface List {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly Entry[];
  readonly tall: boolean;
}

interface Entry extends Requirement {
  readonly from: number;
  readonly to: number;
}

/** The requirements of `[project]`, as written; undefined when there is no such list that could be read. */
export function dependenciesOf(text: string): readonly Requirement[] | undefined {
  return listIn(text, 'project', 'dependencies')?.entries;
}

/** Every name that a list of `[project]` or of its optional dependencies has. */
export const namesIn = (text: string): Set<string> =>
  new Set(listsOf(text).flatMap(({ entries }) => entries.map(({ name }) => name)));

/** The same text with a requirement in its sorted place among the dependencies. */
export function withDependency(text: string, wanted: Requirement): string {
  const list = listIn(text, 'project', 'dependencies');
  if (!list) return text;
  const later = list.entries.find(({ name }) => name > wanted.name);
  if (!list.tall) return withDependency(tall(text, list), wanted);
  const at = later ? lineStart(text, later.from) : lineStart(text, list.to - 1);
  return text.slice(0, at) + line(wanted) + text.slice(at);
}

/** The same text with another version of a requirement wherever it stands. */
export function withVersion(text: string, wanted: Requirement): string {
  for (const list of listsOf(text).reverse()) {
    const entry = list.entries.find(({ name }) => name === wanted.name);
    if (!entry) continue;
    if (!list.tall && (wanted.comment || wanted.above.length)) return withVersion(tall(text, list), wanted);
    text = list.tall
      ? text.slice(0, lineStart(text, entry.from)) + line(wanted) + text.slice(lineEnd(text, entry.to))
      : text.slice(0, entry.from) + quoted(wanted.text) + text.slice(entry.to);
  }
  return text;
}

const line = ({ text, comment, above }: Requirement): string =>
  [...above, `${quoted(text)},${comment && ` ${comment}`}`].map((one) => `  ${one}\n`).join('');

function tall(text: string, { from, to, entries }: List): string {
  return `${text.slice(0, from)}[\n${entries.map(line).join('')}]${text.slice(to)}`;
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number): number => text.indexOf('\n', at) + 1 || text.length + 1;

function listsOf(text: string): List[] {
  const optional = tableOf(text, 'project.optional-dependencies');
  const keys = optional
    ? [...text.slice(...optional).matchAll(/^([\w-]+)\s*=\s*\[/gm)].map(([, key = '']) => key)
    : [];
  return [
    listIn(text, 'project', 'dependencies'),
    ...keys.map((key) => listIn(text, 'project.optional-dependencies', key)),
  ].filter((list) => list !== undefined);
}

/** Where a table's keys stand. */
function tableOf(text: string, table: string): [number, number] | undefined {
  const header = new RegExp(`^\\[${table.replaceAll('.', '\\.')}\\][^\\n]*\\n`, 'm').exec(text);
  if (!header) return undefined;
  const from = header.index + header[0].length;
  const next = /^\[/m.exec(text.slice(from));
  return [from, next ? from + next.index : text.length];
}

function listIn(text: string, table: string, key: string): List | undefined {
  const place = tableOf(text, table);
  const found = place && new RegExp(`^${key}\\s*=\\s*(?=\\[)`, 'm').exec(text.slice(...place));
  if (!place || !found) return undefined;
  const from = place[0] + found.index + found[0].length;
  const entries: Entry[] = [];
  let above: string[] = [];
  // Strings and comments are all that a list of requirements holds.
  const token = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[\],]|\s+/y;
  token.lastIndex = from + 1;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [raw] = match;
    if (raw === ']') {
      const to = token.lastIndex;
      return { from, to, entries, tall: text.slice(from, to).includes('\n') };
    }
    if (raw.startsWith('#') && !text.slice(lineStart(text, match.index), match.index).trim())
      above.push(raw.trimEnd());
    if (!/^["']/.test(raw)) continue;
    const value = raw.startsWith("'") ? raw.slice(1, -1) : unquoted(raw);
    const comment = /^[ \t]*,?[ \t]*(#[^\n]*)/.exec(text.slice(token.lastIndex))?.[1]?.trimEnd() ?? '';
    const one = value === undefined ? undefined : requirementOf(value, above);
    above = [];
    if (one) entries.push({ ...one, comment, from: match.index, to: token.lastIndex });
  }
  return undefined;
}

/** JSON reads what TOML writes in double quotes, but for a few escapes that no requirement has. */
function unquoted(raw: string): string | undefined {
  try {
    return String(JSON.parse(raw));
  } catch {
    return undefined;
  }
}
