import fc from 'fast-check';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { contractOf } from '../../src/profile/contract.js';
import type { Profile } from '../../src/profile/profile.js';
import { ownRoot } from '../../src/render/own.js';
import { PROFILE, render } from '../../src/render/render.js';
import { textOf } from '../../src/render/tree.js';
import { readProfile } from '../../src/repository/profile.js';
import { anyProfile, CLASSES, MARK, NUMBERS } from '../profile/any-profile.js';

const roots = [await ownRoot()];

function written(profile: Profile, task: string, level: number): Record<string, string> {
  const target = profile.columns[1]?.name ?? '';
  const answers = answersFor({ target, task, endpoint: 'both' }, level, profile);
  return Object.fromEntries(
    [...render(roots, level, answers)].map(([path, { content }]) => [path, textOf(content) ?? '']),
  );
}

const parameters = { numRuns: 25 };

describe.each([
  ['classification', CLASSES],
  ['regression', NUMBERS],
])('a repository about any data, with a %s', (task, targets) => {
  const profiles = anyProfile(targets);
  const levels = fc.constantFrom(0, 1, 2, 3, 4);

  it('is written at every level, and keeps the profile as it is', () => {
    fc.assert(
      fc.property(profiles, levels, (profile, level) => {
        expect(readProfile(written(profile, task, level)[PROFILE] ?? '')).toEqual(profile);
      }),
      parameters,
    );
  });

  it('has no column name in Python, YAML, shell or Makefile, but for the answers in the manifest', () => {
    fc.assert(
      fc.property(profiles, levels, (profile, level) => {
        const strayed = Object.entries(written(profile, task, level))
          .filter(([path, text]) => /\.(py|ya?ml|sh|ipynb)$|Makefile$/.test(path) && text.includes(MARK))
          .map(([path]) => path);
        expect(strayed).toEqual(['.azmlops.yml']);
      }),
      parameters,
    );
  });

  it('has JSON that Prettier would print so', async () => {
    await fc.assert(
      fc.asyncProperty(profiles, async (profile) => {
        for (const [path, text] of Object.entries(written(profile, task, 1)))
          if (path.endsWith('.json')) expect(await format(text, { filepath: path }), path).toBe(text);
      }),
      parameters,
    );
  });

  it('gives each column one role, and never feeds the model an id, a date, personal data or the answer', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const target = profile.columns[1]?.name ?? '';
        const contract = contractOf(profile, { task, target, sensitive: [] });
        expect(contract.columns.map(({ name }) => name)).toEqual(profile.columns.map(({ name }) => name));
        expect(contract.columns.filter(({ role }) => role === 'target').map(({ name }) => name)).toEqual([
          target,
        ]);
        for (const { name, role, type } of contract.columns) {
          if (role !== 'feature') continue;
          const column = profile.columns.find((each) => each.name === name);
          expect(['id', 'date']).not.toContain(type);
          expect([column?.personal, column?.constant, column?.same === target]).toEqual([
            undefined,
            undefined,
            false,
          ]);
        }
      }),
    );
  });
});

describe('the profile', () => {
  it('is no part of a repository about the example', () => {
    expect([...render(roots, 1, answersFor({}, 1)).keys()]).not.toContain(PROFILE);
  });
});
