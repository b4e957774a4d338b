import { wrap } from '../../cli/output.js';
import { seen } from '../../cli/seen.js';
import type { Evidence } from '../types.js';
import type { Entry } from './table.js';
import {
  type Alike,
  type DimensionView,
  labelWords,
  levelWords,
  LOOKED_FOR,
  placeOf,
  type RowView,
  severities,
  verdict,
  type View,
} from './view.js';

export interface Style {
  readonly width: number;
  /** Lines of the terminal; undefined where nothing scrolls away. */
  readonly height?: number | undefined;
  readonly bold: (text: string) => string;
}

/** Places of one finding that the first screen names; the rest is counted. */
const NAMED = 5;

/** How much the first screen tells: rows that hold a dimension back and findings, and each row in one line. */
interface Extent {
  readonly rows: number;
  readonly findings: number;
  readonly brief?: true;
  /** Everything follows: findings too, and there is no more to ask for. */
  readonly head?: true;
}

/** The fullest first. */
const EXTENTS: readonly Extent[] = [
  { rows: 2, findings: 3 },
  { rows: 2, findings: 1 },
  { rows: 1, findings: 1 },
  { rows: 1, findings: 0 },
  { rows: 1, findings: 0, brief: true },
];

/** What stands above the details: the level, what holds each dimension back, what the next level needs. */
export const headOf = (view: View, style: Style): string[] =>
  firstScreen(view, style, { rows: 2, findings: 0, head: true });

/** One screen: the level, what holds each dimension back, what the next level needs, the worst findings; as much as fits. */
export function textOf(view: View, style: Style): string[] {
  // The line that the shell asks in stands below it.
  const room = (style.height ?? Infinity) - 1;
  let lines: string[] = [];
  for (const extent of EXTENTS) {
    lines = firstScreen(view, style, extent);
    if (lines.length <= room) break;
  }
  return lines;
}

function firstScreen(view: View, style: Style, extent: Extent): string[] {
  const { bold } = style;
  const { assessment, next, dimensions, findings, alike, notes } = view;
  const title = wrap(`${seen(assessment.name)}: ${verdict(view)}`, style.width, '  ').map(bold);
  if (!assessment.ml)
    return [...title, ...item(LOOKED_FOR, style), ...notes.flatMap((note) => item(note, style))];
  return [
    ...title,
    '',
    ...dimensions.flatMap((one) => dimensionLines(one, style, extent)),
    ...(next ? ['', bold(`Level ${next.number}, ${next.name}, needs`)] : []),
    ...assessment.definition.flatMap(({ says, met }) => item(`${met ? 'met' : 'not yet'}: ${says}`, style)),
    ...(findings.length && !extent.head
      ? [
          ...(extent.brief ? [] : ['']),
          bold(`Findings: ${severities(findings)}`),
          ...alike.slice(0, extent.findings).flatMap((one) => findingLines(one, style, NAMED)),
        ]
      : []),
    ...(extent.head ? [] : ['', ...wrap(moreWords(view, extent), style.width)]),
  ];
}

const moreWords = ({ findings, alike, notes }: View, extent: Extent): string =>
  [
    'Every row with its evidence',
    ...(alike.length > extent.findings || alike.some(({ places }) => places.length > NAMED)
      ? [findings.length > 1 ? `all ${findings.length} findings` : 'the finding']
      : []),
    ...(notes.length ? [`${notes.length} ${notes.length === 1 ? 'note' : 'notes'}`] : []),
  ].join(', ') + ': --all. As a page: --format html > report.html';

const NAME = 25;

function dimensionLines(dimension: DimensionView, { width, bold }: Style, { rows, brief }: Extent): string[] {
  const { name, counted, back } = dimension;
  const head = `${name.padEnd(NAME)}${bold(levelWords(dimension))}`;
  if (!counted) return [dimension.level === null ? `${head} (--interview asks)` : head];
  const named = back.slice(0, rows).map((row) => {
    return `${row.title}: ${row.next ?? row.statement ?? labelWords(row)}`;
  });
  const others = back.slice(rows).map(({ title }) => title);
  const held = [...named, ...(others.length ? [`Also: ${others.join(', ')}`] : [])].flatMap((text) => {
    const [first = '', ...rest] = wrap(seen(text), width - (brief ? 6 : 4), '  ');
    return (brief && rest.length ? [`${first} …`] : [first, ...rest]).map((line) => `    ${line}`);
  });
  return [`${head}${back.length ? ', held back by' : ''}`, ...held];
}

/** All that is known: every row with its evidence, all findings, the road to the next level, all notes. */
export function detailsOf(view: View, style: Style): string[] {
  const { dimensions, findings, alike, level, next, notes } = view;
  const { bold } = style;
  const section = (title: string, lines: readonly string[]) =>
    lines.length ? ['', bold(title), ...lines] : [];
  const texts = (list: readonly string[]) => list.flatMap((text) => item(text, style));
  return [
    ...dimensions.flatMap(({ name, rows }) =>
      section(
        name,
        rows.flatMap((row) => rowLines(row, style)),
      ),
    ),
    ...section(
      `Findings: ${severities(findings)}`,
      alike.flatMap((one) => findingLines(one, style)),
    ),
    ...section(
      `What is hard at level ${level?.number}`,
      texts(level?.challenges.map(({ theme, text }) => `${theme}: ${text}`) ?? []),
    ),
    ...section(next ? `The road to level ${next.number}` : 'What comes next', texts(level?.next ?? [])),
    ...section('What could not be seen', texts(notes)),
  ];
}

function rowLines(row: RowView, style: Style): string[] {
  return [
    ...wrap(
      `${row.title}: ${labelWords(row)}.${row.statement ? ` ${seen(row.statement)}` : ''}`,
      style.width - 4,
      '  ',
    ).map((line) => `  ${line}`),
    ...row.evidence.flatMap((one) => evidenceLine(one, '', style)),
    ...row.nearly.flatMap((one) => evidenceLine(one, 'no evidence: ', style)),
    ...(row.told?.note === undefined ? [] : more(`told: ${seen(row.told.note)}`, style)),
    ...(row.next === null ? [] : more(`next: ${seen(row.next)}`, style)),
  ];
}

const evidenceLine = (one: Evidence, before: string, style: Style): string[] =>
  more(`${before}${seen(placeOf(one))} ${seen(one.found)}`, style);

function findingLines({ severity, places, says, fix }: Alike, style: Style, most = Infinity): string[] {
  const rest = places.length - most;
  const named = `${places.slice(0, most).map(seen).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return [...item(`${severity}: ${named} ${says}`, style), ...more(fix, style)];
}

const item = (text: string, { width }: Style): string[] =>
  wrap(seen(text), width - 4, '  ').map((line) => `  ${line}`);

const more = (text: string, { width }: Style): string[] =>
  wrap(seen(text), width - 6, '  ').map((line) => `      ${line}`);

/** Many repositories, a line each. */
export function tableText(entries: readonly Entry[], { width, bold }: Style): string[] {
  const head = ['creation', 'release', 'app', 'findings', 'level'];
  const cells = entries.map((entry) =>
    'error' in entry ? undefined : [entry.creation, entry.release, entry.app, entry.findings, entry.level],
  );
  const widths = head.map((word, at) => Math.max(word.length, ...cells.map((row) => row?.[at]?.length ?? 0)));
  const rest = widths.reduce((sum, one) => sum + one + 2, 0);
  const names = entries.map(({ dir }) => seen(dir));
  const longest = Math.min(Math.max(10, ...names.map((name) => name.length)), Math.max(width - rest, 10));
  const line = (name: string, row: readonly string[]) =>
    [
      ...(name.length > longest ? [name, ''.padEnd(longest)] : [name.padEnd(longest)]).slice(0, -1),
      [
        name.length > longest ? ''.padEnd(longest) : name.padEnd(longest),
        ...row.map((cell, at) => cell.padEnd(widths[at] ?? 0)),
      ]
        .join('  ')
        .trimEnd(),
    ].filter((each) => each !== '');
  return [
    bold(line('repository', head)[0] ?? ''),
    ...entries.flatMap((entry, at) => {
      const row = cells[at];
      return row
        ? line(names[at] ?? '', row)
        : [`${names[at]}: ${seen('error' in entry ? entry.error : '')}`];
    }),
  ];
}
