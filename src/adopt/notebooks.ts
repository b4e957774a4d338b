import { type FileEntry, textOf } from '../render/tree.js';
import { type LiftOf, liftCells, type Runs, type Stays } from './lift/cells.js';
import { moduleName } from './lift/module-name.js';
import { whyUnread } from './map/unread.js';
import { readTeam, type teamPaths } from './team.js';

export interface LiftedNotebook {
  readonly path: string;
  /** As the team has it, and as it is then. */
  readonly entry: FileEntry;
  readonly notebook: string;
  readonly module: { readonly path: string; readonly text: string };
}

interface Into {
  readonly pkg: string;
  /** Whether something else is, or will be, the module of that name. */
  readonly taken: (name: string) => boolean;
}

/** The team's notebooks, what they define as modules of the package; and what stays, a note for each thing to do. */
export async function liftedNotebooks(
  dir: string,
  team: Awaited<ReturnType<typeof teamPaths>>,
  paths: readonly string[],
  { pkg, taken }: Into,
): Promise<{ lifted: LiftedNotebook[]; notes: string[] }> {
  const tree = await readTeam(dir, team, paths);
  const lifted: LiftedNotebook[] = [];
  const notes: string[] = [];
  const used = new Set<string>();
  for (const path of paths) {
    const entry = tree.get(path);
    const text = entry && entry.mode !== '120000' ? textOf(entry.content) : undefined;
    const name = moduleName(path, (each) => taken(each) || used.has(each));
    const found = text === undefined ? undefined : liftCells(text, { path, module: `${pkg}.${name}` });
    if (!entry) {
      notes.push(`${path} is not there any more, so nothing of it is lifted.`);
      continue;
    }
    if (!found) {
      notes.push(`${path} ${whyUnread(path, entry.content)}. So nothing of it is lifted.`);
      continue;
    }
    const module = `src/${pkg}/${name}.py`;
    notes.push(...notesOf(path, module, found));
    if (!found.lifted) continue;
    used.add(name);
    const { notebook, module: made } = found.lifted;
    lifted.push({ path, entry, notebook, module: { path: module, text: made } });
  }
  return { lifted, notes };
}

/** As many as are told one by one. */
const MOST = 8;

function notesOf(path: string, module: string, { lifted, stays, runs }: LiftOf): string[] {
  const where = lifted ? module : `a module such as ${module}`;
  return [
    ...(lifted
      ? [
          `${path}: ${lifted.names.join(', ')} ${lifted.names.length === 1 ? 'is' : 'are'} now in ${module}, from where the notebook imports ${lifted.names.length === 1 ? 'it' : 'them'}: the package must be installed where it runs (make setup).`,
        ]
      : [`${path} defines no function that a module could hold, so none of it is lifted.`]),
    ...folded(
      stays.map((one) => staysNote(path, where, one)),
      path,
    ),
    ...folded(
      runs.map((one) => runsNote(path, where, one)),
      path,
    ),
  ];
}

function staysNote(path: string, where: string, { number, line, name, needs }: Stays): string {
  const why = needs.length
    ? `it uses ${needs.join(', ')}, which only the running notebook gives it: make ${needs.length === 1 ? 'it a parameter' : 'them parameters'}, or define ${needs.length === 1 ? 'it' : 'them'} beside it, and move it to ${where}`
    : `it is bound more than once, or holds what only a notebook can run: tidy it, and move it to ${where}`;
  return `${path}, code cell ${number}: ${name ?? `\`${line}\``} stays, since ${why}.`;
}

function runsNote(path: string, where: string, { number, does, line }: Runs): string {
  const what =
    does === 'trains'
      ? 'Put its statements into a function there, which takes the data and returns the model'
      : 'Put its statements into a function there';
  return `${path}, code cell ${number} ${does} (\`${line.slice(0, 80)}\`) and stays, as it is no function: ${what.charAt(0).toLowerCase()}${what.slice(1).replace('there', `of ${where}`)}.`;
}

function folded(notes: string[], path: string): string[] {
  const more = notes.length - MOST;
  return more > 0 ? [...notes.slice(0, MOST), `${path}: ${more} more cells like these.`] : notes;
}
