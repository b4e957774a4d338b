import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { kindAt } from '../merge/look.js';
import { textOf } from '../render/tree.js';
import { type Code, codeOf } from './map/code.js';
import { dataFiles } from './map/data.js';
import { type Candidate, scorers, testers, trainers } from './map/roles.js';
import { LARGEST_NOTEBOOK, tooLarge, whyUnread } from './map/unread.js';
import { readTeam, type teamPaths } from './team.js';

/** What is in a repository that azmlops did not write, as its files tell. */
export interface Seen {
  /** Files that may say something, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly code: readonly Code[];
  /** Notebooks that cannot be read, each with why, as the end of a sentence. */
  readonly unread: ReadonlyMap<string, string>;
  readonly trains: readonly Candidate[];
  readonly scores: readonly Candidate[];
  readonly tests: readonly Candidate[];
  readonly data: readonly Candidate[];
}

/** So much is read; a repository of models and images has far more that says nothing. */
const MOST = { files: 3000, bytes: 1024 * 1024, notebook: LARGEST_NOTEBOOK } as const;

const TELLS =
  /\.(py|ipynb|ya?ml|toml|sh|ps1|json)$|(^|\/)(CODEOWNERS|Makefile|\.python-version|\.env\.example)$/;
const FOREIGN = /(^|\/)(node_modules|site-packages|\.venv|venv|vendor|\.git)\//;

/** Tests, samples and documents name workspaces of nobody. */
export const isExample = (path: string): boolean => /(^|\/)(tests?|samples?|examples?|docs?)\//.test(path);

export async function seeRepository(dir: string, team: Awaited<ReturnType<typeof teamPaths>>): Promise<Seen> {
  const telling = [...team].filter(
    ([path, { mode }]) => mode !== '120000' && TELLS.test(path) && !FOREIGN.test(path),
  );
  const large = new Set(telling.flatMap(([path]) => (fits(dir, path) ? [] : [path])));
  const tree = await readTeam(
    dir,
    team,
    telling
      .map(([path]) => path)
      .filter((path) => !large.has(path))
      .slice(0, MOST.files),
  );
  const texts = new Map(
    [...tree].flatMap(([path, { content }]): [string, string][] => {
      const text = textOf(content);
      return text === undefined ? [] : [[path, text]];
    }),
  );
  const code = [...texts].flatMap(([path, text]) =>
    /\.(py|ipynb)$/.test(path) ? (codeOf(path, text) ?? []) : [],
  );
  const read = new Set(code.map(({ path }) => path));
  const unread = new Map<string, string>();
  for (const [path, { content }] of tree)
    if (path.endsWith('.ipynb') && !read.has(path)) unread.set(path, whyUnread(path, content));
  for (const path of large) if (path.endsWith('.ipynb')) unread.set(path, tooLarge(path));
  const trains = trainers(code);
  const isFile = (path: string) => kindAt(dir, path) === 'file';
  return {
    texts,
    code,
    unread,
    trains,
    scores: scorers(code),
    tests: testers(texts),
    data: dataFiles(code, trains[0]?.path, team.keys(), isFile),
  };
}

/** Looked up on disk, which knows the size without reading it. */
function fits(dir: string, path: string): boolean {
  const size = lstatSync(join(dir, path), { throwIfNoEntry: false })?.size ?? 0;
  return size <= (path.endsWith('.ipynb') ? MOST.notebook : MOST.bytes);
}
