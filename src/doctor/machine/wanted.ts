/** Versions that what we emit and what we do ourselves need. */
export const WANTED = {
  /** src/git refuses older ones. */
  git: [2, 30],
  /** As requires-python of the emitted pyproject.toml. */
  python: { oldest: [3, 10], newest: [3, 13] },
  /** The extension of az that the templates name. */
  ml: '2.44.1',
  /** The emitted scripts/setup.sh lists variables as JSON: https://github.com/cli/cli/pull/8516 */
  gh: [2, 43],
  /** As `engines` of package.json. */
  node: [
    { from: [20, 17], below: [21] },
    { from: [22, 9], below: undefined },
  ],
} as const;
