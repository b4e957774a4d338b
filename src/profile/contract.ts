import type { Column, Profile } from './profile.js';

export type Role = 'feature' | 'target' | 'sensitive' | 'ignored';

export interface Contract {
  readonly version: 1;
  readonly task: string;
  readonly target: string;
  readonly sensitive: readonly string[];
  readonly columns: readonly (Column & { readonly role: Role })[];
}

/** What the emitted code reads of the data: the profile, and what each column is for. */
export function contractOf(
  profile: Profile,
  choice: { readonly task: string; readonly target: string; readonly sensitive: readonly string[] },
): Contract {
  const { task, target, sensitive } = choice;
  return {
    version: 1,
    task,
    target,
    sensitive,
    columns: profile.columns.map(({ name, type, missing, min, max, categories, personal }) => ({
      name,
      role: roleOf(name, type, choice),
      type,
      missing,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      // The profile should have none either; nobody is to be named because it was edited by hand.
      ...(categories === undefined || personal ? {} : { categories }),
    })),
  };
}

function roleOf(
  name: string,
  type: Column['type'],
  { target, sensitive }: { readonly target: string; readonly sensitive: readonly string[] },
): Role {
  if (name === target) return 'target';
  if (sensitive.includes(name)) return 'sensitive';
  return type === 'id' || type === 'text' || type === 'date' ? 'ignored' : 'feature';
}
