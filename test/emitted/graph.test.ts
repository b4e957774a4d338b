import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Tree, trees } from '../support/trees.js';
import {
  type Concurrency,
  environmentOf,
  jobsOf,
  type Node,
  type Step,
  type Workflow,
  workflowsOf,
} from './act/graph.js';

// What stands before production, in the job graph of every tree, called workflows included. The check is proven by
// taking out one edge after the other, in memory.

/** What a release goes through, and what each of its jobs waits for itself: not by way of another job. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  promote: [],
  test: ['promote'],
  'model-tests': ['promote', 'test'],
  fairness: ['promote', 'test'],
  staging: ['promote'],
  smoke: ['promote', 'staging'],
  integration: ['promote', 'staging'],
  guard: ['promote'],
};
const CHECKS = ['staging', 'smoke', 'model-tests', 'fairness', 'integration'];
/** The job that leads to production, by the gate. */
const LAST = { reviewers: 'production', 'pull-request': 'propose', typed: 'ready' } as const;

interface Repository {
  gate: Tree['gate'];
  workflows: Record<string, Workflow>;
  /** Steps of the action that asks GitHub what a run tested. */
  asks: Step[];
}

function repositoryOf(tree: Tree): Repository {
  const action = readFileSync(join(tree.dir, '.github/actions/gate/action.yml'), 'utf8');
  return {
    gate: tree.gate,
    workflows: workflowsOf(tree.dir),
    asks: (parse(action) as { runs: { steps: Step[] } }).runs.steps,
  };
}

/** What is wrong with the way to production; nothing if it is as it must be. */
function problems({ gate, workflows, asks }: Repository): string[] {
  const found: string[] = [];
  const release = jobsOf(workflows, 'release');
  const job = (nodes: readonly Node[], path: string): Node | undefined => {
    const node = nodes.find((one) => one.path === path);
    if (!node) found.push(`there is no job ${path}`);
    return node;
  };
  const wait = (node: Node | undefined, needed: readonly string[]): void => {
    for (const need of needed)
      if (node && !node.after.includes(need)) found.push(`${node.path} does not wait for ${need}`);
    if (node && unconditional(node)) found.push(`${node.path} runs whatever became of what it waits for`);
    if (node?.['continue-on-error'] ?? node?.steps?.some((step) => step['continue-on-error']))
      found.push(`${node?.path} may fail without stopping anything`);
  };
  for (const [path, needed] of Object.entries(NEEDS))
    if (path !== 'guard' || gate === 'reviewers') wait(job(release, path), needed);
  wait(job(release, LAST[gate]), ['promote', ...CHECKS, ...(gate === 'reviewers' ? ['guard'] : [])]);
  const place = (nodes: readonly Node[], path: string, wanted: string): void => {
    const node = job(nodes, path);
    wait(node, []);
    if (node && environmentOf(node) !== wanted) found.push(`${path} is not in the environment ${wanted}`);
  };
  place(release, 'staging.deploy', 'staging');
  place(release, 'smoke', 'staging');
  place(release, 'integration', 'staging');

  // Training hands over to the same jobs, and only after the gate's verdict.
  wait(job(jobsOf(workflows, 'train'), 'release'), ['azure']);
  if (gate === 'reviewers') place(release, 'production.deploy', 'production');
  else {
    const production = jobsOf(workflows, 'production');
    wait(job(production, 'production'), ['verify']);
    place(production, 'production.deploy', 'production');
    const verify = job(production, 'verify');
    if (
      !verify?.steps?.some(
        ({ uses, if: only }) => uses === './.github/actions/gate' && !/always|failure/.test(String(only)),
      )
    )
      found.push('verify does not ask what the run tested');
    const text = asks.map(({ run }) => run ?? '').join('\n');
    // The names that GitHub gives the jobs, as far as they do not depend on the version.
    for (const path of CHECKS) {
      const node = job(release, path === 'staging' ? 'staging.deploy' : path);
      const name = node?.names
        .join(' / ')
        .replace(/\$\{\{ *needs\.promote\.outputs\.version *\}\}/g, '$VERSION');
      if (name !== undefined && !text.includes(`"${name}"`)) found.push(`nobody asks for "${name}"`);
    }
  }
  // Nothing else deploys to production than what was looked at, a way back, and a test that the gate lets through.
  for (const workflow of Object.keys(workflows))
    for (const node of jobsOf(workflows, workflow))
      if (environmentOf(node) === 'production' && !KNOWN.includes(`${workflow}: ${node.path}`))
        found.push(`${workflow}: ${node.path} reaches production`);
  for (const [name, group] of groupsOf(workflows)) {
    if (EQUIVALENT.includes(group.group) || /run_id|\.sha\b/.test(group.group)) continue;
    if (group['cancel-in-progress'] !== false) found.push(`${name} is cut off by the next one`);
    if (group.queue !== 'max') found.push(`${name} is cancelled while it waits, by a third one`);
  }
  return found;
}

/** Where the newest run that waits does what the ones before it would have done. */
const EQUIVALENT = ['data', 'azmlops', 'propose'];

/** Groups of concurrency by workflow and job. */
const groupsOf = (workflows: Repository['workflows']): [string, Concurrency][] =>
  Object.entries(workflows).flatMap(([file, workflow]) =>
    [['', workflow] as const, ...Object.entries(workflow.jobs)].flatMap(([id, { concurrency }]) =>
      typeof concurrency === 'object' ? [[`${file} ${id}`, concurrency] as [string, Concurrency]] : [],
    ),
  );

const KNOWN = [
  'release: production.deploy',
  'train: release.production.deploy',
  'production: production.deploy',
  'rollback: production.deploy',
  'ab-test: start',
  'ab-test: stop',
  'release-app: release',
];

/** A job whose condition holds although something before it failed. */
const unconditional = ({ conditions }: Node): boolean =>
  conditions.some((condition) => /\b(always|failure|cancelled)\s*\(/.test(condition));

interface Edge {
  name: string;
  cut: (repository: Repository) => void;
}

/** Every edge before production, as something to take out. */
function edges({ gate, workflows }: Repository): Edge[] {
  const before = (workflow: string, last: string): Edge[] => {
    const own = workflows[workflow]?.jobs ?? {};
    const seen = new Set<string>();
    const visit = (id: string): void => {
      if (seen.has(id)) return;
      seen.add(id);
      [own[id]?.needs ?? []].flat().forEach(visit);
    };
    visit(last);
    return [...seen].flatMap((id) =>
      [own[id]?.needs ?? []].flat().map((need) => ({
        name: `${workflow}: ${id} needs ${need}`,
        cut: (repository: Repository) => {
          const job = repository.workflows[workflow]?.jobs[id];
          if (job) job.needs = [job.needs ?? []].flat().filter((one) => one !== need);
        },
      })),
    );
  };
  const asked = gate === 'reviewers' ? [] : CHECKS;
  return [
    ...before('release', LAST[gate]),
    ...before('train', 'release'),
    ...(gate === 'reviewers' ? [] : before('production', 'production')),
    ...asked.map((path) => ({
      name: `the gate asks for ${path}`,
      cut: (repository: Repository) => {
        const names: Record<string, string> = {
          staging: 'Staging of version $VERSION / Deploy',
          smoke: 'Smoke test of version $VERSION',
          'model-tests': 'Model tests of version $VERSION',
          fairness: 'Fairness of version $VERSION',
          integration: 'Integration tests of version $VERSION',
        };
        for (const step of repository.asks) if (step.run) step.run = step.run.replace(`"${names[path]}"`, '');
      },
    })),
    ...['smoke', 'integration'].map((id) => ({
      name: `release: ${id} is in its environment`,
      cut: (repository: Repository) => {
        delete repository.workflows.release?.jobs[id]?.environment;
      },
    })),
    ...groupsOf(workflows).flatMap(([name, { queue }], place) =>
      queue === undefined
        ? []
        : [
            {
              name: `${name} is not lost while it waits`,
              cut: (repository: Repository) => {
                delete groupsOf(repository.workflows)[place]?.[1].queue;
              },
            },
          ],
    ),
    {
      name: 'deploy: it is in its environment',
      cut: (repository: Repository) => {
        delete repository.workflows.deploy?.jobs.deploy?.environment;
      },
    },
    ...Object.keys(NEEDS)
      .filter((id) => id in (workflows.release?.jobs ?? {}))
      .map((id) => ({
        name: `release: ${id} stops what waits for it`,
        cut: (repository: Repository) => {
          const job = repository.workflows.release?.jobs[id];
          if (job) job['continue-on-error'] = true;
        },
      })),
    {
      name: `release: ${LAST[gate]} does not run after a failure`,
      cut: (repository: Repository) => {
        const job = repository.workflows.release?.jobs[LAST[gate]];
        if (job) job.if = '!cancelled()';
      },
    },
  ];
}

describe('the way to production', () => {
  const all = (): Tree[] => trees(({ level, length }) => level >= 3 && length === 'short');

  it('goes through staging, smoke test, model tests, fairness and integration tests, in every tree', () => {
    expect(all().length).toBeGreaterThan(0);
    for (const tree of all()) expect(problems(repositoryOf(tree)), tree.id).toEqual([]);
  });

  it('cannot lose an edge without being found out', () => {
    for (const tree of all()) {
      const whole = repositoryOf(tree);
      const there = edges(whole);
      expect(there.length, tree.id).toBeGreaterThan(15);
      for (const { name, cut } of there) {
        const repository = structuredClone(whole);
        cut(repository);
        expect(problems(repository), `${tree.id}: without "${name}"`).not.toEqual([]);
      }
    }
  });
});
