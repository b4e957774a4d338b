/** How strongly an operator binds, and its name in the tree. */
export const LEVELS = new Map<string, readonly [number, string]>([
  ['or', [1, 'or']],
  ['and', [2, 'and']],
  ...['in', 'not', 'is'].map((word) => [word, [4, word]] as const),
  ...['<', '>', '==', '>=', '<=', '!='].map((word) => [word, [4, 'CompareOp']] as const),
  ['|', [5, 'BitOp']],
  ['^', [6, 'BitOp']],
  ['&', [7, 'BitOp']],
  ...['<<', '>>'].map((word) => [word, [8, 'BitOp']] as const),
  ...['+', '-'].map((word) => [word, [9, 'ArithOp']] as const),
  ...['*', '/', '//', '%', '@'].map((word) => [word, [10, 'ArithOp']] as const),
  ['**', [12, 'ArithOp']],
]);
export const UNARY = 11;
export const NOT = 3;

/** Words that are no names. */
export const RESERVED = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);
