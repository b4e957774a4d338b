import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { answersPage } from '../../src/answers/page.js';

it('docs/answers.md says what the schema says (node scripts/docs.mjs writes it anew)', () => {
  const page = new URL('../../docs/answers.md', import.meta.url);
  expect(readFileSync(page, 'utf8')).toBe(answersPage());
});
