import { readNotebook } from '../notebook/notebook.js';
import { type FileEntry, type FileTree, textOf } from '../render/tree.js';

/**
 * What becomes of a file of the team's at a path that templates have too:
 * - same: no edit of it at all
 * - alike: an edit of ours, merged by lines as ever
 * - patterns: git's list of ignored files, which takes what ours has besides
 * - yours: a document or notebook; the template's is left out
 * - clash: another file of that name; both are shown to whoever upgrades, as a conflict
 */
export type Standing = 'same' | 'alike' | 'patterns' | 'yours' | 'clash';

/** How much of a template a file must hold to be an edit of it. */
const ALIKE = 0.5;

/** What people read, notebooks too: nothing that is emitted runs them or reads them. */
const DOCUMENT = /\.(md|rst|txt|adoc|ipynb)$|(^|\/)(licen[cs]e|notice|citation|authors|codeowners)[^/]*$/i;
const PATTERNS = /(^|\/)\.\w+ignore$/;

export function standingOf(path: string, team: FileEntry, template: FileEntry): Standing {
  if (same(team, template)) return 'same';
  if (team.mode !== '120000' && likeness(path, team, template) >= ALIKE) return 'alike';
  if (PATTERNS.test(path) && team.mode !== '120000') return 'patterns';
  return DOCUMENT.test(path) ? 'yours' : 'clash';
}

/**
 * The base of the first merge: of what the level renders, only what the team has too. What it lacks is new then, and
 * not deleted; lines of another file of the same name are not edits of ours, so that file has no base.
 */
export function baseFor(
  rendered: FileTree,
  team: FileTree,
): { base: FileTree; standing: Map<string, Standing> } {
  const base: FileTree = new Map();
  const standing = new Map<string, Standing>();
  for (const [path, template] of rendered) {
    const own = team.get(path);
    if (!own) continue;
    const is = standingOf(path, own, template);
    standing.set(path, is);
    if (is === 'same' || is === 'alike') base.set(path, template);
    if (is === 'patterns') base.set(path, { ...template, content: common(own, template) });
  }
  return { base, standing };
}

/**
 * Paths of documents that stay the team's, as templates write them: the team's may differ in upper and lower case.
 *
 * @param templates paths of every level from this one on
 */
export function yoursAmong(
  templates: Iterable<string>,
  team: Iterable<string>,
  standing: ReadonlyMap<string, Standing>,
): string[] {
  const keys = new Set([...team].map(keyOf));
  return [...new Set(templates)]
    .filter((path) => DOCUMENT.test(path) && keys.has(keyOf(path)))
    .filter((path) => !/^(same|alike)$/.test(standing.get(path) ?? ''))
    .sort();
}

/** Some file systems take both for one file. */
const keyOf = (path: string): string => path.toLowerCase();

const same = (one: FileEntry, other: FileEntry): boolean =>
  one.mode === other.mode && Buffer.compare(one.content, other.content) === 0;

/** Share of the template's lines that a file has. */
function likeness(path: string, team: FileEntry, template: FileEntry): number {
  const [own, lines] = [linesOf(path, team), linesOf(path, template)];
  if (!own || !lines?.length) return 0;
  const has = new Set(own);
  return lines.filter((line) => has.has(line)).length / lines.length;
}

/** Lines that say something: of a notebook those of its cells, since all notebooks are alike around them. */
function linesOf(path: string, { content }: FileEntry): string[] | undefined {
  const text = textOf(content);
  if (text === undefined) return undefined;
  const book = path.endsWith('.ipynb') ? readNotebook(text) : undefined;
  const plain = book ? book.cells.map(({ source }) => source).join('\n') : text;
  return [...new Set(plain.split('\n').map((line) => line.trim()))].filter((line) => /\w/.test(line));
}

/** Lines of the team's that the template has as well, in the team's order. */
function common(team: FileEntry, template: FileEntry): Uint8Array {
  const known = new Set((textOf(template.content) ?? '').split('\n').filter((line) => line.trim()));
  const lines = (textOf(team.content) ?? '').split(/\r?\n/).filter((line) => known.has(line));
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}
