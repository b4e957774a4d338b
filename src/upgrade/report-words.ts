import { seen } from '../cli/seen.js';
import type { Fate, MergeEntry } from '../merge/types.js';

/** A path; in quotes where its ends could not be seen. */
export const seenPath = (path: string): string => (/^\s|\s$/.test(path) ? `"${seen(path)}"` : seen(path));

/** The groups of the plan, in the order in which they are told. `unchanged` is only a number. */
export const GROUPS = [
  { fate: 'add', done: 'Added', planned: 'To be added' },
  { fate: 'update', done: 'Updated', planned: 'To be updated' },
  { fate: 'merge', done: 'Merged', planned: 'To be merged' },
  { fate: 'move', done: 'Moved', planned: 'To be moved' },
  { fate: 'remove', done: 'Removed', planned: 'To be removed' },
  { fate: 'keep', done: 'Your edit stays', planned: 'Your edit stays' },
  {
    fate: 'keep-deleted',
    done: 'You deleted it, it stays deleted',
    planned: 'You deleted it, it stays deleted',
  },
  { fate: 'conflict', done: 'Conflicts', planned: 'Conflicts' },
] as const satisfies readonly { fate: Fate; done: string; planned: string }[];

export type GroupOf = (typeof GROUPS)[number];

/** What to do about conflicts. */
export function adviceFor(conflicts: readonly MergeEntry[]): string[] {
  const beside = conflicts.some(({ reason }) => reason.includes('.azmlops-new'));
  return [
    'Usually both sides must survive: what you wrote, and what the template needs now. Between conflict markers stand your lines first, then what both sides started from, then the lines of the template.',
    ...(beside
      ? [
          'Where a file .azmlops-new stands beside yours, yours was left as it is: take over what you want of the new one, then delete it.',
        ]
      : []),
  ];
}

export const isChange = ({ fate }: MergeEntry): boolean =>
  fate !== 'unchanged' && fate !== 'keep' && fate !== 'keep-deleted';

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/**
 * The entries of a group by reason, so that one that several share is told once; those of conflicts, and of one or two
 * entries, stand with their paths.
 */
export function byReason(
  fate: Fate,
  entries: readonly MergeEntry[],
): { shared: { reason: string; paths: string[] }[]; single: MergeEntry[] } {
  if (fate === 'conflict') return { shared: [], single: [...entries] };
  const buckets = new Map<string, MergeEntry[]>();
  for (const entry of entries) buckets.set(entry.reason, [...(buckets.get(entry.reason) ?? []), entry]);
  const isShared = ({ reason }: MergeEntry): boolean => (buckets.get(reason)?.length ?? 0) > 2;
  return {
    shared: [...buckets]
      .filter(([, inside]) => inside.length > 2)
      .map(([reason, inside]) => ({ reason, paths: inside.map(({ path }) => path) })),
    single: entries.filter((entry) => !isShared(entry)),
  };
}

/** Part of a list of paths: one file, a folder with how many, or how many more there are. */
export type Fold =
  { readonly path: string } | { readonly folder: string; readonly files: number } | { readonly more: number };

/** Paths folded by folder when they are more than `most`; each is named, or counted in a folder or in the rest. */
export function folded(paths: readonly string[], most = 12): Fold[] {
  if (paths.length <= most) return paths.map((path) => ({ path }));
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const folder = folderOf(path);
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  const folds = [...folders].flatMap(([folder, inside]): Fold[] =>
    folder === '' || inside.length < 3
      ? inside.map((path) => ({ path }))
      : [{ folder: `${folder}/`, files: inside.length }],
  );
  if (folds.length <= most * 2) return folds;
  const shown = folds.slice(0, most);
  return [...shown, { more: paths.length - shown.reduce((sum, fold) => sum + filesIn(fold), 0) }];
}

/** The folder under which a path is counted: at most two names deep. */
export const folderOf = (path: string): string => path.split('/').slice(0, -1).slice(0, 2).join('/');

const filesIn = (fold: Fold): number => ('files' in fold ? fold.files : 1);
