import type { Answers } from '../answers/schema.js';
import { foldersOf } from '../merge/moves.js';
import type { Lift, Move } from '../merge/types.js';
import type { Root } from '../render/root.js';
import type { FileTree } from '../render/tree.js';
import { textOf } from '../render/tree.js';
import type { Repository } from '../repository/open.js';
import { packageMoves } from '../steps/package.js';
import { count } from '../upgrade/report-words.js';
import { shellWord } from '../upgrade/shell-word.js';
import { withRequirements } from './requirements.js';
import { baseFor } from './base.js';
import { liftedNotebooks } from './notebooks.js';
import { unchecked } from './pyproject.js';
import { type Adopted, readAdopted } from './record.js';
import { readTeam, teamPaths } from './team.js';
import { pathsAt, pathsFrom } from './templates.js';

export { leaveOut } from './templates.js';

/** A merge into an adopted repository before what is the team's is looked at. */
export interface Plan {
  readonly roots: readonly Root[];
  readonly from: number;
  readonly to: number;
  readonly answers: Answers;
  /** What the level writes and is not here yet, when answers alone change: it is left out. */
  readonly waits: readonly string[];
  readonly base: FileTree;
  readonly theirs: FileTree;
  readonly moves: readonly Move[];
  readonly lift?: Lift;
}

/** What adopt has recorded; undefined for a repository that azmlops wrote. */
export async function adoptedOf({ adopted }: Repository): Promise<Adopted | undefined> {
  if (!adopted) return undefined;
  const text = textOf(adopted);
  return readAdopted(text ?? '\0');
}

/** The recorded base; of one that is rendered anew, as adopt would record it. What is the team's for good has none. */
export async function baseAround(
  { dir, manifest }: Repository,
  adopted: Adopted,
  { tree, rebased }: { readonly tree: FileTree; readonly rebased: boolean },
): Promise<FileTree> {
  const base: FileTree = new Map(
    rebased && manifest.level === adopted.level
      ? baseFor(tree, await readTeam(dir, await teamPaths(dir), tree.keys())).base
      : tree,
  );
  for (const path of adopted.yours) base.delete(path);
  return base;
}

/**
 * What the level writes and no upgrade or update has brought yet; another answer alone is no reason to bring it.
 *
 * @param before the answers that the base was rendered with
 */
export function waiting(
  roots: readonly Root[],
  level: number,
  base: FileTree,
  { yours }: Adopted,
  { before, answers }: { readonly before: Answers; readonly answers: Answers },
): string[] {
  const moves = packageMoves(before.package, answers.package);
  const former = (path: string): string => {
    const move = moves.find(({ to }) => (to.endsWith('/') ? path.startsWith(to) : path === to));
    return move ? move.from + path.slice(move.to.length) : path;
  };
  const lacks = (path: string) => !base.has(path) && !base.has(former(path)) && !yours.includes(path);
  const paths = [...pathsAt(roots, level, { ...before, package: answers.package })];
  const waits = paths.filter(lacks);
  // Where hardly anything was brought, what the new answer adds would stand alone.
  return waits.length > paths.length / 2 ? [...pathsAt(roots, level, answers)].filter(lacks) : waits;
}

const PROJECT = 'pyproject.toml';
const REQUIREMENTS = 'requirements.txt';
const NOTEBOOK = 'notebooks/train.ipynb';

/**
 * The same merge around the team's own code: base and target with what is the team's for good left out; from level 0
 * on the cells of its notebooks as modules of the package, its requirements in the project, and its files kept from
 * checks that they were never written for.
 */
export async function aroundTeam(
  { dir }: Repository,
  adopted: Adopted,
  { roots, from, to, answers, base: former, waits, ...plan }: Plan,
): Promise<Pick<Plan, 'base' | 'theirs' | 'moves' | 'lift'>> {
  const team = await teamPaths(dir);
  const base: FileTree = new Map(former);
  const theirs: FileTree = new Map(plan.theirs);
  const notes: string[] = waits.length ? [waitsNote(waits.length, to)] : [];
  const higher = pathsFrom(roots, to, answers);
  const left = adopted.yours.filter((path) => team.has(path) && higher.has(path));
  if (left.length && from !== to) notes.push(yoursNote(left));
  const isOurs = (path: string) => base.has(path) || higher.has(path);
  const own = [...team.keys()].filter((path) => /\.(py|ipynb)$/.test(path) && !isOurs(path));
  if (from === 0 && to > 0) {
    const taken = (name: string) =>
      [...higher, ...team.keys()].some((path) => path === `src/${answers.package}/${name}.py`);
    const notebooks = await liftedNotebooks(dir, team, adopted.map.notebooks, {
      pkg: answers.package,
      taken,
    });
    for (const { path, entry, notebook, module } of notebooks.lifted) {
      base.set(path, entry);
      theirs.set(path, { ...entry, content: bytes(notebook) });
      theirs.set(module.path, { mode: '100644', content: bytes(module.text) });
      own.push(module.path);
    }
    notes.push(...notebooks.notes, ...mapNotes(adopted, answers, to));
    const run = own.filter((path) => /^notebooks\/[^/]+\.ipynb$/.test(path));
    if (run.length)
      notes.push(`make notebooks, and CI with it, runs every notebook in notebooks/: ${run.join(', ')} too.`);
    const project = theirs.get(PROJECT);
    const required = base.has(REQUIREMENTS)
      ? undefined
      : textIn(await readTeam(dir, team, [REQUIREMENTS]), REQUIREMENTS);
    if (project && !team.has(PROJECT) && required !== undefined) {
      const { text, note } = withRequirements(textIn(theirs, PROJECT) ?? '', required);
      theirs.set(PROJECT, { ...project, content: bytes(text) });
      if (note) notes.push(note);
    }
  }
  const project = theirs.get(PROJECT);
  if (project && !base.has(PROJECT) && !team.has(PROJECT)) {
    const text = withReadme(textIn(theirs, PROJECT) ?? '', team.keys());
    const made = unchecked(text, own, higher);
    theirs.set(PROJECT, { ...project, content: bytes(made?.text ?? text) });
    if (made) notes.push(made.note);
  }
  if (from === to && !notes.length)
    return { base, theirs, moves: plan.moves, ...(plan.lift && { lift: plan.lift }) };
  return { base, theirs, moves: plan.moves, lift: keptApart({ from, ...plan }, base, notes) };
}

const textIn = (tree: FileTree, path: string): string | undefined => {
  const entry = tree.get(path);
  return entry && entry.mode !== '120000' ? textOf(entry.content) : undefined;
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The project names its README, which the team may write otherwise. */
function withReadme(project: string, team: Iterable<string>): string {
  const names = [...team].filter((path) => /^readme\.md$/i.test(path));
  if (!names.length || names.includes('README.md')) return project;
  return project.replace(/^readme = "README\.md"$/m, `readme = "${names[0]}"`);
}

/** The steps' own lift on what is an edit of ours; files that only bear the name of one stay out of it. */
function keptApart(
  { from, lift, moves }: Pick<Plan, 'from' | 'lift' | 'moves'>,
  base: FileTree,
  notes: readonly string[],
): Lift {
  const known = new Set(base.keys());
  for (const move of moves) if (base.has(move.from)) known.add(move.to);
  // Of a notebook that was never ours it would make nothing but the template's own modules.
  const used = base.has(NOTEBOOK) || from > 0 ? lift : undefined;
  return (tree) => {
    if (!used) return { tree, notes };
    const own = new Map([...tree].filter(([path]) => !known.has(path)));
    const made = used(new Map([...tree].filter(([path]) => known.has(path))));
    const fits = [...made.tree].filter(([path]) => !foldersOf(path).some((folder) => own.has(folder)));
    return { tree: new Map([...fits, ...own]), notes: [...made.notes, ...notes] };
  };
}

const waitsNote = (files: number, level: number): string =>
  `${count(files, 'file')} that templates write at level ${level} ${files === 1 ? 'is' : 'are'} not here yet, and another answer does not bring ${files === 1 ? 'it' : 'them'}: azmlops update does.`;

const yoursNote = (paths: readonly string[]): string =>
  `${paths.join(', ')} ${paths.length === 1 ? 'stays' : 'stay'} as you have it: what templates write there is left out, as .azmlops/adopted.yml says under yours.`;

function mapNotes({ map }: Adopted, answers: Answers, to: number): string[] {
  const notes: string[] = [];
  if (map.scores)
    notes.push(
      `${map.scores} is what scores today, and stays. From here on src/${answers.package}/scoring.py does, for the model that src/${answers.package}/train.py writes: bring over what yours does besides, with a test.`,
    );
  if (map.data)
    notes.push(
      `The package reads rows from data/raw/, which git ignores: azmlops set ${shellWord(`data=${map.data}`)} copies yours there, once this is committed.`,
    );
  if (to > 1)
    notes.push(
      'Name what your own code needs in azureml/environments/training-conda.yml too, where it is to run in Azure ML.',
    );
  return notes;
}
