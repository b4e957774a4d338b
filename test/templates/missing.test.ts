import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MISSING } from '../../src/data/missing.js';

/** The texts of the list that a Python file calls MISSING. */
function listed(path: string): string[] {
  const source = readFileSync(new URL(`../../templates/${path}`, import.meta.url), 'utf8');
  const [, list = ''] = /^MISSING = \[([^\]]*)\]/m.exec(source) ?? [];
  // Escapes of these texts are those of JSON.
  return [...list.matchAll(/"[^"]*"/g)].map(([text]) => JSON.parse(text) as string);
}

it('a value that is missing is written in emitted code as in the file that azmlops reads', () => {
  expect(listed('partials/missing.py')).toEqual(MISSING);
});
