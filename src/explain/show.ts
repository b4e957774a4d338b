import { wrap } from '../cli/output.js';
import { seen, seenLines } from '../cli/seen.js';
import { count, seenPath } from '../upgrade/report-words.js';
import { ownPackage } from '../version.js';
import type { Explanation } from './explain.js';

interface Style {
  readonly width: number;
  readonly bold: (text: string) => string;
}

/** An explanation for a terminal: where the file comes from, what the team did to it, and the difference. */
export function explanationLines(explanation: Explanation, { width, bold }: Style): string[] {
  const say = (texts: readonly string[]) =>
    texts.flatMap((text) => wrap(text, width - 2, '  ').map((line) => `  ${line}`));
  const { path, change } = explanation;
  const lines = [bold(seenPath(path)), ...say([...sourceLines(explanation), ...changeLines(explanation)])];
  if (!change?.diff?.startsWith('@@')) return lines;
  const name = seen(path);
  return [
    ...lines,
    '',
    `--- ${name} as azmlops wrote it`,
    `+++ ${name}`,
    ...change.diff.split('\n').map(visible),
  ];
}

function sourceLines({ kind, origin, level, version }: Explanation): string[] {
  const own = ownPackage().version;
  const older =
    version === own ? [] : [`azmlops ${seen(version)} wrote it; this is ${own}, whose templates may differ.`];
  switch (kind) {
    case 'own':
      return [
        'azmlops did not write this file: it is yours. An upgrade touches it only where a level brings a file of that name, or where it is an adopted notebook whose code the next level lifts.',
      ];
    case 'rows':
      return [
        "It is the team's data, not azmlops': git does not track it, and an upgrade leaves it alone. Only azmlops set data=FILE moves it aside, into data/raw/former/, when other rows take its place.",
      ];
    case 'guard':
      return ['azmlops put it there so that no row enters git, itself included; it is yours to change.'];
    case 'profile':
      return [
        `azmlops made it from the data, of which no row is kept; the data contract is rendered from it: level ${level}, version ${seen(version)}. What it says of a column may be edited; azmlops update then follows. azmlops set data=FILE makes it anew.`,
      ];
    case 'baseline':
      return [
        'azmlops keeps here what it rendered last. An upgrade compares your files with it; it is not for editing.',
      ];
    case 'manifest':
      return [
        `azmlops writes it from the answers: level ${level}, version ${seen(version)}. An answer may be edited; azmlops update then follows.`,
      ];
    case 'other':
      return [
        `azmlops ${seen(version)} wrote it; the templates of this version, ${own}, have no such file at level ${level}.`,
      ];
    case 'template': {
      if (!origin) return [];
      const { since, overlay, template, root, partials } = origin;
      return [
        `Brought by level ${since}${overlay === since ? '' : `, replaced by level ${overlay}`}; this repository is at level ${level}.`,
        `Template: templates/${template}${root === 'azmlops' ? '' : ` of ${seen(root)}`}`,
        ...(partials.length ? [`with ${partials.map((name) => `templates/${name}`).join(', ')}`] : []),
        ...older,
      ];
    }
  }
}

function changeLines({ change }: Explanation): string[] {
  if (!change) return [];
  if (change.kind === 'none') return ['Your team has not changed it.'];
  if (change.kind === 'deleted') return ['Your team deleted it; an upgrade leaves it deleted.'];
  const { added, deleted, mode, diff } = change;
  const lines =
    added === undefined || deleted === undefined
      ? diff
        ? [`Your team changed it. ${diff}`]
        : []
      : [`Your team changed it: ${count(added, 'line')} added, ${count(deleted, 'line')} deleted.`];
  return [...lines, ...(mode ? [`Its mode is ${mode.after}; azmlops wrote ${mode.before}.`] : [])];
}

/** A line of somebody's file: tabs as they are, nothing that a terminal would obey. */
const visible = (line: string): string => seenLines(line.replace(/\r$/, ''));
