import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { ANSWER_KEYS } from '../../src/answers/schema.js';
import { answersTable } from '../../src/answers/table.js';

const page = new URL('../../docs/answers.md', import.meta.url);

it('docs/answers.md holds the table that the schema gives (UPDATE=1 writes it)', async () => {
  const introduction = readFileSync(page, 'utf8').split('\n| Answer ')[0] ?? '';
  const whole = await format(`${introduction}\n${answersTable()}`, { parser: 'markdown' });
  if (process.env.UPDATE) writeFileSync(page, whole);
  expect(readFileSync(page, 'utf8')).toBe(whole);
  for (const key of ANSWER_KEYS) expect(whole).toContain(`| \`${key}\``);
});
