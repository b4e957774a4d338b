import { posix } from 'node:path';
import type { Follow, Reached } from './hops/follow.js';
import { targetsOf } from './hops/make.js';
import type { Chain, Files, Place, PythonFacts } from './types.js';

/** What a script must mention to be worth following: all that rules ask of what a person does. */
const OF_INTEREST =
  /\baz\b|azure|mlflow|\bdvc\b|databricks|\.fit\w*\(|\.train\(|torch|keras|tensorflow|xgboost|lightgbm|sklearn|joblib|pickle/i;
const RECIPE =
  /\b(?:az|python[\d.]*|uv|poetry|conda|dvc|mlflow|pytest|papermill|jupyter|docker|kubectl)\b|\.(?:sh|py)\b|\$\([A-Z_]*PY[A-Z_]*\)/;
const MOST = 300;

/**
 * Scripts, make targets, notebooks and Python programs that nothing automatic reaches: each is a chain that a person
 * starts. What another of them starts is no chain of its own.
 */
export function personChains(
  files: Files,
  automatic: readonly Chain[],
  follow: Follow,
  python: (path: string) => PythonFacts,
): readonly Chain[] {
  const reached = new Set<string>();
  for (const chain of automatic) note(chain, reached);
  const chains: Chain[] = [];
  const add = (path: string, line: number, name: string, acts: readonly Reached[]): void => {
    const chain: Chain = {
      ...{ system: 'person', path, line, name },
      started: [{ by: 'person', path, line }],
      jobs: [{ id: name, environment: '', after: [], acts: acts.map((act, step) => ({ ...act, step })) }],
    };
    note(chain, reached);
    chains.push(chain);
  };
  const own = files.paths.filter((path) => path.startsWith(files.within) && !HIDDEN.test(path));
  const texts = (pattern: RegExp) => own.filter((path) => pattern.test(path)).slice(0, MOST);

  const made = wordsBefore(automatic);
  for (const path of texts(/(?:^|\/)(?:GNU)?[Mm]akefile$/))
    for (const { name, line, recipe } of targetsOf(files, path)) {
      if (!RECIPE.test(recipe) || made.get(path)?.has(name)) continue;
      add(path, line, `make ${name}`, shell(follow, `make ${name}`, { path, line }, posix.dirname(path)));
    }
  for (const path of texts(/\.(?:sh|bash|ps1|cmd|bat)$/)) {
    const text = files.text(path) ?? '';
    if (reached.has(path) || !OF_INTEREST.test(text)) continue;
    const language = path.endsWith('.ps1') ? 'powershell' : 'shell';
    // Scripts are run from the root, as their READMEs say, unless they change the folder themselves.
    add(
      path,
      1,
      path,
      follow.script({ text, language, at: { path, line: 1 }, dir: folderOf(files), env: {}, way: [] }),
    );
  }
  for (const path of texts(/\.(?:ipynb|py)$/)) {
    if (reached.has(path) || !OF_INTEREST.test(files.text(path) ?? '')) continue;
    if (path.endsWith('.py') && !isProgram(python(path))) continue;
    add(path, 1, path, follow.python(path, [], { dir: folderOf(files), env: {} }));
  }
  return chains;
}

/** Tests and vendored code are no programs of the team's. */
const HIDDEN =
  /(?:^|\/)(?:tests?|node_modules|vendor|third_party|\.venv|venv|site-packages)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/;

const folderOf = ({ within }: Files): string => within.replace(/\/$/, '');

const shell = (follow: Follow, text: string, at: Place, folder: string): Reached[] =>
  follow.script({ text, language: 'shell', at, dir: folder === '.' ? '' : folder, env: {}, way: [] });

function note({ jobs }: Chain, reached: Set<string>): void {
  for (const { acts } of jobs)
    for (const { path, way, off } of acts) {
      if (off) continue;
      reached.add(path);
      for (const hop of way) reached.add(hop.path);
    }
}

/** Words of the hops that lead to what each file does, such as the targets of a Makefile that something makes. */
function wordsBefore(chains: readonly Chain[]): ReadonlyMap<string, ReadonlySet<string>> {
  const words = new Map<string, Set<string>>();
  for (const { jobs } of chains)
    for (const { acts } of jobs)
      for (const { path, way, off } of acts) {
        if (off || !/akefile$/.test(path)) continue;
        const known = words.get(path) ?? new Set();
        words.set(path, known);
        for (const { as } of way) for (const word of as.split(/\s+/)) known.add(word);
      }
  return words;
}

/** Something that is run: it has a main part, or calls something when it is imported that is no definition's. */
const isProgram = ({ strings, calls, path }: PythonFacts): boolean =>
  path.endsWith('__main__.py') ||
  strings.some(({ text, within }) => text === '__main__' && within === '') ||
  calls.some(
    ({ within, name }) =>
      within === '' &&
      /\.(?:fit|submit|create_or_update|begin_create_or_update|register|log_\w+)$/.test(name),
  );
