import { listed } from '../merge/project.js';
import type { DataChange } from './data-change.js';
import { count } from './report-words.js';
import type { Rows } from './rows.js';

const number = (of: number): string => of.toLocaleString('en-US');

/** What other data comes to, a sentence each: the extent, the columns, the rows. */
export function dataWords({ found, before, after, gone, added, changed, rows }: DataChange): string[] {
  const extent = (of: typeof before) => `${number(of.rows)} rows, ${count(of.columns, 'column')}`;
  const same = extent(before) === extent(after);
  const parts = [
    ...(gone.length ? [`gone: ${listed(gone)}`] : []),
    ...(added.length ? [`new: ${listed(added)}`] : []),
    ...(changed.length
      ? [
          `changed: ${listed(changed.map(({ name, before, after }) => `${name} (${before} becomes ${after})`))}`,
        ]
      : []),
  ];
  const what = same ? `${extent(after)}, as before` : `${extent(before)} become ${extent(after)}`;
  return [
    !found ? `profile, edited by hand: ${parts.join('; ') || what}` : [`data: ${what}`, ...parts].join('; '),
    ...(rows && found ? rowsWords(found.file, rows, rows.done) : []),
  ];
}

/** What is, or would be, done with the rows, a sentence each; `shown`: the file as it was named. */
export function rowsWords(shown: string, rows: Rows, done: boolean): string[] {
  const { path, there, reasons, moved, alongside, instead, exposed } = rows;
  const is = done ? 'was' : 'will be';
  const how = reasons.length
    ? `written anew as UTF-8 with commas (it has ${reasons.join(', ')}) to`
    : 'copied byte for byte to';
  const out = exposed ? '' : there ? ', and stay out of git' : ', which stays out of git';
  const words = [
    there ? `The rows stand in ${path} already${out}.` : `${shown} ${is} ${how} ${path}${out}.`,
    ...moved.map(({ from, to }) => `${from} would be read along, so it ${is} moved to ${to}.`),
  ];
  if (alongside.length) {
    const [these, they] =
      alongside.length === 1 ? ['this file', 'it stays and is'] : ['these files', 'they stay and are'];
    words.push(`${listed(alongside)}: git tracks ${these}, so ${they} read along.`);
  }
  if (instead.length)
    words.push(
      `${listed(instead)}: what was gathered before is read instead of data/raw. Gather anew, or move it away.`,
    );
  if (exposed)
    words.push(
      `git does not ignore ${path}: name it in .gitignore, or move it out of the repository, before git add.`,
    );
  return words;
}
