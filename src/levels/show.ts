import { wrap } from '../cli/output.js';
import type { Conditional, Resource } from './brought.js';
import type { Level, Model } from './model.js';

interface Style {
  readonly width: number;
  readonly bold: (text: string) => string;
}

/** All levels in a few lines each. */
export function overview(model: Model, style: Style): string[] {
  const levels = model.levels.flatMap((level) => [
    ...heading(level, style),
    ...paragraph(level.summary, style),
    ...definition(level, style),
    '',
  ]);
  return [...levels, 'More of one: azmlops levels N'];
}

/** One level: what defines it, what holds at it, what is hard at it, and what leads to the next. */
export function showLevel(model: Model, level: Level, style: Style): string[] {
  return [
    ...heading(level, style),
    ...paragraph(level.summary, style),
    ...definition(level, style),
    ...model.dimensions.flatMap(({ id, name }) => {
      const rows = model.characteristics.filter(({ dimension }) => dimension === id);
      const statements = rows.map((row) => row.statements[level.number]).filter((text) => text != null);
      return section(name, statements, style);
    }),
    ...section(
      'Challenges',
      level.challenges.map(({ theme, text }) => `${theme}: ${text}`),
      style,
    ),
    ...section('What comes next', level.next, style),
    ...section('New in Azure, paid for also when idle', resources(level, 'costs'), style),
    ...section('New in Azure, free when idle', resources(level, 'free'), style),
    ...section(
      'New on GitHub',
      [
        ...level.environments.map((each) => `environment ${each.name}: ${each.text}${condition(each)}`),
        ...level.variables.map((each) => `variable ${each.name}: ${each.text}${condition(each)}`),
      ],
      style,
    ),
    ...section(
      'What only people can do',
      level.people.map(({ text }) => text),
      style,
    ),
  ];
}

const resources = (level: Level, idle: Resource['idle']): string[] =>
  level.resources.filter((each) => each.idle === idle).map((each) => `${each.text}${condition(each)}`);

/** Names of the templates as the answers that make them true. */
const ANSWERS: Readonly<Record<string, string>> = {
  online: 'endpoint online or both',
  batch: 'endpoint batch or both',
  typed: 'gate typed',
};

const condition = (each: Conditional): string =>
  each.if.length ? ` [${each.if.map((name) => ANSWERS[name] ?? name).join('; ')}]` : '';

const heading = ({ number, name }: Level, { bold }: Style): string[] => [bold(`Level ${number}: ${name}`)];

const paragraph = (text: string, { width }: Style): string[] =>
  wrap(text, width - 2).map((line) => `  ${line}`);

function definition(level: Level, style: Style): string[] {
  return level.definition.flatMap(({ says }) => item(`Defined by: ${says}`, style));
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  if (!lines.length) return [];
  return ['', style.bold(title), ...lines.flatMap((line) => item(line, style))];
}

const item = (text: string, { width }: Style): string[] =>
  wrap(`- ${text}`, width - 4, '  ').map((line) => `  ${line}`);
