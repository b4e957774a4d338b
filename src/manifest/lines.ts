import { type AnswerKey, type Answers, answersAt } from '../answers/schema.js';
import { valueOf } from './write.js';

/** A line of an answer as people leave it: quoted otherwise, or with a comment behind. */
const LINE =
  /^ {2}([a-z][a-z.-]*): +("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\[[^#]*\]|[^\s"'[{#&*!|>][^#]*?)( +#.*)?\r?$/;

/**
 * A manifest with other values, otherwise as it is written: for a value that the team has in its own manifest, its own
 * line. So an answer that was edited by hand is no edit of the file that could conflict.
 */
export function withAnswers(
  text: string,
  level: number,
  answers: Answers,
  team: { readonly text: string; readonly answers: Answers },
): string {
  const theirs = linesOf(team.text);
  const keys = new Set<string>(answersAt(level));
  return text
    .split('\n')
    .map((line) => {
      const key = LINE.exec(line)?.[1];
      if (key === undefined || !keys.has(key)) return line;
      return lineOf(key as AnswerKey, answers, team.answers, theirs.get(key));
    })
    .join('\n');
}

function lineOf(key: AnswerKey, answers: Answers, team: Answers, own: OwnLine | undefined): string {
  if (own && sameAnswer(answers[key], team[key])) return own.line;
  // A comment of the team's outlives the value it stands behind.
  return `  ${key}: ${valueOf(answers[key])}${own?.comment ?? ''}`;
}

interface OwnLine {
  readonly line: string;
  readonly comment: string;
}

function linesOf(text: string): Map<string, OwnLine> {
  const found = new Map<string, OwnLine>();
  for (const line of text.split('\n')) {
    const [, key, , comment = ''] = LINE.exec(line) ?? [];
    if (key !== undefined) found.set(key, { line: line.replace(/\r$/, ''), comment });
  }
  return found;
}

export const sameAnswer = (a: string | readonly string[], b: string | readonly string[]): boolean =>
  typeof a === 'string' || typeof b === 'string'
    ? a === b
    : a.length === b.length && a.every((entry, at) => entry === b[at]);
