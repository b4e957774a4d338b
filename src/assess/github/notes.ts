import { onceOf } from '../once.js';
import type { Files } from '../types.js';
import { shortened } from './scope.js';
import { Documents, isWorkflow, jobsOf } from './workflow.js';

const MOST_NAMED = 3;

/** Workflows of other repositories that those of this one call: they cannot be read. */
export const calledElsewhere = onceOf(
  (files: Files): ReadonlySet<string> =>
    new Set(
      new Documents(files)
        .workflows()
        .flatMap((document) =>
          jobsOf(document).flatMap(([, { uses }]) =>
            typeof uses === 'string' && !/^(?:\.\/|\$\/)/.test(uses) ? [shortened(uses)] : [],
          ),
        ),
    ),
);

/** What of GitHub Actions cannot be followed or never runs: one sentence each. */
export function githubNotes(files: Files): string[] {
  const nested = files.paths.filter(
    (path) => !isWorkflow(path) && /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path),
  );
  const documents = new Documents(files).workflows();
  return [
    ...(nested.length
      ? [
          `${some(nested)} never ${nested.length > 1 ? 'run' : 'runs'}: GitHub reads workflows only in .github/workflows at the root.`,
        ]
      : []),
    ...[...calledElsewhere(files)]
      .slice(0, 20)
      .map((uses) => `What ${uses} does is in another repository and was not seen.`),
    ...documents.flatMap(({ path, error }) =>
      error === undefined ? [] : [`${path} is no workflow that GitHub would run: ${shortened(error)}.`],
    ),
  ];
}

function some(paths: readonly string[]): string {
  const named = paths.slice(0, MOST_NAMED).join(', ');
  return paths.length > MOST_NAMED ? `${named} and ${paths.length - MOST_NAMED} more` : named;
}
