import type { Job } from '../types.js';

const signatures = new WeakMap<Job, string>();

/** Marks a job, so that two with equal marks are known to be equal without a look at all their acts. */
export function signed(job: Job, acts: string): Job {
  signatures.set(job, [job.id, job.environment, job.after.join(','), acts].join('\n'));
  return job;
}

/** Equal for equal jobs. */
export function signatureOf(jobs: readonly Job[]): string {
  return jobs.map((job) => signatures.get(job) ?? JSON.stringify(job)).join('\n\n');
}
