import { loadModel } from '../../../src/levels/load.js';
import type { AssessedRow, Assessment } from '../../../src/assess/types.js';
import { type View, viewOf } from '../../../src/assess/report/view.js';

const model = await loadModel();

const LABELS: Readonly<Record<string, number | null>> = {
  'people.data-scientists': null,
  'people.data-engineers': null,
  'people.software-engineers': null,
  'creation.data': 4,
  'creation.compute': 4,
  'creation.tracking': 4,
  'creation.result': 4,
  'creation.retraining': 3,
  'release.process': 1,
  'release.scoring-script': 4,
  'release.owner': 2,
  'release.rollout': 2,
  'app.expertise': null,
  'app.model-tests': 2,
  'app.code-tests': 2,
  'app.releases': null,
};

/** A repository at level 2 with one row below it; `text` stands wherever a repository's own text may. */
export function assessmentOf(
  more: Partial<Assessment> = {},
  text = 'azureml/pipelines/train.yml',
): Assessment {
  const rows = Object.entries(LABELS).map(([id, holds]): AssessedRow => {
    const row = model.characteristics.find((each) => each.id === id);
    const label = holds === null ? 'cannot be seen' : holds === 4 ? 'met' : holds > 1 ? 'partly' : 'not met';
    const evidence = [{ path: text, line: 12, found: `runs \`az ml job create --file ${text}\` (${text})` }];
    return {
      id,
      label,
      holds,
      evidence: holds ? evidence : [],
      next: holds === null || holds === 4 ? null : (row?.next.find((one) => one !== null) ?? null),
      nearly: holds === 1 ? [{ path: text, line: 3, found: 'the job is switched off (`if: false`)' }] : [],
    };
  });
  return {
    name: 'churn',
    ml: true,
    level: 2,
    dimensions: { creation: 3, release: 1, app: 2 },
    rows,
    definition: [
      { says: 'Tests with a verdict stand before it.', met: true, rows: ['app.model-tests'] },
      { says: 'Staging comes before production.', met: false, rows: ['release.rollout'] },
    ],
    findings: [
      {
        id: 'unpinned-action',
        severity: 'medium',
        path: text,
        line: 9,
        says: `\`${text}\` is named by a tag.`,
        fix: 'Pin it by its commit.',
      },
      {
        id: 'secret',
        severity: 'high',
        path: text,
        line: 4,
        says: 'A secret signs in to Azure.',
        fix: `Sign in with OpenID Connect, see ${text}.`,
      },
    ],
    told: { 'people.data-scientists': { holds: 3, note: text, on: '2026-11-23' } },
    notes: [`${text} is in another repository.`],
    recorded: 3,
    ...more,
  };
}

export const viewWith = (more: Partial<Assessment> = {}, text?: string): View =>
  viewOf(assessmentOf(more, text), model);
