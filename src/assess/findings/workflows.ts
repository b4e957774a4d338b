import { mapping } from '../yaml.js';
import { type Found, type Kind, type Look, type Mapping, stepsIn } from './look.js';

/** Owners whose tags Microsoft and GitHub guard; all others are strangers. */
const FIRST_PARTY = /^(actions|github|azure|microsoft)\//i;

const STRANGER =
  /\$\{\{[^}]*\bgithub\.(head_ref|event\.(issue|pull_request|comment|review|discussion|head_commit|commits|pages|workflow_run)\b[^}]*\.(title|body|message|name|email|ref|label|head_branch|page_name|default_branch))\b/;

const usesIn = (look: Look): { uses: string; found: Found }[] =>
  look.workflows.flatMap(({ path, document, top }) => {
    const calls = Object.entries(mapping(top.jobs)).map(([name, job]) => ({
      step: mapping(job),
      key: ['jobs', name] as readonly (string | number)[],
    }));
    return [...stepsIn(top), ...calls].flatMap(({ step, key }) => {
      const { uses } = step;
      if (typeof uses !== 'string' || uses.startsWith('.') || uses.startsWith('docker://')) return [];
      return /@[0-9a-f]{40}$/i.test(uses)
        ? []
        : [{ uses, found: { path, line: document.line([...key, 'uses']) } }];
    });
  });

const byBranch = (uses: string): boolean => !/@v?\d/.test(uses);

const hasOwn = (of: Mapping, key: string): boolean => key in of && of[key] !== null;

const triggers = (on: unknown): string[] =>
  typeof on === 'string' ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(mapping(on));

export const OF_WORKFLOWS: readonly Kind[] = [
  {
    id: 'untrusted-input',
    severity: 'high',
    says: 'text that a stranger writes is put into a script before the shell reads it: who opens an issue or a pull request runs commands here',
    fix: 'Hand it over as a variable: `env: TITLE: ${{ … }}` at the step, and `"$TITLE"` in the script.',
    find: (look) =>
      look.workflows.flatMap(({ path, document, top }) =>
        stepsIn(top).flatMap(({ step, key }) => {
          const script = typeof step.run === 'string' ? step.run : mapping(step.with).script;
          if (typeof script !== 'string' || !STRANGER.test(script)) return [];
          const first = document.line([
            ...key,
            ...(typeof step.run === 'string' ? ['run'] : ['with', 'script']),
          ]);
          const below = script.slice(0, script.search(STRANGER)).split('\n').length;
          return [{ path, line: script.trimEnd().includes('\n') ? first + below : first }];
        }),
      ),
  },
  {
    id: 'pull-request-target',
    severity: 'high',
    says: 'pull_request_target has the secrets of this repository, and this checks out what a stranger proposes',
    fix: 'Start it by `on: pull_request`, or leave out `ref: ${{ github.event.pull_request.head.… }}`.',
    find: (look) =>
      look.workflows.flatMap(({ path, document, top }) => {
        if (!triggers(top.on).includes('pull_request_target')) return [];
        return stepsIn(top).flatMap(({ step, key }) => {
          const ref = mapping(step.with).ref;
          const head = typeof ref === 'string' && /github\.(head_ref|event\.pull_request\.head)/.test(ref);
          const run = typeof step.run === 'string' && /\bgh pr checkout\b/.test(step.run);
          return head || run
            ? [{ path, line: document.line([...key, ...(head ? ['with', 'ref'] : ['run'])]) }]
            : [];
        });
      }),
  },
  {
    id: 'permissions-write-all',
    severity: 'medium',
    says: 'the token of the workflow may write everything in the repository',
    fix: 'Name what it needs: `permissions: { contents: read, id-token: write }`.',
    find: (look) =>
      look.workflows.flatMap(({ path, document, top }) => [
        ...(top.permissions === 'write-all' ? [{ path, line: document.line(['permissions']) }] : []),
        ...Object.entries(mapping(top.jobs)).flatMap(([name, job]) =>
          mapping(job).permissions === 'write-all'
            ? [{ path, line: document.line(['jobs', name, 'permissions']) }]
            : [],
        ),
      ]),
  },
  {
    id: 'permissions-not-declared',
    severity: 'low',
    says: 'the workflow does not say what its token may do, so the settings of the repository decide, and may allow everything',
    fix: 'Write `permissions: { contents: read }` at the top, and more only at the job that needs it.',
    find: (look) =>
      look.workflows.flatMap(({ path, document, top }) => {
        const jobs = Object.values(mapping(top.jobs)).map(mapping);
        return !jobs.length || hasOwn(top, 'permissions') || jobs.every((job) => hasOwn(job, 'permissions'))
          ? []
          : [{ path, line: document.line(['jobs']) }];
      }),
  },
  {
    id: 'unpinned-action',
    severity: 'medium',
    says: 'an action is not pinned by commit: whoever may move its tag or branch runs code here, with the rights of the job',
    fix: 'Write the commit: `uses: OWNER/ACTION@<40 digits> # v1.2.3`; `gh api repos/OWNER/ACTION/commits/v1.2.3 --jq .sha` tells it.',
    find: (look) =>
      usesIn(look).flatMap(({ uses, found }) => (FIRST_PARTY.test(uses) && !byBranch(uses) ? [] : [found])),
  },
  {
    id: 'unpinned-first-party-action',
    severity: 'low',
    says: 'an action of GitHub or Microsoft is pinned by tag, not by commit, and tags can be moved',
    fix: 'Write the commit: `uses: actions/checkout@<40 digits> # v7.0.1`; `gh api repos/actions/checkout/commits/v7.0.1 --jq .sha` tells it.',
    find: (look) =>
      usesIn(look).flatMap(({ uses, found }) => (FIRST_PARTY.test(uses) && !byBranch(uses) ? [found] : [])),
  },
];
