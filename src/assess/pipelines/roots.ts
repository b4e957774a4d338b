import { onceOf } from '../once.js';
import type { Files } from '../types.js';
import { isRecord, type Source, sourceOf } from './node.js';
import { templatePath } from './scope.js';

/** The Azure Pipelines of a repository: those that can be started, and what they take from elsewhere. */
export interface Roots {
  readonly roots: readonly Source[];
  /** Templates of other repositories, as they are named. */
  readonly elsewhere: readonly string[];
}

/** Pipelines are found by their shape; one that no other includes is started by itself. */
export const rootsOf = onceOf(find);

/** Where teams keep them, and how they name them. */
const NAMED =
  /(^|\/)(\.azuredevops|\.ado|\.pipelines?|\.?azure-?pipelines?|ado|pipelines?|devops|\.devops|\.vsts|\.azure)\/|(^|\/)[^/]*(azure-pipelines?|[.-]pipelines?|\.vsts-ci)[^/]*\.ya?ml$|(^|\/)(pipeline|ci|cd|build|release)\.ya?ml$/i;
const TEMPLATE = /(^|\/)[^/]*templates?\/|[^/]*template[^/]*\.ya?ml$|(^|\/)(steps|jobs|stages|variables)\//i;

function find(files: Files): Roots {
  const sources = files.paths
    .filter((path) => /\.ya?ml$/i.test(path) && !/(^|\/)(\.github|node_modules)\//.test(path))
    .filter((path) => maySay(files.text(path) ?? ''))
    .flatMap((path) => sourceOf(files, path) ?? [])
    .filter(isPipeline);
  const included = new Set<string>();
  const elsewhere = new Set<string>();
  for (const { path } of sources) {
    for (const [, named = ''] of (files.text(path) ?? '').matchAll(
      /^[\s-]*template:[ \t]*["']?([^\s"'#]+)/gm,
    )) {
      const to = templatePath(path, named);
      if (to === undefined) elsewhere.add(named);
      else if (to !== path) included.add(to);
    }
  }
  const roots = sources.filter((source) => !included.has(source.path) && isStarted(source));
  return { roots, elsewhere: [...elsewhere] };
}

/** Before anything is parsed; Azure ML's own pipelines have `jobs:` too. */
const maySay = (text: string): boolean =>
  /^(steps|jobs|stages|extends)\s*:/m.test(text) &&
  /\$\{\{|\b(stage|job|deployment|task|script|bash|pwsh|powershell|template|checkout|download|publish)\s*:/.test(
    text,
  ) &&
  !/^\$schema\s*:/m.test(text);

const STEP = ['script', 'bash', 'pwsh', 'powershell', 'task', 'checkout', 'download', 'publish', 'template'];
const KEYS: Readonly<Record<'steps' | 'jobs' | 'stages', readonly string[]>> = {
  steps: STEP,
  jobs: ['job', 'deployment', 'template'],
  stages: ['stage', 'template'],
};

/** Other systems have these words too: GitLab lists names of stages, Azure ML maps its jobs, Cloud Build names images. */
function isPipeline({ path, value }: Source): boolean {
  const document = value as Readonly<Record<string, unknown>>;
  if (/(^|\/)(cloudbuild|\.gitlab-ci|bitbucket-pipelines|docker-compose)[^/]*\.ya?ml$/i.test(path))
    return false;
  if ('$schema' in document || 'runs' in document || 'on' in document) return false;
  if (isRecord(document.extends)) return typeof document.extends.template === 'string';
  return (['stages', 'jobs', 'steps'] as const).some((key) => {
    const list = document[key];
    return (
      Array.isArray(list) &&
      list.some(
        (each) =>
          isRecord(each) &&
          Object.keys(each).some((word) => KEYS[key].includes(word) || word.startsWith('${{')),
      )
    );
  });
}

/** A template that nothing includes starts nothing: a pipeline says so, or lies where pipelines lie. */
function isStarted({ path, value }: Source): boolean {
  const document = value as Readonly<Record<string, unknown>>;
  if (['trigger', 'pr', 'schedules', 'resources', 'extends'].some((key) => key in document)) return true;
  // Templates may have parameters as a mapping; pipelines have a list.
  if (isRecord(document.parameters) || TEMPLATE.test(path)) return false;
  return NAMED.test(path) || 'pool' in document;
}
