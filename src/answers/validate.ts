import { UserError } from '../errors.js';
import { didYouMean } from './nearest.js';
import { type AnswerKey, specOf } from './schema.js';

/** A chosen value and where it was chosen: a flag, or a line of an answers file. */
export interface Given {
  readonly value: string | readonly string[];
  readonly where: string;
}

/** Something wrong with one answer, in full sentences. */
export type Problem = string;

/** A value as it can be shown: quoted, control characters escaped, not too long. */
export function shown(value: string): string {
  const text = JSON.stringify(value).replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

/** The entries of a list, which a flag gives comma-separated; one with a comma in it stands in double quotes, as in CSV. */
export function entriesOf(value: string | readonly string[]): string[] {
  if (typeof value !== 'string') return [...value];
  if (!value.trim()) return [];
  const entry = /\s*(?:"((?:[^"]|"")*)"|([^,]*?))\s*(,|$)/y;
  const entries: string[] = [];
  for (let comma: string | undefined = ','; comma;) {
    const [, quoted, plain = '', then] = entry.exec(value) ?? [];
    entries.push(quoted?.replaceAll('""', '"') ?? plain);
    comma = then;
  }
  return entries;
}

/** What is wrong with one value by itself, in words that also serve a prompt; undefined when it is right. */
export function valueProblem(key: AnswerKey, value: string): string | undefined {
  const { kind, choices, rule, mend, allowed } = specOf(key);
  if (kind === 'choice' && !choices?.includes(value))
    return `${shown(value)} is not one of them.${didYouMean(value, choices ?? [])} Allowed: ${allowed}.`;
  const wrong = rule?.(value);
  if (!wrong) return undefined;
  const near = mend ? ` Did you mean ${mend(value)}?` : '';
  return `${shown(value)}: ${/^(is|has) /.test(wrong) ? 'it ' : ''}${wrong}.${near} Allowed: ${allowed}.`;
}

/** An answer as a flag or `KEY=VALUE` would give it. */
export const answerText = (value: string | readonly string[]): string =>
  typeof value === 'string' ? value : value.map(entryText).join(',');

const entryText = (entry: string): string =>
  /[,"]|^\s|\s$/.test(entry) ? `"${entry.replaceAll('"', '""')}"` : entry;

/** All problems as one refusal: nothing was written, exit 2. */
export function refusal(problems: readonly Problem[]): UserError {
  return new UserError(
    problems.join('\n'),
    'Correct the answer and run the command again; its --help lists all.',
  );
}
