/** How a value is written that is not there. The emitted reader knows the same: MISSING in its data module. */
export const MISSING: readonly string[] = [
  '',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  'NULL',
  'null',
  'None',
  '<NA>',
  '?',
  '\\N',
  '-',
  '.',
];
