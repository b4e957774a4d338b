import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/levels/load.js';
import { contextOf } from '../../src/render/context.js';
import { loadRoot } from '../../src/render/load.js';
import { render } from '../../src/render/render.js';
import { bringsOf, dimensionsOf, peopleOf } from '../../src/upgrade/brings.js';
import { ENDPOINTS, GATES, LEVELS, TASKS } from '../support/trees.js';
import { answersAt, outcomeOf } from '../support/outcome.js';

const model = await loadModel();
const roots = [loadRoot(fileURLToPath(new URL('../../templates', import.meta.url)))];

const combinations = TASKS.flatMap((task) =>
  ENDPOINTS.flatMap((endpoint) => GATES.map((gate) => ({ task, endpoint, gate }))),
);
type Combination = (typeof combinations)[number];

const rendered = new Map<string, [string, string][]>();

/** Emitted files as text, by path. */
function emitted(level: number, given: Combination): [string, string][] {
  const key = JSON.stringify([level, given]);
  const files =
    rendered.get(key) ??
    [...render(roots, level, answersAt(level, given))].map(([path, { content }]): [string, string] => [
      path,
      Buffer.from(content).toString(),
    ]);
  rendered.set(key, files);
  return files;
}

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, word = '']) => word);

/** What stands in a set at each level and at none below it. */
function fresh(
  given: Combination,
  find: (level: number, files: [string, string][]) => string[],
): Set<string>[] {
  const had = new Set<string>();
  return LEVELS.map((level) => {
    const found = find(level, emitted(level, given)).filter((word) => !had.has(word));
    found.forEach((word) => had.add(word));
    return new Set(found);
  });
}

/** What maturity.yml lists at each level for these answers. */
const listed = <T extends { readonly if: readonly string[] }>(
  given: Combination,
  of: (level: (typeof model.levels)[number]) => readonly T[],
): T[][] =>
  LEVELS.map((level) => {
    const context: Readonly<Record<string, unknown>> = contextOf(level, answersAt(level, given));
    return of(model.levels[level]!).filter((entry) => entry.if.every((name) => context[name] === true));
  });

describe.each(combinations)('of $task, $endpoint, $gate maturity.yml lists', (given) => {
  it('each variable that workflows read at the level where the first one reads it, and no other', () => {
    const read = fresh(given, (_, files) =>
      files
        .filter(([path]) => path.startsWith('.github/'))
        .flatMap(([, text]) => matches(text, /\bvars\.(\w+)/g)),
    );
    const names = listed(given, ({ variables }) => variables).map(
      (level) => new Set(level.map(({ name }) => name)),
    );
    expect(names).toEqual(read);
    expect(read[1]!.size).toBeGreaterThan(0);
  });

  it('each GitHub environment at the level where a workflow first names it', () => {
    const used = fresh(given, (_, files) => {
      const text = files
        .filter(([path]) => path.startsWith('.github/'))
        .map(([, body]) => body)
        .join('\n');
      return matches(text, /^\s*environment: *([a-z]\w*)/gm);
    });
    const names = listed(given, ({ environments }) => environments).map(
      (level) => new Set(level.map(({ name }) => name)),
    );
    expect(names).toEqual(used);
  });

  it('a resource for each az call that makes something new', () => {
    const made = fresh(given, (level, files) =>
      files
        .filter(
          ([path]) =>
            (level === 0 && path === 'README.md') || /^(scripts\/.*\.sh|delivery\/.*\.py)$/.test(path),
        )
        .map(([, text]) => text.replaceAll(/^\s*#.*$/gm, '').replaceAll(/\\\n\s*/g, ' '))
        .flatMap((text) => [
          ...matches(text, /\baz ([a-z][a-z -]*?) create\b/g),
          ...matches(text, /\baz\("(ml", "[a-z]+)", "create"/g).map((words) => words.replace('", "', ' ')),
        ]),
    );
    const calls = listed(given, ({ resources }) => resources).map(
      (level) => new Set(level.flatMap(({ az }) => az)),
    );
    expect(calls).toEqual(made);
    expect(made[0]!.size * made[1]!.size).toBeGreaterThan(0);
  });
});

const PAID = [
  'online deployment',
  'container registr',
  'ML registry',
  'compute instance',
  'monitor',
  'alert rule',
  'Log Analytics',
];

describe.each(combinations)('of $task, $endpoint, $gate what costs money when idle', (given) => {
  it.each(LEVELS)('is at level %i the same in maturity.yml as in the README', (level) => {
    const readme = emitted(level, given).find(([path]) => path === 'README.md')?.[1] ?? '';
    const bullets = (readme.split('## What costs money when idle')[1]?.split('\n## ')[0] ?? '').split('\n');
    const told = bullets.filter((line) => line.startsWith('- ') && !line.startsWith('- Nothing')).join('\n');
    const resources = listed(given, (each) => each.resources)
      .slice(0, level + 1)
      .flat();
    const paid = resources
      .filter(({ idle }) => idle === 'costs')
      .map(({ text }) => text)
      .join('\n');
    const named = (text: string) => PAID.filter((word) => text.toLowerCase().includes(word.toLowerCase()));
    expect(named(paid)).toEqual(named(told));
    expect(named(told).length).toBeGreaterThan(0);
  });
});

describe('what a level is said to bring', () => {
  const outcome = (from: number, to: number, given: Partial<Combination> = {}) =>
    outcomeOf({ from, to, given });

  it('is that of all levels on the way up', () => {
    const { levels, environments, variables } = bringsOf(outcome(1, 4), model);
    expect(levels.map(({ number }) => number)).toEqual([2, 3, 4]);
    expect(environments.map(({ name }) => name)).toEqual(['staging', 'production', 'monitoring']);
    expect(variables.map(({ name }) => name)).toContain('AZURE_ML_REGISTRY');
    expect(variables.map(({ name }) => name)).not.toContain('AZURE_CLIENT_ID');
  });

  it('is nothing in Azure when only templates are newer', () => {
    expect(bringsOf(outcome(3, 3), model)).toMatchObject({
      levels: [],
      resources: [],
      variables: [],
      environments: [],
    });
  });

  it('follows the answers: an online machine costs money when idle, a batch cluster does not', () => {
    const of = (endpoint: Combination['endpoint'], idle: string) =>
      bringsOf(outcome(2, 3, { endpoint }), model)
        .resources.filter((each) => each.idle === idle)
        .map(({ text }) => text);
    expect(of('online', 'costs').join()).toMatch(/online deployments of staging and production/);
    expect(of('batch', 'costs').join()).not.toMatch(/online/);
    expect(of('batch', 'free').join()).toMatch(/batch endpoints of staging and production/);
  });

  it('is also what a changed answer brings, at the same level', () => {
    const changed = {
      ...outcome(3, 3, { endpoint: 'both' }),
      changedAnswers: [{ key: 'endpoint', before: 'online', after: 'both' }],
    };
    const { resources, levels } = bringsOf(changed, model);
    expect(levels).toEqual([]);
    expect(resources.length).toBeGreaterThan(0);
    for (const { text } of resources) expect(text).toMatch(/batch/);
  });

  it('counts new files by folder, all of them', () => {
    const fates = {
      'a.md': 'add',
      'src/churn/a.py': 'add',
      'src/churn/b.py': 'add',
      'src/churn/c/d.py': 'add',
      Makefile: 'update',
    } as const;
    const { folders, files } = bringsOf(outcomeOf({ fates }), model);
    expect(files).toBe(4);
    expect(folders).toEqual([
      { folder: 'src/churn', files: 3 },
      { folder: '', files: 1 },
    ]);
  });
});

describe('what changes in the model', () => {
  it('is in every dimension something on the way from 0 to 4', () => {
    for (const { name, now, told } of dimensionsOf(outcomeOf({ from: 0, to: 4 }), model))
      expect([...now, ...told].length, name).toBeGreaterThan(0);
  });

  it('is nothing at the same level', () => {
    for (const { now, told } of dimensionsOf(outcomeOf({ from: 2, to: 2 }), model))
      expect([now, told]).toEqual([[], []]);
  });

  it('names what files show apart from what only people can say', () => {
    const dimensions = dimensionsOf(outcomeOf({ from: 1, to: 2 }), model);
    const of = (id: string) => dimensions.find((each) => each.id === id)!;
    expect(of('creation').now).toContain('Every training run is tracked.');
    expect(of('people').now).toEqual([]);
    expect(of('people').told.length).toBeGreaterThan(0);
    expect(of('release').now).toEqual([]);
  });

  it('tells people what is still theirs to do: not what a level on the way asked of them for a while', () => {
    const once = peopleOf(outcomeOf({ from: 1, to: 2 }), model).join();
    expect(once).toMatch(/training identity and the cluster/);
    const jump = peopleOf(outcomeOf({ from: 1, to: 4 }), model).join();
    expect(jump).not.toMatch(/training identity and the cluster/);
    expect(jump).toMatch(/reviewers of the environment production/);
  });
});
