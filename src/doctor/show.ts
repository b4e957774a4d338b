import { wrap } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import { count } from '../upgrade/report-words.js';
import type { Group, Label } from './check.js';
import type { Finding } from './run.js';

interface Style {
  readonly width: number;
  readonly bold: (text: string) => string;
}

const TITLES: Readonly<Record<Group, string>> = {
  machine: 'This machine',
  repository: 'This repository',
  github: 'GitHub, and what it opens in Azure',
};

const COLUMN = 9;

/** The findings for a terminal: one a line, with the command that mends it below. */
export function findingLines(findings: readonly Finding[], { width, bold }: Style): string[] {
  const groups = (Object.keys(TITLES) as Group[]).filter((group) =>
    findings.some((each) => each.group === group),
  );
  return [
    ...groups.flatMap((group) => [
      bold(TITLES[group]),
      ...findings.filter((each) => each.group === group).flatMap((each) => lineOf(each, { width, bold })),
      '',
    ]),
    summary(findings),
  ];
}

export function lineOf({ label, says, mend }: Finding, { width, bold }: Style): string[] {
  const [first = '', ...more] = wrap(seen(says), Math.max(width - COLUMN - 2, 30));
  const blank = ' '.repeat(COLUMN);
  const word = label.padEnd(COLUMN);
  return [
    `  ${label === 'ok' ? word : bold(word)}${first}`,
    ...more.map((line) => `  ${blank}${line}`),
    // Never wrapped: it is there to be copied.
    ...(mend === undefined || label === 'ok' ? [] : [`  ${blank}> ${seen(mend)}`]),
  ];
}

export function summary(findings: readonly Finding[]): string {
  const many = (label: Label) => findings.filter((each) => each.label === label).length;
  const [bad, warned] = [many('wrong'), many('warning')];
  if (!bad && !warned) return 'Nothing is wrong.';
  const said = [...(bad ? [`${bad} wrong`] : []), ...(warned ? [count(warned, 'warning')] : [])];
  return `${said.join(', ')}${bad ? '' : '; nothing is wrong'}.`;
}
