import { type Output, wrap } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import { loadModel } from '../levels/load.js';
import { type Brings, bringsOf, type DimensionChange, dimensionsOf, peopleOf } from './brings.js';
import { dataDocument } from './data-change.js';
import type { Outcome } from './outcome.js';
import { nextOf } from './report-next.js';
import { dataWords } from './data-words.js';
import { bringsLines, modelLines, paragraph, planLines, type Style } from './report-plan.js';
import { count, isChange } from './report-words.js';

/** Says on standard output what was or would be done, why, and what to run next; nothing with --json. */
export async function tellOutcome(outcome: Outcome, out: Output): Promise<void> {
  const style: Style = { width: out.width, bold: (text) => out.bold(text) };
  for (const line of await reportLines(outcome, style, out.io.cwd)) out.result(line);
  const { conflicts } = outcome.merge;
  if (!out.manner.quiet) return;
  // Whoever wants to hear warnings only must hear this.
  if (conflicts.length) out.warn(`${summaryLine(outcome)}: ${conflicts.map(seen).join(', ')}`);
  const { rows } = outcome.data ?? {};
  for (const { from, to } of rows?.done ? rows.moved : []) out.warn(`${from} was moved to ${to}.`);
}

/** The report as lines for a terminal. */
export async function reportLines(outcome: Outcome, style: Style, cwd: string): Promise<string[]> {
  const { merge, rebased, written, dryRun, changedAnswers, data } = outcome;
  const lines = wrap(headline(outcome), style.width, '  ').map((line) => style.bold(line));
  if (rebased)
    lines.push(
      ...paragraph(
        `The baseline was rendered anew by azmlops ${outcome.to.version} (--rebase): what an older version wrote otherwise may show as yours.`,
        style,
      ),
    );
  for (const { key, before, after } of changedAnswers)
    lines.push(`  ${key}: ${value(before)} becomes ${value(after)}`);
  for (const text of data ? dataWords(data) : []) lines.push(...paragraph(seen(text), style));
  if (!merge.entries.some(isChange)) return [...lines, ...foundLines(outcome, style), ...keptLine(outcome)];
  const model = await loadModel();
  lines.push(...bringsLines(bringsOf(outcome, model), style));
  lines.push(...planLines(outcome, style));
  lines.push(...foundLines(outcome, style));
  lines.push(
    ...modelLines(dimensionsOf(outcome, model), peopleOf(outcome, model), !merge.conflicts.length, style),
  );
  const next = nextOf(outcome, cwd);
  const widest = Math.max(...next.map(({ what }) => what.length));
  lines.push(
    '',
    style.bold(written ? 'Next' : dryRun ? 'This was a dry run: nothing was written' : 'Nothing was written'),
  );
  for (const { what, command } of next) lines.push(`  ${`${what}:`.padEnd(widest + 1)} ${command}`);
  return lines;
}

function headline(outcome: Outcome): string {
  const { dryRun, written, merge } = outcome;
  if (!merge.entries.some(isChange)) return `Nothing to do: ${placeWords(outcome)}.`;
  const fates = numbers(outcome);
  const parts = (['add', 'update', 'merge', 'move', 'remove'] as const)
    .filter((fate) => fates[fate])
    .map((fate) => `${fates[fate]} ${written ? DONE[fate] : `to ${fate}`}`);
  if (fates.conflict) parts.push(count(fates.conflict, 'conflict'));
  const what = `${placeWords(outcome)}: ${parts.join(', ')}.`;
  return dryRun ? `Dry run. ${what}` : written ? what : `Nothing was written. ${what}`;
}

/** The lines of `new`, as it says them. */
function foundLines({ data }: Outcome, style: Style): string[] {
  if (!data?.found) return [];
  const { lines, warnings } = data.found;
  const listed = (line: string) => {
    const [indent = ''] = /^ */.exec(line) ?? [];
    const { width } = style;
    return paragraph(line.trim(), { ...style, width: width - indent.length }).map((each) => indent + each);
  };
  return ['', style.bold('Data'), ...[...lines, ...warnings].flatMap(listed)];
}

const DONE = { add: 'added', update: 'updated', merge: 'merged', move: 'moved', remove: 'removed' } as const;

/** One line on one repository, for a list of many. */
export function summaryLine(outcome: Outcome): string {
  return headline(outcome).replace(/\.$/, '');
}

function placeWords({ from, to, answers, merge }: Outcome): string {
  const name = seen(answers.name);
  if (from.level !== to.level) return `${name} from level ${from.level} to level ${to.level}`;
  if (!merge.entries.length) return `${name} is at level ${to.level} already`;
  if (!merge.entries.some(isChange))
    return `${name} is at level ${to.level}, as azmlops ${to.version} writes it`;
  const versions = from.version === to.version ? '' : `, from azmlops ${seen(from.version)} to ${to.version}`;
  return `${name} at level ${to.level}${versions}`;
}

function keptLine({ merge }: Outcome): string[] {
  const { keep = 0, 'keep-deleted': gone = 0 } = numbers({ merge });
  const parts = [
    ...(keep ? [`${count(keep, 'file')} with edits of yours`] : []),
    ...(gone ? [`${count(gone, 'file')} that you deleted`] : []),
  ];
  return parts.length ? [`${parts.join(' and ')} stay as they are.`] : [];
}

const numbers = ({ merge }: Pick<Outcome, 'merge'>): Partial<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { fate } of merge.entries) found[fate] = (found[fate] ?? 0) + 1;
  return found;
};

const value = (of: string | readonly string[]): string =>
  `"${seen(typeof of === 'string' ? of : of.join(', '))}"`;

/** The outcome as --json gives it. */
export interface OutcomeDocument {
  readonly command: Outcome['command'];
  readonly dir: string;
  readonly from: Outcome['from'];
  readonly to: Outcome['to'];
  readonly changedAnswers: Outcome['changedAnswers'];
  readonly data: object | null;
  readonly dryRun: boolean;
  readonly rebased: boolean;
  readonly written: boolean;
  readonly exitCode: Outcome['exitCode'];
  readonly entries: Outcome['merge']['entries'];
  readonly conflicts: readonly string[];
  readonly notes: readonly string[];
  readonly brings: Brings;
  readonly people: readonly string[];
  readonly dimensions: readonly DimensionChange[];
  readonly committed: string | null;
  readonly branch: string | null;
  readonly pullRequest: string | null;
  readonly next: readonly string[];
}

/** All that the report says, and every path, as data. `cwd` is where its commands are to be run. */
export async function documentOf(outcome: Outcome, cwd = process.cwd()): Promise<OutcomeDocument> {
  const { command, dir, from, to, changedAnswers, dryRun, rebased, written, exitCode, merge } = outcome;
  const model = await loadModel();
  return {
    ...{ command, dir, from, to, changedAnswers, dryRun, rebased, written, exitCode },
    data: outcome.data ? dataDocument(outcome.data) : null,
    ...{ entries: merge.entries, conflicts: merge.conflicts, notes: merge.notes },
    brings: bringsOf(outcome, model),
    people: peopleOf(outcome, model),
    dimensions: dimensionsOf(outcome, model),
    committed: outcome.committed ?? null,
    branch: outcome.branch ?? null,
    pullRequest: outcome.pullRequest ?? null,
    next: nextOf(outcome, cwd).map((each) => each.command),
  };
}
