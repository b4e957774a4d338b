import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hangsOnComparison } from '../../../src/assess/rules/comparison.js';

const rows: [string, string, boolean][] = [
  ['a threshold', 'if auc < limit:\n    sys.exit(1)', true],
  ['on one line', 'if auc < limit: sys.exit(1)', true],
  ['a name', 'def f():\n    if failed:\n        print(1)\n        sys.exit(1)', true],
  ['the other branch', 'if good:\n    print(1)\nelse:\n    sys.exit(1)', true],
  ['a constant', 'if False:\n    sys.exit(1)', false],
  ['two constants', 'if 1 > 0:\n    sys.exit(1)', false],
  ['the words of the command line', 'if len(sys.argv) < 2:\n    sys.exit(1)', false],
  ['a missing file', 'if not path.exists():\n    sys.exit(1)', false],
  ['the way a program begins', 'if __name__ == "__main__":\n    sys.exit(1)', false],
  ['how a program ended', 'if code:\n    sys.exit(f"{command} failed with {code}")', false],
  ['what a service answered', 'if status_code != 200:\n    sys.exit(1)', true],
  ['nothing above', 'sys.exit(1)', false],
  ['a condition that ended before', 'if auc < limit:\n    pass\nsys.exit(1)', false],
];

test.each(rows)('%s', (_, text, expected) =>
  expect(hangsOnComparison(text.split('\n'), text.split('\n').length)).toBe(expected),
);

test('any text and line is answered', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), (text, line) => void hangsOnComparison(text.split('\n'), line)),
  );
});
