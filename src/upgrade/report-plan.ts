import { wrap } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import type { Fate, MergeEntry } from '../merge/types.js';
import type { Brings, DimensionChange } from './brings.js';
import type { Outcome } from './outcome.js';
import {
  adviceFor,
  count,
  type Fold,
  folded,
  type GroupOf,
  GROUPS,
  byReason,
  seenPath,
} from './report-words.js';

export interface Style {
  readonly width: number;
  readonly bold: (text: string) => string;
}

/** The plan, grouped by fate; then the notes, then the conflicts. */
export function planLines({ merge, written }: Outcome, style: Style): string[] {
  const of = (fate: Fate) => merge.entries.filter((entry) => entry.fate === fate);
  const lines: string[] = [];
  for (const group of GROUPS) {
    const entries = of(group.fate);
    if (group.fate !== 'conflict') {
      if (entries.length) lines.push('', ...groupLines(group, entries, written, style));
      continue;
    }
    const unchanged = of('unchanged').length;
    if (unchanged) lines.push('', `${style.bold('Unchanged')} (${count(unchanged, 'file')})`);
    lines.push(...section('Notes', merge.notes, style));
    if (!entries.length) continue;
    lines.push('', ...groupLines(group, entries, written, style), '');
    lines.push(...adviceFor(entries).flatMap((text) => paragraph(text, style)));
  }
  return lines;
}

function groupLines(
  group: GroupOf,
  entries: readonly MergeEntry[],
  written: boolean,
  style: Style,
): string[] {
  const { shared, single } = byReason(group.fate, entries);
  return [
    style.bold(`${written ? group.done : group.planned} (${entries.length})`),
    ...shared.flatMap(({ reason, paths }) => [
      ...paragraph(seen(reason), style),
      ...folded(paths).map((fold) => `    ${foldWords(fold)}`),
    ]),
    ...single.flatMap(({ path, reason }) => entryLines(path, reason, style)),
  ];
}

function entryLines(path: string, reason: string, { width }: Style): string[] {
  const line = `    ${seenPath(path)}`;
  if (!reason) return [line];
  const said = seen(reason);
  if (line.length + said.length + 2 <= width) return [`${line}: ${said}`];
  return [line, ...wrap(said, width - 8).map((part) => `        ${part}`)];
}

const foldWords = (fold: Fold): string => {
  if ('path' in fold) return seenPath(fold.path);
  if ('folder' in fold) return `${seenPath(fold.folder)} (${count(fold.files, 'file')})`;
  return `… and ${fold.more} more; --json lists all`;
};

/** What comes with the new level or the new answers, besides the plan. */
export function bringsLines(brings: Brings, style: Style): string[] {
  const lines: string[] = [];
  for (const { number, name, summary } of brings.levels)
    lines.push('', style.bold(`Level ${number}: ${name}`), ...paragraph(summary, style));
  if (brings.levels.length && brings.files) {
    const where = brings.folders.map(({ folder, files }) => `${seen(folder) || 'at the top'} ${files}`);
    lines.push(...section('New files', [`${count(brings.files, 'file')}: ${where.join(', ')}`], style));
  }
  const azure = (idle: string) =>
    brings.resources.filter((each) => each.idle === idle).map(({ text }) => text);
  lines.push(...section('New in Azure, paid for also when idle', azure('costs'), style));
  lines.push(...section('New in Azure, free when idle', azure('free'), style));
  const environments = brings.environments.map(({ name, text }) => `environment ${name}: ${text}`);
  const variables = brings.variables.map(({ name, where, text }) => `${name} (${where.join(', ')}): ${text}`);
  lines.push(...section('New on GitHub; scripts/setup.sh sets it', [...environments, ...variables], style));
  return lines;
}

/** What holds now, per dimension of the model, and what is left to people. */
export function modelLines(
  dimensions: readonly DimensionChange[],
  people: readonly string[],
  solved: boolean,
  style: Style,
): string[] {
  const rows = dimensions.flatMap(({ name, now }) => now.map((text) => `${name}: ${text}`));
  const told = dimensions.flatMap(({ name, told }) => told.map((text) => `${name}: ${text}`));
  return [
    ...section(solved ? 'What holds more now' : 'What will hold more, conflicts solved', rows, style),
    ...section('Asked for too, and no file can show it', told, style),
    ...section('What only people can do now', people, style),
  ];
}

export function section(title: string, texts: readonly string[], style: Style): string[] {
  if (!texts.length) return [];
  const items = texts.flatMap((text) => wrap(`- ${seen(text)}`, style.width - 4, '  '));
  return ['', style.bold(title), ...items.map((line) => `  ${line}`)];
}

export const paragraph = (text: string, { width }: Style): string[] =>
  wrap(text, width - 2).map((line) => `  ${line}`);
