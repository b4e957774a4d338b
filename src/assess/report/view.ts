import type { Characteristic, Level, Model } from '../../levels/model.js';
import type { AssessedRow, Assessment, Finding, Severity, Told } from '../types.js';

/** A row of the assessment beside what the model says of it. */
export interface RowView extends AssessedRow {
  /** The last part of its id in words: `release.scoring-script` is "Scoring script". */
  readonly title: string;
  /** The statement of the model that is shown to hold; undefined when none is. */
  readonly statement: string | undefined;
  readonly told: Told | undefined;
}

export interface DimensionView {
  readonly id: string;
  readonly name: string;
  readonly counted: boolean;
  /** Of a dimension that is not counted the lowest that was told; null when nothing is known. */
  readonly level: number | null;
  readonly rows: readonly RowView[];
  /** The rows that its level is the lowest of, while it is not the highest. */
  readonly back: readonly RowView[];
}

export interface View {
  readonly assessment: Assessment;
  readonly dimensions: readonly DimensionView[];
  readonly level: Level | undefined;
  readonly next: Level | undefined;
  /** Rows below the level that the repository is at all the same. */
  readonly gaps: readonly RowView[];
  /** The worst first, then by path and line. */
  readonly findings: readonly Finding[];
  /** The same, but those that say the same are told once. */
  readonly alike: readonly Alike[];
  readonly notes: readonly string[];
}

/** Findings that differ in their place only. */
export interface Alike extends Pick<Finding, 'severity' | 'says' | 'fix'> {
  /** `path:line`; after another of the same file, `:line`. */
  readonly places: readonly string[];
}

const WORST: readonly Severity[] = ['high', 'medium', 'low'];
const HIGHEST = 4;

/** What all reports show, in the order of the model. */
export function viewOf(assessment: Assessment, model: Model): View {
  const { level, findings, told, recorded, notes } = assessment;
  const rows = assessment.rows.map((row) => rowView(row, model, told));
  const dimensions = model.dimensions.map(({ id, name, counted }): DimensionView => {
    const of = (row: RowView) => model.characteristics.find((each) => each.id === row.id)?.dimension === id;
    const own = rows.filter(of);
    const lowest = counted
      ? (assessment.dimensions[id as keyof Assessment['dimensions']] ?? null)
      : lowestOf(own.flatMap((row) => row.told?.holds ?? []));
    const holds = (row: RowView) => (counted ? row.holds : (row.told?.holds ?? null));
    const back = lowest === null || lowest >= HIGHEST ? [] : own.filter((row) => holds(row) === lowest);
    return { id, name, counted, level: lowest, rows: own, back };
  });
  const sorted = [...findings].sort(
    (a, b) =>
      WORST.indexOf(a.severity) - WORST.indexOf(b.severity) ||
      Number(a.path > b.path) - Number(a.path < b.path) ||
      a.line - b.line,
  );
  const differs =
    recorded !== null && level !== null && recorded !== level
      ? [`.azmlops.yml says level ${recorded}; what is seen is level ${level}.`]
      : [];
  return {
    assessment,
    dimensions,
    level: level === null ? undefined : model.levels[level],
    next: level === null ? undefined : model.levels[level + 1],
    gaps: level === null ? [] : rows.filter(({ holds }) => holds !== null && holds < level),
    findings: sorted,
    alike: alikeOf(sorted),
    notes: [...differs, ...notes],
  };
}

function alikeOf(findings: readonly Finding[]): Alike[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.severity, finding.says, finding.fix]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map((all) => {
    const [{ severity, says, fix }] = all;
    const places = all.map((one, at) => (one.path === all[at - 1]?.path ? `:${one.line}` : placeOf(one)));
    return { severity, says, fix, places };
  });
}

export const LOOKED_FOR = 'Looked for: imports of libraries, Azure ML YAML, and calls of az ml.';

const lowestOf = (levels: readonly number[]): number | null => (levels.length ? Math.min(...levels) : null);

function rowView(row: AssessedRow, model: Model, told: Assessment['told']): RowView {
  const found = model.characteristics.find(({ id }) => id === row.id);
  const holds = row.holds ?? told[row.id]?.holds;
  const statement = holds === undefined ? undefined : (found?.statements[holds] ?? undefined);
  return {
    ...row,
    title: titleOf(row.id),
    statement: statement && row.half ? `In part: ${statement}` : statement,
    told: Object.hasOwn(told, row.id) ? told[row.id] : undefined,
  };
}

export function titleOf(id: Characteristic['id']): string {
  const words = id.slice(id.indexOf('.') + 1).replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "level 2, Automated training; held back in 3 places" */
export function verdict({ assessment: { ml }, level, gaps }: View): string {
  if (!ml) return 'no machine learning was found';
  if (!level) return 'no level';
  const places = gaps.length === 1 ? '1 place' : `${gaps.length} places`;
  return `level ${level.number}, ${level.name}${gaps.length ? `; held back in ${places}` : ''}`;
}

/** "3", "told: 2", "cannot be seen", "not told" */
export function levelWords({ level, counted }: DimensionView): string {
  if (level === null) return counted ? 'cannot be seen' : 'not told';
  return counted ? `level ${level}` : `level ${level}, as told`;
}

/** "2 high, 1 low" */
export const severities = (findings: readonly Finding[]): string =>
  WORST.map((severity) => ({ severity, many: findings.filter((one) => one.severity === severity).length }))
    .filter(({ many }) => many)
    .map(({ severity, many }) => `${many} ${severity}`)
    .join(', ');

/** "met", "partly, enough for level 1", "not met, asked for from level 3 on", "cannot be seen; told: level 2" */
export function labelWords({ label, holds, told }: RowView): string {
  const seen =
    holds === null || label === 'met'
      ? label
      : label === 'partly'
        ? `partly, enough for level ${holds}`
        : `${label}, asked for from level ${holds + 1} on`;
  return told ? `${seen}; told: level ${told.holds}` : seen;
}

export const placeOf = ({ path, line }: { readonly path: string; readonly line: number }): string =>
  `${path}:${line}`;
