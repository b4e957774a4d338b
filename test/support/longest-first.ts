import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files of test/emitted that take about a minute or more, the longest first: whoever begins with them does not wait for one of them at
 * the end with the other core idle. Vitest knows the times of the last run only, and a clean clone has none.
 */
const LONG = [
  'as-told-classification',
  'live-runs',
  'own-data',
  'rollout-faults',
  'release-runs',
  'scripts',
  'workflow-runs',
  'loop',
  'mutations',
  'gate-runs',
  'as-told-regression',
  'operations-runs',
  'azure',
  'evidence',
  'adopted',
  'upgraded',
  'workflows',
  'types',
  'by-hand',
  'hostile-runs',
  'rollout-runs',
];

/** Vitest's own order, but for the files that are known to be long. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification): number => {
      const found = project.name === 'emitted' ? LONG.indexOf(basename(moduleId, '.test.ts')) : -1;
      return found === -1 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
