import { count } from '../../upgrade/report-words.js';
import { severities, type View } from './view.js';

/** A repository as a row of the table of many; or why it could not be assessed. */
export type Entry =
  | { readonly dir: string; readonly error: string }
  | {
      readonly dir: string;
      readonly level: string;
      readonly creation: string;
      readonly release: string;
      readonly app: string;
      readonly findings: string;
    };

export function entryOf(dir: string, view: View): Entry {
  const { ml, dimensions } = view.assessment;
  const word = (level: number | null) => (level === null ? '–' : String(level));
  const { level, gaps } = view;
  return {
    dir,
    level:
      ml && level
        ? `${level.number}${gaps.length ? ` (${count(gaps.length, 'row')} below)` : ''}`
        : 'no machine learning',
    creation: word(dimensions.creation),
    release: word(dimensions.release),
    app: word(dimensions.app),
    findings: severities(view.findings) || 'none',
  };
}
