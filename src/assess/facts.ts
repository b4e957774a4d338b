import { assetsOf } from './assets/index.js';
import { githubChains } from './github/chains.js';
import { githubNotes } from './github/notes.js';
import { mayRequest } from './github/requests.js';
import { follower } from './hops/follower.js';
import { personChains } from './people.js';
import { azurePipelinesChains, pipelinesNotes } from './pipelines/chains.js';
import { pythonFacts } from './python/facts.js';
import type { Matters } from './rules/classify.js';
import { scheduleChains } from './schedules.js';
import type { Chain, Facts, Files, PythonFacts } from './types.js';

/** Systems whose files are known and not read. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)\.gitlab-ci\.ya?ml$/, 'GitLab CI'],
  [/(?:^|\/)Jenkinsfile(?:\.\w+)?$/, 'Jenkins'],
  [/^\.circleci\/config\.ya?ml$/, 'CircleCI'],
  [/(?:^|\/)bitbucket-pipelines\.ya?ml$/, 'Bitbucket Pipelines'],
  [/^\.drone\.ya?ml$/, 'Drone'],
  [/^\.travis\.ya?ml$/, 'Travis CI'],
  [/^\.buildkite\/[^/]+\.ya?ml$/, 'Buildkite'],
];

/** Frameworks that start the functions of a program themselves, which is not followed. */
const FLOWS: Readonly<Record<string, string>> = {
  metaflow: 'Metaflow',
  zenml: 'ZenML',
  kedro: 'Kedro',
  prefect: 'Prefect',
  dagster: 'Dagster',
  airflow: 'Airflow',
  flytekit: 'Flyte',
  kfp: 'Kubeflow Pipelines',
};
const IMPORTS_FLOW = new RegExp(`^[ \\t]*(?:from|import)[ \\t]+(${Object.keys(FLOWS).join('|')})\\b`, 'm');

/** What readers here ask of any command, besides what starts a workflow. */
const ASKED = /\baz (?:ml|pipelines)\b/;

/**
 * What the files show: assets, Python and chains, each read when it is first asked for.
 *
 * @param matters whether a command or a call of Python, by its text, is worth an act; without it all are
 */
export function factsOf(files: Files, matters?: Matters): Facts {
  const known = new Map<string, PythonFacts>();
  const python = (path: string): PythonFacts => {
    const facts = known.get(path) ?? pythonFacts(path, files.text(path) ?? '');
    known.set(path, facts);
    return facts;
  };
  const once = <T>(make: () => T): (() => T) => {
    let made: { readonly value: T } | undefined;
    return () => (made ??= { value: make() }).value;
  };
  const assets = once(() => assetsOf(files));
  const chains = once((): readonly Chain[] => {
    const follow = follower(
      files,
      assets(),
      python,
      matters && ((kind, text) => matters(kind, text) || ASKED.test(text) || mayRequest(text)),
    );
    const automatic = [...githubChains(files, follow), ...azurePipelinesChains(files, follow)];
    const all = [...automatic, ...personChains(files, automatic, follow, python)];
    return [...all, ...scheduleChains(assets(), all, follow)];
  });
  const notes = once(() => [
    ...files.notes,
    ...OTHERS.flatMap(([pattern, name]) => {
      const path = files.paths.find((one) => pattern.test(one));
      return path === undefined ? [] : [`${path} is of ${name}, which is not read here.`];
    }),
    ...bundlesIn(files),
    ...flowsIn(files),
    ...githubNotes(files),
    ...pipelinesNotes(files),
  ]);
  return {
    files,
    python,
    get assets() {
      return assets();
    },
    get chains() {
      return chains();
    },
    get notes() {
      return notes();
    },
    pythonPaths: files.paths.filter((path) => path.startsWith(files.within) && /\.(?:py|ipynb)$/.test(path)),
  };
}

function bundlesIn(files: Files): string[] {
  const path = files.paths.find(
    (one) => one.startsWith(files.within) && /(?:^|\/)databricks\.ya?ml$/.test(one),
  );
  return path === undefined
    ? []
    : [`What the jobs of the Databricks bundle ${path} run, and when, is not followed.`];
}

function flowsIn(files: Files): string[] {
  const found = new Map<string, string>();
  for (const path of files.paths) {
    if (!path.startsWith(files.within) || !path.endsWith('.py')) continue;
    const [, framework] = IMPORTS_FLOW.exec(files.text(path) ?? '') ?? [];
    if (framework !== undefined && !found.has(framework)) found.set(framework, path);
  }
  return [...found].map(([framework, path]) => `What ${FLOWS[framework]} starts in ${path} is not followed.`);
}
