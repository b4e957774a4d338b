import type { Answers } from '../answers/schema.js';
import type { MergeReport } from '../merge/types.js';
import type { Profile } from '../profile/profile.js';
import type { DataChange } from './data-change.js';

export interface ChangedAnswer {
  readonly key: string;
  readonly before: string | readonly string[];
  readonly after: string | readonly string[];
}

/** A level, and the version of azmlops whose templates it was or is rendered from. */
export interface Rendered {
  readonly level: number;
  readonly version: string;
}

/** Of `set`: the answers that change because somebody said so. */
export const chosenOf = ({ changedAnswers, chosen }: Outcome): ChangedAnswer[] =>
  changedAnswers.filter(({ key }) => chosen?.includes(key) ?? true);

/** What one run of upgrade, update or set came to in one repository: what a report is made from. */
export interface Outcome {
  readonly command: 'upgrade' | 'update' | 'set';
  /** Absolute. */
  readonly dir: string;
  readonly from: Rendered;
  readonly to: Rendered;
  readonly changedAnswers: readonly ChangedAnswer[];
  /** Those that the words of `set` name, where others follow from them. */
  readonly chosen?: readonly string[];
  readonly dryRun: boolean;
  /** The base was rendered anew by this version, because --rebase asked for it. */
  readonly rebased: boolean;
  /** Something was written into the work tree; false when there was nothing to do. */
  readonly written: boolean;
  readonly merge: MergeReport;
  /** Those of the target. */
  readonly answers: Answers;
  /** Other data, or a profile edited by hand; and the profile of before. */
  readonly data?: DataChange;
  readonly formerProfile?: Profile;
  /** The commit that --commit or --branch made. */
  readonly committed?: string;
  readonly branch?: string;
  /** Its address. */
  readonly pullRequest?: string;
  /** 1 when conflicts are left. */
  readonly exitCode: 0 | 1;
}
