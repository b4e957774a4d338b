import type { Column, Profile } from './profile.js';

/** What the columns of a repository are used for. */
export interface Choice {
  readonly task: string;
  readonly target: string;
  readonly sensitive: readonly string[];
}

/** Why a column is no plain feature. */
export type Reason =
  | 'empty'
  | 'constant'
  | 'id'
  | 'date'
  | 'personal'
  /** Says the same as the target: a model would copy it. */
  | 'leak'
  /** Says the same as a sensitive column, which the model is not to be fed. */
  | 'proxy'
  /** Says the same as another feature. */
  | 'duplicate'
  /** A feature, of whose values the model keeps words. */
  | 'text';

/** A column that somebody should know of: not fed to the model, or fed to it all the same. */
export interface Aside {
  readonly column: string;
  readonly reason: Reason;
  /** Not fed to the model. */
  readonly setAside: boolean;
  /** One sentence for the contract, the report and the documentation. */
  readonly note: string;
}

/** The columns that are set aside or flagged, in the order of the file; neither target nor sensitive columns are. */
export function asidesOf(profile: Profile, choice: Omit<Choice, 'task'>): Aside[] {
  const groups = groupsOf(profile);
  return profile.columns.flatMap((column): Aside[] => {
    const { name } = column;
    if (name === choice.target || choice.sensitive.includes(name)) return [];
    const text = column.type === 'text' ? 'text' : undefined;
    const reason = reasonOf(column) ?? likeness(column, choice, groups.get(name) ?? []) ?? text;
    if (!reason) return [];
    const { why, other = '' } = typeof reason === 'string' ? { why: reason } : reason;
    return [{ column: name, reason: why, setAside: !FLAGGED.has(why), note: SENTENCES[why](other) }];
  });
}

/** Fed to the model all the same. */
const FLAGGED: ReadonlySet<Reason> = new Set(['duplicate', 'text']);

const SENTENCES: Readonly<Record<Reason, (other: string) => string>> = {
  empty: () => 'No row has a value here.',
  constant: () => 'The value is the same in every row, so a model learns nothing from it.',
  id: () => 'It only tells which case a row is about, so a model learns nothing from it for new ones.',
  date: () => 'Dates are not used; a column of days since something would be.',
  personal: () => 'It looks like personal data, so nothing of its values is kept and no model is fed it.',
  leak: (other) => `It says the same as ${other}, the target, in every row: it would give the answer away.`,
  proxy: (other) => `It says the same as ${other} in every row, which is sensitive and not fed to the model.`,
  duplicate: (other) => `It says the same as ${other} in every row: one of the two is enough.`,
  text: () =>
    'Free text: its most frequent words become part of the model. Set it aside where they may name people.',
};

/** What a column is by itself, whatever is predicted. */
function reasonOf({ type, constant, missing, distinct, personal }: Column): Reason | undefined {
  if (constant) return missing === 1 && !distinct ? 'empty' : 'constant';
  if (personal) return 'personal';
  return type === 'id' || type === 'date' ? type : undefined;
}

/** What a column is because another one says the same; `alike` are all that do, it among them. */
function likeness(
  { name }: Column,
  { target, sensitive }: Omit<Choice, 'task'>,
  alike: readonly Column[],
): { readonly why: Reason; readonly other: string } | undefined {
  const find = (why: Reason, fits: (other: Column) => boolean) => {
    const found = alike.find(fits);
    return found && found.name !== name ? { why, other: JSON.stringify(found.name) } : undefined;
  };
  return (
    find('leak', (other) => other.name === target) ??
    find('proxy', (other) => sensitive.includes(other.name)) ??
    find('duplicate', (other) => !reasonOf(other))
  );
}

/** By column: all that say the same, it among them. */
function groupsOf(profile: Profile): Map<string, Column[]> {
  const groups = new Map<string, Column[]>();
  for (const column of profile.columns) {
    const group = (column.same !== undefined && groups.get(column.same)) || [];
    group.push(column);
    groups.set(column.name, group);
  }
  return groups;
}
