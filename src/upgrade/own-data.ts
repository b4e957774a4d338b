import type { Answers } from '../answers/schema.js';
import { targetProblems } from '../answers/target.js';
import type { DataRead } from '../data/types.js';
import { UserError } from '../errors.js';
import type { MergeEntry } from '../merge/types.js';
import type { OwnData } from '../new/new.js';
import { columnLines, dataTold, dataWarnings, readLine } from '../new/report-data.js';
import type { FoundData } from './data-change.js';
import { planRows } from './rows.js';

/** What `set data=` does besides the merge: where the rows go, and what is told of the columns. */
export async function planData(
  dir: string,
  data: OwnData,
  entries: readonly MergeEntry[],
  level: number,
  answers: Answers,
) {
  const { rows, untracked } = await planRows(dir, data, entries);
  const { path, reasons, there, alongside } = rows;
  const placed = { path, reasons, fate: there ? 'there' : 'copy', beside: alongside } as const;
  const own = { read: data.read, rows: placed };
  const told = dataTold(own, answers);
  const contract = level === 0 ? 'src/contract.json' : `src/${answers.package}/contract.json`;
  const found: FoundData = {
    file: data.read.shown,
    told,
    lines: [readLine(data.read), ...columnLines(told, contract, false, answers.sensitive)],
    // Those that are read along are told with the rows.
    warnings: dataWarnings({ ...own, rows: { ...placed, beside: [] } }, answers, []),
  };
  return { rows, found, ...(untracked && { untracked }) };
}

/** @throws UserError (2) when the rows, of which the profile does not tell enough, let nothing be learned */
export function refuseRows({ profile, counts }: DataRead, answers: Answers): void {
  const problems = targetProblems(profile, counts, answers);
  if (problems.length)
    throw new UserError(
      problems.map((problem) => problem.replace(/^--/, '')).join('\n'),
      'Give more rows, or another target: azmlops set data=FILE target=COLUMN',
    );
}
