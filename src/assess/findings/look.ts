import type { Facts, Place, Severity } from '../types.js';
import { mapping, readYaml, type YamlDocument } from '../yaml.js';

/** One place of a finding; what it says of itself goes before what its row of the table says. */
export interface Found extends Place {
  readonly severity?: Severity;
  readonly says?: string;
  readonly fix?: string;
}

/** A row of the table. `says` and `fix` are one sentence each; nothing that was found is ever printed in them. */
export interface Kind {
  readonly id: string;
  readonly severity: Severity;
  readonly says: string;
  readonly fix: string;
  find(look: Look): readonly Found[];
}

export interface Line extends Place {
  /** Without its comment. */
  readonly text: string;
}

/** What the rows look at, each part read once. */
export interface Look {
  readonly facts: Facts;
  readonly today: string;
  /** Workflows and actions of GitHub, parsed; composite actions have `runs`. */
  readonly workflows: readonly {
    readonly path: string;
    readonly document: YamlDocument;
    readonly top: Mapping;
  }[];
  /** Lines of what continuous integration runs: workflows, pipelines, shell scripts, make. */
  readonly run: readonly Line[];
  /** Paths of the part that is assessed, and of .github at the root. */
  readonly paths: readonly string[];
  lines(path: string): readonly Line[];
}

export type Mapping = Readonly<Record<string, unknown>>;

/** So many files are read for findings; assess reads the rest only where a chain leads. */
const MOST_FILES = 20_000;

export function lookAt(facts: Facts, today: string): Look {
  const { files } = facts;
  const paths = files.paths
    .filter((path) => path.startsWith(files.within) || path.startsWith('.github/'))
    .filter((path) => !/(^|\/)(node_modules|\.venv|venv|site-packages|vendor)\//.test(path))
    .slice(0, MOST_FILES);
  const read = new Map<string, readonly Line[]>();
  const lines = (path: string): readonly Line[] => {
    const known = read.get(path);
    if (known) return known;
    const found = (files.text(path) ?? '').split('\n').map((text, at) => ({
      path,
      line: at + 1,
      text:
        text.length > 2_000
          ? ''
          : text.includes('#')
            ? text.replace(/(^|\s)#.*$/, '').trimEnd()
            : text.trimEnd(),
    }));
    read.set(path, found);
    return found;
  };
  const workflows = paths
    .filter((path) => /^\.github\/(workflows\/[^/]+|actions\/.*\/action)\.ya?ml$/.test(path))
    .flatMap((path) => {
      const [document] = readYaml(files.text(path) ?? '');
      return document ? [{ path, document, top: mapping(document.value) }] : [];
    });
  const pipelines = new Set(
    facts.chains
      .filter(({ system }) => system === 'azure-pipelines')
      .flatMap((chain) => [chain.path, ...ways(chain.jobs)]),
  );
  const run = paths
    .filter(
      (path) =>
        workflows.some((each) => each.path === path) ||
        (pipelines.has(path) && /\.ya?ml$/.test(path)) ||
        /\.(sh|ps1|cmd|bat)$|(^|\/)(GNU)?[Mm]akefile$/.test(path),
    )
    .flatMap(lines);
  return { facts, today, workflows, run, paths, lines };
}

const ways = (jobs: Facts['chains'][number]['jobs']): string[] =>
  jobs.flatMap(({ acts }) => acts.flatMap((act) => [act.path, ...act.way.map((hop) => hop.path)]));

/** Steps of all jobs of a workflow, or of an action, with the keys that lead to them. */
export function stepsIn(top: Mapping): { step: Mapping; key: readonly (string | number)[]; job: Mapping }[] {
  const of = (job: Mapping, key: readonly (string | number)[]) =>
    (Array.isArray(job.steps) ? job.steps : []).map((step: unknown, at) => ({
      step: mapping(step),
      key: [...key, 'steps', at],
      job,
    }));
  return [
    ...Object.entries(mapping(top.jobs)).flatMap(([name, job]) => of(mapping(job), ['jobs', name])),
    ...of(mapping(top.runs), ['runs']),
  ];
}

/** The lines of a text that match. */
export const matching = (lines: readonly Line[], pattern: RegExp): Found[] =>
  lines.filter(({ text }) => pattern.test(text)).map(({ path, line }) => ({ path, line }));
