import { type Document, jobsOf, type Mapping, texts } from './workflow.js';

export interface Ordered {
  readonly id: string;
  readonly job: Mapping;
  readonly needs: readonly string[];
  /** All that it needs, and what those need in turn. */
  readonly ancestors: ReadonlySet<string>;
}

const MOST_JOBS = 500;

/** The jobs of a workflow, each after those that it needs; what waits for itself, or for no job, is left out. */
export function orderOf(document: Document): Ordered[] {
  const left = new Map(
    jobsOf(document)
      .slice(0, MOST_JOBS)
      .map(([id, job]) => [id, { job, needs: [...new Set(texts(job.needs))] }]),
  );
  const done = new Map<string, Ordered>();
  for (let before = -1; before !== done.size;) {
    before = done.size;
    for (const [id, { job, needs }] of left) {
      if (!needs.every((need) => done.has(need))) continue;
      const ancestors = new Set(needs.flatMap((need) => [...(done.get(need)?.ancestors ?? []), need]));
      done.set(id, { id, job, needs, ancestors });
      left.delete(id);
    }
  }
  return [...done.values()];
}

/** Why GitHub refuses a workflow as a whole; undefined when it does not. */
export function refusalOf(document: Document): string | undefined {
  const jobs = jobsOf(document);
  if (!jobs.length) return 'it has no jobs';
  const ids = new Set(jobs.map(([id]) => id));
  for (const [id, job] of jobs) {
    const missing = texts(job.needs).find((need) => !ids.has(need));
    if (missing !== undefined) return `GitHub refuses it: the job ${id} needs ${missing}, which is not there`;
  }
  return orderOf(document).length < Math.min(jobs.length, MOST_JOBS)
    ? 'GitHub refuses it: its jobs need each other'
    : undefined;
}
