import { html } from './markup.js';
import { type DimensionView, levelWords } from './view.js';

const [WIDTH, RADIUS] = [520, 142];
const CENTER = { x: WIDTH / 2, y: 194 };
const LEVELS = [0, 1, 2, 3, 4];
/** From one line of a label to the next. */
const LINE = 21;

/** Level 0 has a ring of its own around the center, so that its point can be told from nothing. */
const radiusOf = (level: number): number => ((level + 1) / LEVELS.length) * RADIUS;

interface Axis {
  readonly dimension: DimensionView;
  readonly angle: number;
}

/**
 * The dimensions as a radar. Those that count are one filled shape; what was told is joined to it by a dashed line. The
 * same numbers stand in the table beside it, so that its text alternative names them only.
 */
export function radar(dimensions: readonly DimensionView[]): string {
  const counted = dimensions.filter((one) => one.counted);
  const told = dimensions.filter((one) => !one.counted && one.level !== null);
  const all = [...counted, ...told];
  const axes = all.map((dimension, at): Axis => ({ dimension, angle: (at / all.length) * 2 * Math.PI }));
  const shape = axes.filter(({ dimension }) => dimension.counted);
  const alternative = all.map((one) => `${one.name}: ${levelWords(one)}`).join('; ');
  // Three end in two corners above the lowest point of the circle, four in that point.
  const height = all.length === 3 ? 320 : 380;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="radar-title radar-text">
<title id="radar-title">Radar of the dimensions</title><desc id="radar-text">${html(alternative)}.</desc>
${LEVELS.map((level) => `<polygon class="ring" points="${points(axes, () => level)}"/>`).join('\n')}
${axes.map(({ angle }) => line('axis', place(0, angle), place(RADIUS, angle))).join('\n')}
${LEVELS.map((level) => `<text class="tick" x="${CENTER.x + 5}" y="${round(CENTER.y - radiusOf(level) + 13)}">${level}</text>`).join('\n')}
<polygon class="shape" points="${points(shape, levelOf)}"/>
${told.length ? `<polyline class="told" points="${points([...shape.slice(-1), ...axes.slice(shape.length), ...shape.slice(0, 1)], levelOf)}"/>` : ''}
${axes.map(dot).join('\n')}
${axes.map(label).join('\n')}
</svg>`;
}

const levelOf = ({ dimension: { level } }: Axis): number => level ?? -1;

const round = (value: number): number => Math.round(value * 10) / 10;

function place(radius: number, angle: number): { x: number; y: number } {
  return {
    x: round(CENTER.x + radius * Math.sin(angle)),
    y: round(CENTER.y - radius * Math.cos(angle)),
  };
}

const points = (axes: readonly Axis[], level: (axis: Axis) => number): string =>
  axes
    .map((axis) => place(radiusOf(level(axis)), axis.angle))
    .map(({ x, y }) => `${x},${y}`)
    .join(' ');

const line = (kind: string, from: { x: number; y: number }, to: { x: number; y: number }): string =>
  `<line class="${kind}" x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}"/>`;

function dot(axis: Axis): string {
  if (axis.dimension.level === null) return '';
  const { x, y } = place(radiusOf(axis.dimension.level), axis.angle);
  return `<circle class="${axis.dimension.counted ? 'dot' : 'dot-told'}" cx="${x}" cy="${y}" r="5"/>`;
}

/** The name and the level at the end of an axis, a word a line at a side, where there is little room. */
function label({ dimension, angle }: Axis): string {
  const { x, y } = place(RADIUS + 12, angle);
  const level = dimension.level === null ? '–' : String(dimension.level);
  // Of three the lower two have no room beside them, and some below.
  const side = Math.abs(Math.sin(angle)) > 0.2 && Math.cos(angle) > -0.2;
  const name = Math.abs(Math.sin(angle)) > 0.2 ? dimension.name.split(' ') : [dimension.name];
  const lines = [
    ...name.slice(0, -1),
    `${name.at(-1) ?? ''}: ${level}`,
    ...(dimension.counted ? [] : ['(told)']),
  ];
  const anchor = !side ? 'middle' : Math.sin(angle) > 0 ? 'start' : 'end';
  const top = side
    ? y - (lines.length - 1) * (LINE / 2) + 5
    : Math.cos(angle) < 0
      ? y + 14
      : y - 4 - (lines.length - 1) * LINE;
  return lines
    .map(
      (text, n) => `<text x="${x}" y="${round(top + n * LINE)}" text-anchor="${anchor}">${html(text)}</text>`,
    )
    .join('\n');
}
