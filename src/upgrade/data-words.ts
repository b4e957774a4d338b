import { listed } from '../merge/project.js';
import type { DataChange } from './data-change.js';
import { count } from './report-words.js';
import { rowsWords } from './rows.js';

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
