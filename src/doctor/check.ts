import type { Answers } from '../answers/schema.js';
import type { Repository } from '../repository/open.js';
import type { UserError } from '../errors.js';
import type { Files } from './repository/files.js';
import type { GitHub } from './github/asked.js';
import { installs } from './install.js';
import type { Caller } from './program.js';

export type Group = 'machine' | 'repository' | 'github';
export type Label = 'ok' | 'warning' | 'wrong';

/** What a check found: one sentence, and the command that mends it. */
export interface Answer {
  readonly label: Label;
  readonly says: string;
  readonly mend?: string;
  /** Tells several answers of one check apart, e.g. the environment. */
  readonly about?: string;
  /** Nobody knows: `says` is then only why. */
  readonly unasked?: true;
}

export interface Check {
  readonly id: string;
  readonly group: Group;
  /** What is asked, for where it was not. */
  readonly asks: string;
  /** The lowest level that it is for; 0 without it. */
  readonly since?: number;
  /** Seconds after which nobody waits for it any longer. */
  readonly limit: number;
  readonly ask: (context: Context) => Promise<Asked>;
}

/** A repository that azmlops wrote, as far as it can be read. */
export interface Ours {
  /** Absolute. */
  readonly dir: string;
  /** Or why its manifest cannot be read. */
  readonly opened: Repository | UserError;
  readonly files: () => Promise<Files>;
}

/** All that a check may ask; nothing else is read, so that a test can make it up. */
export interface Context {
  /** Where programs are asked about: the repository, or the folder that is none. */
  readonly dir: string;
  /** YYYY-MM-DD */
  readonly today: string;
  readonly platform: NodeJS.Platform;
  /** As in `process.version`. */
  readonly node: string;
  readonly call: Caller;
  /** Undefined where there is none: then only the machine is asked about. */
  readonly ours: Ours | undefined;
  readonly github: GitHub;
}

export const ok = (says: string, about?: string): Answer => made('ok', says, undefined, about);
export const warning = (says: string, mend?: string, about?: string): Answer =>
  made('warning', says, mend, about);
export const wrong = (says: string, mend?: string, about?: string): Answer =>
  made('wrong', says, mend, about);

/** What could not be asked is neither right nor wrong. */
export const notAsked = (why: string, mend?: string, about?: string): Answer => ({
  ...warning(why, mend ?? AGAIN, about),
  unasked: true,
});

/** Of what git must be asked first; undefined where it is there. */
export const withoutGit = ({ call, platform }: Context): Answer | undefined =>
  call.find('git') === undefined ? notAsked('git is not there', installs('git', platform)) : undefined;

/** When what was in the way is gone. */
const AGAIN = 'azmlops doctor';

const made = (label: Label, says: string, mend?: string, about?: string): Answer => ({
  label,
  says,
  ...(mend === undefined ? {} : { mend }),
  ...(about === undefined ? {} : { about }),
});

/** The level of the repository; undefined where it is unknown. */
export const levelOf = ({ ours }: Context): number | undefined => settled(ours)?.manifest.level;

export const answersOf = ({ ours }: Context): Answers | undefined => settled(ours)?.manifest.answers;

type Asked = Answer | readonly Answer[];

/** A question about a repository whose manifest can be read; without one it is not asked. */
export const inRepository =
  (ask: (repository: Repository, ours: Ours, context: Context) => Promise<Asked>) =>
  async (context: Context): Promise<Asked> => {
    const { ours } = context;
    const repository = settled(ours);
    if (ours && repository) return ask(repository, ours, context);
    return withoutGit(context) ?? notAsked('the manifest cannot be read');
  };

/** The repository, if its manifest could be read. */
export const settled = (ours: Ours | undefined): Repository | undefined =>
  ours && 'manifest' in ours.opened ? ours.opened : undefined;

/** At most so many names of a list, and how many more there are. */
export function few(names: readonly string[], most = 4): string {
  const rest = names.length - most;
  return [...names.slice(0, most), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
