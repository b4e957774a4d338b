import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, COMMON } from '../../src/cli/flags.js';
import { wordsAfterNamespace, YEOMAN_OPTIONS } from '../../generators/app/words.js';

const ours = Object.assign({}, COMMON, ...Object.values(COMMANDS).map(({ flags }) => flags)) as object;

describe('words after the namespace', () => {
  it.each([
    [
      ['azmlops', 'churn', '--level', '1'],
      ['churn', '--level', '1'],
    ],
    [['--no-insight', 'azmlops', 'churn'], ['churn']],
    [['azmlops:app', 'churn'], ['churn']],
    [
      ['azmlops:upgrade', '--to', '3', 'a', 'b', '--bail'],
      ['--to', '3', 'a', 'b'],
    ],
    [['azmlops:set', 'endpoint=both'], ['endpoint=both']],
    [
      ['azmlops', '--yes', 'churn', '--skip-install'],
      ['--yes', 'churn'],
    ],
    [
      ['azmlops', '--title', 'azmlops', '--bail'],
      ['--title', 'azmlops'],
    ],
    [['azmlops', '--cwd', '/x', 'churn'], ['churn']],
    [['azmlops', '--cwd=/x', 'churn'], ['churn']],
    [['azmlops', '--teams.data-science=o/ds'], ['--teams.data-science=o/ds']],
    [['azmlops', '--unknown'], ['--unknown']],
    [
      ['azmlops', '--', '--debug'],
      ['--', '--debug'],
    ],
    [[], []],
  ])('%j are %j', (argv, words) => {
    expect(wordsAfterNamespace(argv)).toEqual(words);
  });

  it.each(Object.keys(YEOMAN_OPTIONS))('%s is dropped, and is no flag of ours', (option) => {
    expect(
      wordsAfterNamespace(['azmlops', option, ...(YEOMAN_OPTIONS[option] ? ['x'] : []), 'churn']),
    ).toEqual(['churn']);
    expect(Object.keys(ours)).not.toContain(option.slice(2));
  });
});

/** Every option that the installed Yeoman declares, in its own sources. */
const declared = (path: string, pattern: RegExp) =>
  [...readFileSync(new URL(`../../node_modules/${path}`, import.meta.url), 'utf8').matchAll(pattern)].map(
    ([, name]) => `--${name}`,
  );

it.each([
  ['yo/lib/usage.txt', / --([a-z-]+)/g],
  ['yeoman-environment/dist/util/command.js', /'--([a-z-]+[a-z])'/g],
  ['yeoman-generator/dist/generator.js', /this\.option\('([a-z-]+)'/g],
])('no option of %s is forgotten', (path, pattern) => {
  const found = declared(path, pattern);
  expect(found.length).toBeGreaterThan(3);
  const known = Object.keys(ours).map((name) => `--${name}`);
  expect(found.filter((name) => !Object.hasOwn(YEOMAN_OPTIONS, name) && !known.includes(name))).toEqual([]);
});

it('every command but levels has a door, whose own method hands over its words', async () => {
  const doors = {
    new: await import('../../generators/app/index.js'),
    upgrade: await import('../../generators/upgrade/index.js'),
    update: await import('../../generators/update/index.js'),
    set: await import('../../generators/set/index.js'),
    adopt: await import('../../generators/adopt/index.js'),
    explain: await import('../../generators/explain/index.js'),
    assess: await import('../../generators/assess/index.js'),
    doctor: await import('../../generators/doctor/index.js'),
  };
  expect(Object.keys(doors)).toEqual(Object.keys(COMMANDS).filter((verb) => verb !== 'levels'));
  // Yeoman runs no method that a generator inherits.
  for (const door of Object.values(doors))
    expect(Object.getOwnPropertyNames(door.default.prototype)).toEqual(['constructor', 'writing']);
});
