import { answersAt } from '../answers/schema.js';
import type { Output } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import { EXIT } from '../errors.js';
import type { NewReport } from './new.js';
import { nextCommands } from './next.js';
import { isWritten } from './plan.js';

/** A commit that git refused for a reason of its own needs a person. */
export const exitOf = ({ git }: NewReport): number => (git.because === 'failure' ? EXIT.act : EXIT.done);

/** Says what was done, what stays as it was, and what to run next. */
export async function tell(report: NewReport, out: Output): Promise<void> {
  const { level, answers, place, dryRun, files, git, data, exposed } = report;
  const dataPart = data && (await import('./report-data.js'));
  const own = data && dataPart?.dataTold(data, answers);
  const written = files.filter(isWritten);
  const kept = files.filter(({ fate }) => fate === 'keep');
  const next = nextCommands(out.io.cwd, place.dir, level, answers.package);
  const warnings = [
    ...((data && dataPart?.dataWarnings(data, answers, exposed)) ?? []),
    ...warningsOf(report),
  ];
  if (data && own && dataPart) {
    const contract = files.find(({ path }) => path.endsWith('/contract.json'))?.path ?? 'contract.json';
    for (const line of dataPart.columnLines(own, contract, dryRun, answers.sensitive)) out.result(line);
  }
  if (dryRun) {
    for (const { path, fate, reason } of files)
      out.result(`${fate.padEnd(8)} ${seen(path)}${fate === 'add' ? '' : ` (${reason})`}`);
    out.result(`${written.length} files would be written to ${seen(place.dir)}. Nothing was written.`);
    if (own && dataPart) out.result(dataPart.rowsLine(own, true, true));
  } else {
    out.result(`${answers.name}: level ${level}, ${written.length} files in ${seen(place.dir)}`);
    if (kept.length) out.result('Yours, left as they are (the edits of the team):');
    for (const { path } of kept) out.result(`  ${seen(path)}`);
    if (kept.length && git.commit)
      out.result('They are in no commit yet: commit them, or the next upgrade takes them for deleted.');
    if (own && dataPart) out.result(dataPart.rowsLine(own, false, !exposed.includes(own.copied.path)));
    if (git.commit) out.result(`Committed as ${git.commit.slice(0, 10)}.`);
  }
  for (const warning of warnings) out.warn(warning);
  if (!dryRun) {
    out.result();
    out.result('Next:');
    for (const command of next) out.result(`  ${command}`);
  }
  out.data({
    command: 'new',
    dryRun,
    dir: place.dir,
    level,
    answers: Object.fromEntries(answersAt(level).map((key) => [key, answers[key]])),
    files: files.map(({ path, fate, reason }) => ({ path, fate, reason })),
    ...(own && { data: own }),
    git: { state: git.state, initialized: git.initialized, commit: git.commit ?? null },
    warnings,
    next,
  });
}

function warningsOf({ place, git }: NewReport): string[] {
  const warnings: string[] = [];
  if (place.git === 'inside')
    warnings.push(
      `${place.dir} lies inside the work tree ${place.top}: no git init, no commit. ` +
        'GitHub reads workflows only at the root of a repository; those written here will not run.',
    );
  if (git.because === 'identity')
    warnings.push(
      'git knows no user.name and user.email, so the files are staged and not committed. ' +
        'Set them (git config --global user.name "…" and user.email "…"), then: git commit -m "Start".',
    );
  if (git.because === 'failure')
    warnings.push(
      `The files are staged; git refused the commit: ${git.said}. Mend that, then: git commit -m "Start".`,
    );
  return warnings;
}
