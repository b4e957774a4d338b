import { type Answers, answersAt } from '../answers/schema.js';
import { quoted } from '../render/quote.js';
import { ownPackage } from '../version.js';

/**
 * The manifest: version, level, and every answer that the level has but the profile, each on a line of its own so that
 * two changes merge. Values are quoted: a YAML 1.1 reader takes `off` and `3.10` for something else.
 */
export function writeManifest(level: number, answers: Answers): string {
  const lines = answersAt(level).map((key) => `  ${key}: ${valueOf(answers[key])}`);
  return [
    '# Written by azmlops, and read by it when this repository moves up a level.',
    `version: ${quoted(ownPackage().version)}`,
    `level: ${level}`,
    'answers:',
    ...lines,
    '',
  ].join('\n');
}

export const valueOf = (value: string | readonly string[]): string =>
  typeof value === 'string' ? quoted(value) : `[${value.map(quoted).join(', ')}]`;
