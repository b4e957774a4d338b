import { seen } from '../../cli/seen.js';
import type { Evidence } from '../types.js';
import type { Entry } from './table.js';
import {
  type Alike,
  labelWords,
  levelWords,
  LOOKED_FOR,
  placeOf,
  type RowView,
  severities,
  verdict,
  type View,
} from './view.js';

/** GitHub takes a job summary of at most 1 MiB: of a list the first are named, the rest is counted. */
const NAMED = { evidence: 5, findings: 50, places: 20, notes: 20 };

/** For a job summary or a comment: what holds each dimension back, then the evidence, folded away. */
export function markdownOf(view: View): string {
  const { assessment, dimensions, level, next, findings, alike, notes } = view;
  const heading = `## ${code(assessment.name)}: ${prose(verdict(view))}`;
  if (!assessment.ml) return lines([heading, '', prose(LOOKED_FOR), '', ...bullets(notes.map(prose))]);
  return lines([
    heading,
    '',
    '| Dimension | Level | Held back by |',
    '| --- | --- | --- |',
    ...dimensions.map((one) => {
      const back = one.back.map(({ title }) => prose(title)).join(', ');
      return `| ${prose(one.name)} | ${levelWords(one)} | ${back} |`;
    }),
    ...section(
      'What holds each back',
      dimensions
        .filter(({ counted }) => counted)
        .flatMap(({ name, back }) =>
          back.map((row) => `**${prose(`${name}, ${row.title}`)}**: ${prose(row.next ?? labelWords(row))}`),
        ),
    ),
    ...section(
      next ? `Level ${next.number} needs` : '',
      assessment.definition.map(({ says, met }) => `${met ? '✓ met' : '✗ not yet'}: ${prose(says)}`),
    ),
    ...section(`Findings: ${severities(findings)}`, bounded(alike.map(findingLine), NAMED.findings)),
    ...section(next ? `The road to level ${next.number}` : 'What comes next', level?.next.map(prose) ?? []),
    '',
    '<details><summary>Every row, with its evidence</summary>',
    '',
    ...dimensions.flatMap(({ name, rows }) => [`#### ${prose(name)}`, '', ...rows.flatMap(rowLines), '']),
    '</details>',
    ...section('What could not be seen', bounded(notes.map(prose), NAMED.notes)),
  ]);
}

/** Many repositories, a row each. */
export function tableMarkdown(entries: readonly Entry[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return lines([
    row(['Repository', 'Model creation', 'Model release', 'Application integration', 'Findings', 'Level']),
    row(Array.from({ length: 6 }, () => '---')),
    ...entries.map((entry) => {
      const name = code(entry.dir, true);
      if ('error' in entry) return row([name, '', '', '', '', prose(entry.error)]);
      return row([name, entry.creation, entry.release, entry.app, entry.findings, entry.level]);
    }),
  ]);
}

function rowLines(row: RowView): string[] {
  const nested = (text: string) => `  - ${text}`;
  return [
    `- **${prose(row.title)}**: ${prose(labelWords(row))}.${row.statement ? ` ${prose(row.statement)}` : ''}`,
    ...bounded(row.evidence.map(evidenceLine), NAMED.evidence).map(nested),
    ...bounded(row.nearly.map(evidenceLine), NAMED.evidence).map((text) => nested(`no evidence: ${text}`)),
    ...(row.told?.note === undefined ? [] : [nested(`told: ${prose(row.told.note)}`)]),
    ...(row.next === null ? [] : [nested(`next: ${prose(row.next)}`)]),
  ];
}

const evidenceLine = (one: Evidence): string => `${code(placeOf(one))} ${prose(one.found)}`;

const findingLine = ({ severity, places, says, fix }: Alike): string =>
  `**${severity}** ${bounded(
    places.map((place) => code(place)),
    NAMED.places,
  ).join(', ')} ${prose(says)}. Fix: ${prose(fix)}`;

function bounded(texts: readonly string[], most: number): string[] {
  const rest = texts.length - most;
  return [...texts.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

const section = (title: string, items: readonly string[]): string[] =>
  items.length ? ['', `### ${title}`, '', ...bullets(items)] : [];

const bullets = (items: readonly string[]): string[] => items.map((text) => `- ${text}`);

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

/**
 * Text as code, in which GitHub sees no mark-up, link, mention or issue. A table takes `|` apart even there, unless it
 * is escaped.
 */
function code(text: string, cell = false): string {
  const shown = seen(text).trim() || ' ';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest ? ' ' : '';
  const inner = cell ? shown.replaceAll('|', '\\|') : shown;
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** Text that may quote a repository: what stands between backticks as code, of the rest nothing is obeyed. */
function prose(text: string): string {
  // Spaces at an edge, or many, would mean something there.
  return seen(text)
    .replace(/ +/g, ' ')
    .trim()
    .split(/(`[^`]+`)/)
    .map((part) =>
      /^`[^`]+`$/.test(part)
        ? code(part.slice(1, -1).replaceAll('|', '¦'))
        : part
            .replace(/[!"$%&'()*+\-./:;<=>?[\\\]^_`{|}~]/g, '\\$&')
            // GitHub looks for mentions and issues in what is rendered, where an escape is gone.
            .replace(/[@#]/g, '$&&#8203;'),
    )
    .join('');
}
