import { type Aside, asidesOf, type Choice } from './notes.js';
import type { Column, Profile } from './profile.js';

export type Role = 'feature' | 'target' | 'sensitive' | 'ignored';

export type ContractColumn = Pick<Column, 'name' | 'type' | 'missing' | 'min' | 'max' | 'categories'> & {
  readonly role: Role;
  /** One sentence, of a column that is set aside or flagged. */
  readonly note?: string;
};

export interface Contract extends Choice {
  readonly version: 1;
  readonly columns: readonly ContractColumn[];
}

/** What the emitted code reads of the data: the profile, and what each column is for. */
export function contractOf(profile: Profile, choice: Choice): Contract {
  const { task, target, sensitive } = choice;
  const asides = new Map(asidesOf(profile, choice).map((aside) => [aside.column, aside]));
  return {
    version: 1,
    task,
    target,
    sensitive,
    columns: profile.columns.map((column): ContractColumn => {
      const { name, type, missing } = column;
      const aside = asides.get(name);
      const role = roleOf(column, choice, aside);
      return {
        name,
        role,
        type,
        missing,
        ...valuesOf(column, role, task),
        ...(aside && { note: aside.note }),
      };
    }),
  };
}

function roleOf({ name }: Column, { target, sensitive }: Choice, aside: Aside | undefined): Role {
  if (name === target) return 'target';
  if (sensitive.includes(name)) return 'sensitive';
  return aside?.setAside ? 'ignored' : 'feature';
}

/** What is promised of a column's values: a range or a list, never both. */
function valuesOf(
  { type, min, max, categories, personal, constant }: Column,
  role: Role,
  task: string,
): Pick<Column, 'min' | 'max' | 'categories'> {
  // The profile should have nothing of a personal column; nobody is to be named because it was edited by hand.
  // A constant is not used, and may become another one tomorrow.
  if (personal || constant) return {};
  const named = role === 'sensitive' || (role === 'target' && task === 'classification');
  if (categories && (type !== 'whole' || named)) return { categories };
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
