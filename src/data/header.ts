import { shown as named } from '../answers/validate.js';
import { MISSING } from './missing.js';
import { refusal } from './refuse.js';

const COLUMN_LIMIT = 2000;

const NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/i;
const DATE = /^(?:\d{4}-\d\d?-\d\d?|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:[ T][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;
const missing = new Set(MISSING);

const GIVE_HEADER = 'Write a first line that names the columns.';

/**
 * Refuses a first line that names no columns, or names them badly.
 *
 * @param fields how many values most rows have
 */
export function checkHeader(names: readonly string[], line: number, shown: string, fields: number): void {
  const refuse = (wrong: string, hint: string) => {
    throw refusal(shown, line, wrong, hint);
  };
  if (/^["']?sep=/i.test(names[0] ?? ''))
    refuse(
      'this line is a note to Excel, not a header.',
      'Take the line out; the delimiter is found without it.',
    );
  // scikit-learn's own files begin with how many rows and features there are.
  if (isWhole(names[0]) && names[1] === String(fields - 1))
    refuse(
      'this line holds counts, not names of columns.',
      `Put in its place a line that names the ${fields} columns.`,
    );
  if (names.every((name) => missing.has(name) || NUMBER.test(name) || DATE.test(name)))
    refuse('there is no header: every value of this line is a number, a date or missing.', GIVE_HEADER);
  if (names.length > COLUMN_LIMIT)
    refuse(
      `there are ${names.length} columns; at most ${COLUMN_LIMIT} can be read.`,
      'Keep the columns that a model may use.',
    );
  names.forEach((name, at) => {
    const column = `column ${at + 1}`;
    if (name === '')
      refuse(
        `${column} has no name.`,
        at === 0
          ? 'If it is the index that pandas writes, leave it out: to_csv(…, index=False).'
          : 'Name it, or take out the delimiter at the end of each line.',
      );
    if (/(?![\t\n\r])\p{Cc}/u.test(name))
      refuse(
        `the name of ${column}, ${named(name)}, holds a control character.`,
        'Write the name without it.',
      );
    const earlier = names.indexOf(name);
    if (earlier < at)
      refuse(
        `columns ${earlier + 1} and ${at + 1} are both named ${named(name)}.`,
        'Give each column a name of its own.',
      );
  });
}

const isWhole = (text = ''): boolean => /^\d+$/.test(text);
