import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/levels/load.js';
import { azmlops, temporary } from '../support/session.js';

/** Lines as one text, so that where they are broken does not matter. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('azmlops levels', () => {
  it('shows all five, with what defines them', async () => {
    const { code, out, err } = await azmlops(temporary(), 'levels');
    const { levels } = await loadModel();
    expect([code, err]).toEqual([0, '']);
    for (const { number, name, definition } of levels) {
      expect(out).toContain(`Level ${number}: ${name}`);
      for (const { says } of definition) expect(flat(out)).toContain(says);
    }
  });

  it.each([0, 1, 2, 3, 4])(
    '%d shows every statement, challenge, task, resource and variable of it',
    async (number) => {
      const { out } = await azmlops(temporary(), 'levels', String(number));
      const { levels, characteristics } = await loadModel();
      const level = levels.find((each) => each.number === number);
      const expected = [
        ...characteristics.map(({ statements }) => statements[number]).filter((text) => text != null),
        ...(level?.challenges.map(({ text }) => text) ?? []),
        ...(level?.next ?? []),
        ...(level?.resources.map(({ text }) => text) ?? []),
        ...(level?.variables.map(({ name }) => name) ?? []),
      ];
      expect(expected.length).toBeGreaterThan(10);
      for (const text of expected) expect(flat(out)).toContain(flat(text));
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  it('says for which answers a resource or a variable is, and never a name of the templates', async () => {
    const { out } = await azmlops(temporary(), 'levels', '3');
    expect(flat(out)).toMatch(/online deployments of staging [^[]*\[endpoint online or both\]/);
    expect(flat(out)).toMatch(/STAGING_ENDPOINT_SUFFIX: [^[]*\[gate typed\]/);
    const { levels } = await loadModel();
    const names = levels.flatMap((each) => [...each.resources, ...each.variables]).flatMap((each) => each.if);
    expect(new Set(names)).toEqual(new Set(['online', 'batch', 'typed']));
  });

  it('as JSON is the model', async () => {
    const { out } = await azmlops(temporary(), 'levels', '--json');
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(await loadModel())));
    expect(JSON.parse((await azmlops(temporary(), 'levels', '2', '--json')).out)).toMatchObject({
      number: 2,
    });
  });

  it.each(['5', '-1', 'two', '01'])('%s is refused with exit 2', async (word) => {
    const { code, out, err } = await azmlops(temporary(), 'levels', '--', word);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('0, 1, 2, 3, 4');
  });
});
