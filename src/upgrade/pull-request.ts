import { seen } from '../cli/seen.js';
import { loadModel } from '../levels/load.js';
import type { Model } from '../levels/model.js';
import type { MergeEntry } from '../merge/types.js';
import { md } from '../render/quote.js';
import { type Brings, bringsOf, dimensionsOf, peopleOf } from './brings.js';
import { titleOf } from './commit.js';
import { dataWords } from './data-words.js';
import type { Outcome } from './outcome.js';
import { commandOf } from './report-next.js';
import { adviceFor, byReason, count, type GroupOf, GROUPS, isChange } from './report-words.js';

/** GitHub takes 65,536 characters for the text of an issue or a pull request. */
const LONGEST = 60_000;

/** The report in GitHub's Markdown, for a pull request, or for an issue that tells of a dry run. */
export async function pullRequestText(outcome: Outcome): Promise<string> {
  const model = await loadModel();
  const texts = [1000, 200, 50, 10].map((most) => () => textWith(outcome, model, most));
  let text = '';
  for (const make of texts) {
    text = make();
    if (text.length <= LONGEST) break;
  }
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}\n`;
}

function textWith(outcome: Outcome, model: Model, most: number): string {
  const { merge, written, from, to } = outcome;
  const blocks = [intro(outcome)];
  const conflicts = merge.entries.filter(({ fate }) => fate === 'conflict');
  if (merge.entries.some(isChange)) {
    blocks.push(...bringsBlocks(bringsOf(outcome, model)));
    const unchanged = merge.entries.filter(({ fate }) => fate === 'unchanged').length;
    blocks.push('## Files');
    for (const group of GROUPS) {
      if (group.fate === 'conflict') continue;
      const entries = merge.entries.filter(({ fate }) => fate === group.fate);
      if (entries.length) blocks.push(collapsed(group, entries, written, most));
    }
    if (unchanged) blocks.push(`${count(unchanged, 'file')} unchanged.`);
    if (merge.notes.length) blocks.push('## Notes', capped(merge.notes.map(plain), most));
    if (conflicts.length)
      blocks.push(
        '## Conflicts',
        capped(conflicts.map(entryText), most * 5),
        ...adviceFor(conflicts).map(plain),
      );
    const now = dimensionsOf(outcome, model).flatMap(({ name, now: held }) =>
      held.map((text) => `**${md(name)}**: ${md(text)}`),
    );
    if (now.length) blocks.push('## What holds more now', list(now));
    const people = peopleOf(outcome, model);
    if (people.length)
      blocks.push('## What only people can do now', people.map((text) => `- [ ] ${md(text)}`).join('\n'));
  }
  if (!written && merge.entries.some(isChange)) blocks.push('## Command', codeBlock(commandOf(outcome, '')));
  blocks.push(
    `From level ${from.level}, azmlops ${code(from.version)}, to level ${to.level}, azmlops ${code(to.version)}.`,
  );
  return `${blocks.join('\n\n')}\n`;
}

function intro(outcome: Outcome): string {
  const { merge, written, rebased, changedAnswers, data } = outcome;
  if (!merge.entries.some(isChange)) return 'Nothing to do.';
  const what = `${titleOf(outcome)}${written ? '.' : ': what it would do. Nothing was written.'}`;
  const answers = changedAnswers.map(
    ({ key, before, after }) => `${code(key)}: ${code(textOf(before))} becomes ${code(textOf(after))}`,
  );
  const [extent] = data ? dataWords(data) : [];
  const told = [...answers, ...(extent === undefined ? [] : [plain(extent)])];
  const anew = rebased
    ? [
        'The baseline was rendered anew by this version, so edits of older templates may show as the edits of the team.',
      ]
    : [];
  return [plain(what), ...(told.length ? [list(told)] : []), ...anew].join('\n\n');
}

function bringsBlocks(brings: Brings): string[] {
  const blocks: string[] = [];
  for (const { number, name, summary } of brings.levels)
    blocks.push(`## Level ${number}: ${md(name)}`, md(summary));
  const azure = (idle: string) =>
    brings.resources.filter((each) => each.idle === idle).map(({ text }) => md(text));
  const [paid, free] = [azure('costs'), azure('free')];
  if (paid.length) blocks.push('**New in Azure, paid for also when idle**', list(paid));
  if (free.length) blocks.push('**New in Azure, free when idle**', list(free));
  const github = [
    ...brings.environments.map(({ name, text }) => `environment ${code(name)}: ${md(text)}`),
    ...brings.variables.map(
      ({ name, where, text }) => `variable ${code(name)} (${md(where.join(', '))}): ${md(text)}`,
    ),
  ];
  if (github.length) blocks.push('**New on GitHub**; `scripts/setup.sh` sets it', list(github));
  return blocks;
}

function collapsed(
  { fate, done, planned }: GroupOf,
  entries: readonly MergeEntry[],
  written: boolean,
  most: number,
): string {
  const { shared, single } = byReason(fate, entries);
  const blocks = [
    ...shared.map(({ reason, paths }) => `${plain(reason)}\n\n${capped(paths.map(code), most)}`),
    ...(single.length ? [capped(single.map(entryText), most)] : []),
  ];
  const title = md(`${written ? done : planned} (${entries.length})`);
  const body = blocks.join('\n\n');
  return entries.length <= 5
    ? `**${title}**\n\n${body}`
    : `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function capped(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return list(rest > 0 ? [...items.slice(0, most), `… and ${rest} more`] : items);
}

const entryText = ({ path, reason }: MergeEntry): string =>
  `${code(path)}${reason ? `: ${plain(reason)}` : ''}`;

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** Text that may name anything, as one line of plain Markdown: no markup, no mention of a person, no reference. */
const plain = (text: string): string => md(seen(text)).replaceAll('@', '&#64;');

/** A code span, whatever backticks and blanks the text holds. */
export function code(text: string): string {
  const shown = seen(text);
  if (!shown.trim()) return shown ? `"${shown.replaceAll(' ', '&#32;')}"` : '(empty)';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padded = /^[` ]|[` ]$/.test(shown) ? ` ${shown} ` : shown;
  return `${fence}${padded}${fence}`;
}

function codeBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

const textOf = (value: string | readonly string[]): string =>
  typeof value === 'string' ? value : value.join(', ');
