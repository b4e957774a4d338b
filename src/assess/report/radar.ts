import { html } from './markup.js';
import { type DimensionView, levelWords } from './view.js';

const [WIDTH, HEIGHT, RADIUS] = [400, 330, 112];
const CENTER = { x: WIDTH / 2, y: HEIGHT / 2 + 4 };
const LEVELS = [0, 1, 2, 3, 4];

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
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="radar-title radar-text">
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

/** The name and the level at the end of an axis, on two lines where they stand at a side. */
function label({ dimension, angle }: Axis): string {
  const { x, y } = place(RADIUS + 14, angle);
  const side = Math.abs(Math.sin(angle)) > 0.2;
  const below = Math.cos(angle) < -0.1;
  const level = dimension.level === null ? '–' : `${dimension.level}${dimension.counted ? '' : ', told'}`;
  if (!side)
    return `<text x="${x}" y="${below ? y + 12 : y - 2}" text-anchor="middle">${html(dimension.name)}: ${level}</text>`;
  // Beside a horizontal axis there is room for one word; below a slanting one for two lines.
  const words = Math.abs(Math.cos(angle)) < 0.1 ? dimension.name.split(' ') : [dimension.name];
  const lines = [...words.slice(0, -1), `${words.at(-1) ?? ''}: ${level}`];
  const anchor = below ? 'middle' : Math.sin(angle) > 0 ? 'start' : 'end';
  const at = below
    ? { x: x + Math.sign(Math.sin(angle)) * -16, y: y + 18 }
    : { x, y: y - (lines.length - 1) * 9 + 5 };
  return lines
    .map(
      (text, n) =>
        `<text x="${round(at.x)}" y="${round(at.y + n * 18)}" text-anchor="${anchor}">${html(text)}</text>`,
    )
    .join('\n');
}
