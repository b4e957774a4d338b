import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answersFor } from '../../src/answers/resolve.js';
import { lineRule } from '../../src/answers/rules.js';
import { answersAt } from '../../src/answers/schema.js';
import { answerText } from '../../src/answers/validate.js';
import type { UserError } from '../../src/errors.js';
import { readManifest } from '../../src/manifest/read.js';
import { writeManifest } from '../../src/manifest/write.js';
import { exampleProfile, groupings } from '../../src/profile/profile.js';
import { anyProfile, CLASSES } from '../profile/any-profile.js';
import { have, programs, run } from '../support/tools.js';

const example = exampleProfile();
const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => lineRule(text) === undefined);

describe('the manifest', () => {
  it('holds version, level, and every answer of the level on a line of its own', () => {
    const text = writeManifest(0, answersFor({ python: '3.10' }, 0));
    expect(text.split('\n').filter((each) => /^\S/.test(each) && !each.startsWith('#'))).toEqual([
      expect.stringMatching(/^version: "\d+\.\d+\.\d+"$/),
      'level: 0',
      'answers:',
    ]);
    expect(text.match(/^ {2}\S+(?=: )/gm)?.map((key) => key.trim())).toEqual(answersAt(0));
    expect(text).not.toContain('profile');
    expect(text).not.toContain('package');
  });

  it('reads back what was written, by our reader and under YAML 1.1 and 1.2', async () => {
    await fc.assert(
      fc.asyncProperty(line, line, fc.constantFrom(0, 1, 2), async (title, description, level) => {
        const answers = answersFor({ title, description, sensitive: 'sex,island' }, level);
        const text = writeManifest(level, answers);
        const read = await readManifest(text, '.azmlops.yml', () => example);
        expect(read).toMatchObject({ level, answers });
        for (const version of ['1.1', '1.2'] as const)
          expect(parse(text, { version })).toMatchObject({
            level,
            answers: { title, description, python: '3.12' },
          });
      }),
    );
  });

  it.skipIf(!have('python'))('reads the same in PyYAML', () => {
    const text = writeManifest(1, answersFor({ title: 'no', python: '3.10', description: '- "x" #\\' }, 1));
    const script = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))';
    const ran = run(programs.python, ['-c', script], { input: text });
    expect(JSON.parse(ran.stdout)).toEqual(parse(text));
  });

  it.each([
    ['level: 2', 'level: 7', [':3', 'level']],
    ['level: 2', 'level: two', [':3', 'level']],
    ['  name: "churn"', '  name: "CHURN"', ['name', 'lower-case', ':7']],
    ['  name: "churn"', '  nam: "churn"', [':7', 'Did you mean name?']],
    ['level: 2\n', '', ['level is missing']],
    ['answers:', 'answer:', [':4', 'answer']],
    ['version: "', 'version: ["', [':2']],
  ])('with %j changed to %j is refused with exit 3, naming file and line', async (from, to, says) => {
    const text = writeManifest(2, answersFor({}, 2));
    expect(text).toContain(from);
    const error = (await readManifest(text.replace(from, to), '.azmlops.yml', () => example).catch(
      (thrown: unknown) => thrown,
    )) as UserError;
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain('.azmlops.yml');
    for (const part of says) expect(error.message).toContain(part);
  });

  it('of own data holds the target, which has no default there', async () => {
    const own = { ...example, example: false };
    const text = writeManifest(1, answersFor({ target: 'island', sensitive: 'sex' }, 1, own));
    expect(await readManifest(text, '.azmlops.yml', () => own)).toMatchObject({
      answers: { target: 'island' },
    });
    const without = readManifest(text.replace(/ {2}target: .*\n/, ''), '.azmlops.yml', () => own);
    await expect(without).rejects.toMatchObject({
      exitCode: 3,
      message: '.azmlops.yml: target is missing under answers.',
    });
  });

  it('reads back about any data, whatever its columns are called', async () => {
    await fc.assert(
      fc.asyncProperty(anyProfile(CLASSES), async (profile) => {
        const target = profile.columns[1]?.name ?? '';
        const [group] = groupings(profile).filter(({ name }) => name !== target);
        const given = { target, ...(group && { sensitive: answerText([group.name]) }) };
        const answers = answersFor(given, 1, profile);
        expect(answers.sensitive).toEqual(group ? [group.name] : []);
        const read = await readManifest(writeManifest(1, answers), '.azmlops.yml', () => profile);
        expect(read.answers).toEqual(answers);
      }),
    );
  });
});
