/** The first version in what a program says of itself, as numbers: `git version 2.39.5` is [2, 39, 5]. */
export function versionIn(text: string): readonly number[] | undefined {
  const found = /\d+(\.\d+)+/.exec(text)?.[0];
  return found?.split('.').map(Number);
}

/** Negative when `a` is older; what is missing at the end counts as 0. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference) return difference;
  }
  return 0;
}

export const shownVersion = (version: readonly number[]): string => version.join('.');
