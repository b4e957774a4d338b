import { expect, test } from 'vitest';
import { inTheirLineEnds } from '../../src/merge/line-ends.js';
import { file } from './trees.js';

function ends(
  base: string | undefined,
  ours: string,
  theirs: string,
): [string | undefined, string | undefined] {
  const sides = inTheirLineEnds(base === undefined ? undefined : file(base), file(ours), file(theirs));
  return [sides.base, sides.theirs].map((side) => side && Buffer.from(side.content).toString()) as [
    string,
    string,
  ];
}

test('base and theirs take CRLF where most lines of the team’s file end so', () => {
  expect(ends('a\nb\n', 'x\r\nb\r\nc\n', 'a\nc\r\n')).toEqual(['a\r\nb\r\n', 'a\r\nc\r\n']);
});

test('they take LF where git keeps the team’s file so, and the template writes CRLF', () => {
  expect(ends('a\r\nb\r\n', 'x\nb\n', 'a\r\nc\r\n')).toEqual(['a\nb\n', 'a\nc\n']);
});

test('half of the lines are not most of them', () => {
  expect(ends('a\nb\n', 'x\r\nb\n', 'a\n')).toEqual(['a\nb\n', 'a\n']);
});

test('a file that is the base’s takes the template’s line ends', () => {
  expect(ends('a\r\n', 'a\r\n', 'a\nb\n')).toEqual(['a\r\n', 'a\nb\n']);
});

test('what the team added in CRLF is compared in CRLF', () => {
  expect(ends(undefined, 'a\r\n', 'a\n')).toEqual([undefined, 'a\r\n']);
});

test.each([
  ['no line end', 'a'],
  ['nothing', ''],
  ['a NUL', 'a\0\r\n\r\n'],
])('a file with %s changes no side', (_, ours) => {
  expect(ends('b\n', ours, 'c\n')).toEqual(['b\n', 'c\n']);
});

test('a carriage return within a line stays', () => {
  expect(ends('a\rb\n', 'x\r\n', 'a\rb\n')).toEqual(['a\rb\r\n', 'a\rb\r\n']);
});

test('a link has no line ends', () => {
  const link = file('-> a\nb');
  expect(inTheirLineEnds(link, file('x\r\n'), link)).toEqual({ base: link, theirs: link });
});
