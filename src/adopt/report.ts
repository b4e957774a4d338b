import { relative } from 'node:path';
import { answerText } from '../answers/validate.js';
import { type Output, wrap } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import { highestLevel } from '../render/own.js';
import type { Root } from '../render/root.js';
import { shellWord } from '../upgrade/shell-word.js';
import { count } from '../upgrade/report-words.js';
import { type Found, listed, packageFor } from './answers.js';
import type { Standing } from './base.js';
import type { LevelFound } from './level.js';
import type { AdoptPlan } from './plan.js';
import type { Mapping } from './record.js';

export interface Report {
  readonly dir: string;
  readonly prefix: string;
  readonly level: LevelFound;
  readonly found: Found;
  readonly plan: AdoptPlan;
  readonly map: Mapping;
  /** What was taken although something else is as likely, or could not be taken. */
  readonly doubts: readonly string[];
  readonly dryRun: boolean;
}

const ROLES = {
  trains: 'trains',
  scores: 'scores',
  data: 'is the data',
  tests: 'tests every change',
} as const;

/** Says what was found, what is written, and what to run next; the same as data with --json. */
export function tellAdopted(
  report: Report,
  roots: readonly Root[],
  team: readonly string[],
  out: Output,
): void {
  for (const line of reportLines(report, roots, team, out)) out.result(line);
  if (out.manner.quiet) for (const text of report.doubts) out.warn(text);
  out.data(documentOf(report, roots, team, out.io.cwd));
}

function reportLines(report: Report, roots: readonly Root[], team: readonly string[], out: Output): string[] {
  const { level, found, plan, map, doubts, dryRun } = report;
  const paragraph = (text: string) =>
    wrap(seen(text), out.width - 2, '  ').map((line, at) => (at ? line : `  ${line}`));
  const of = (...wanted: Standing[]) =>
    [...plan.standing].filter(([, is]) => wanted.includes(is)).map(([path]) => path);
  const name = found.answers.name;
  const lines = [
    out.bold(
      `${dryRun ? 'Dry run. ' : ''}${seen(name)} is ${dryRun ? 'to be ' : ''}under the care of azmlops, at level ${level.level} (by ${seen(level.from)}).`,
    ),
    '',
    out.bold('What is there'),
  ];
  for (const [role, says] of Object.entries(ROLES) as [keyof typeof ROLES, string][])
    lines.push(`  ${says.padEnd(20)}${map[role] === undefined ? 'nothing that was found' : seen(map[role])}`);
  if (map.data === undefined && !found.answers.profile.example)
    lines.push('  (the data lies outside of the repository)');
  if (found.answers.profile.example)
    lines.push(
      ...paragraph(
        'Without data of yours templates come with the example of the penguins: azmlops set data=FILE brings yours.',
      ),
    );
  lines.push('', out.bold('Answers'));
  for (const { key, value, from } of listed(found, level.level))
    lines.push(
      `  ${key.padEnd(27)}${seen(answerText(value)) || '(none)'}${from === null ? '' : `  (${seen(from)})`}`,
    );
  if (doubts.length) lines.push('', out.bold('Look at this'), ...doubts.flatMap(paragraph));
  const kept = plan.adopted.yours;
  if (kept.length + plan.standing.size) lines.push('', out.bold('Files that templates have too'));
  if (kept.length) lines.push(...paragraph(`Yours for good, without the templates': ${kept.join(', ')}.`));
  if (of('same', 'alike').length)
    lines.push(
      ...paragraph(`Edits of what templates write, merged by line: ${of('same', 'alike').join(', ')}.`),
    );
  if (of('patterns').length)
    lines.push(...paragraph(`Yours, to which lines are added: ${of('patterns').join(', ')}.`));
  if (of('clash', 'yours').length)
    lines.push(
      ...paragraph(
        `Yours of the same name, which stay; upgrade shows both as a conflict: ${of('clash', 'yours').join(', ')}.`,
      ),
    );
  lines.push(
    '',
    out.bold(dryRun ? 'To be written' : 'Written'),
    ...[...plan.files.keys()].sort().map((path) => `  ${path}`),
    ...paragraph(
      `Nothing else ${dryRun ? 'is touched' : 'was touched'}. The next upgrade brings ${count(plan.lacks, 'file')} around what you have.`,
    ),
    '',
    out.bold('Next'),
    ...nextOf(report, roots, team, out.io.cwd).map((command) => `  ${command}`),
  );
  return lines;
}

/** The commands that accept it and look at the next level; of a dry run the one that does it. */
function nextOf(
  { dir, level, found, plan, dryRun }: Report,
  roots: readonly Root[],
  team: readonly string[],
  cwd: string,
): string[] {
  const here = relative(cwd, dir);
  const place = here ? ` ${shellWord(here)}` : '';
  if (dryRun) return [`azmlops adopt${place} --level ${level.level}`];
  const git = here ? `git -C ${shellWord(here)}` : 'git';
  const paths = [...plan.files.keys()].sort().join(' ');
  const to = level.level + 1;
  if (to > highestLevel(roots))
    return [
      `${git} add ${paths}`,
      `${git} commit -m "Under the care of azmlops"`,
      `azmlops update${place} --dry-run`,
    ];
  const pkg = level.level === 0 ? packageFor(found.answers, { roots, level: to, team }) : undefined;
  const answer = pkg && pkg.value !== found.answers.package ? ` --package ${pkg.value}` : '';
  return [
    `${git} add ${paths}`,
    `${git} commit -m "Under the care of azmlops"`,
    `azmlops upgrade${place} --to ${to}${answer} --dry-run`,
  ];
}

function documentOf(report: Report, roots: readonly Root[], team: readonly string[], cwd: string): object {
  const { dir, level, found, plan, map, doubts, dryRun } = report;
  return {
    command: 'adopt',
    dir,
    level: level.level,
    levelFrom: level.from,
    answers: Object.fromEntries(
      listed(found, level.level).map(({ key, value, from }) => [key, { value, from }]),
    ),
    map,
    doubts,
    files: [...plan.files.keys()].sort(),
    yours: plan.adopted.yours,
    standing: Object.fromEntries([...plan.standing].sort()),
    lacks: plan.lacks,
    dryRun,
    written: !dryRun,
    next: nextOf(report, roots, team, cwd),
  };
}
