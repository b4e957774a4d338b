import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { KEYWORDS, STDLIB } from '../../src/answers/python-words.js';

const script =
  'import json, keyword, sys; print(json.dumps([keyword.kwlist, sorted(sys.stdlib_module_names), sys.version_info[:2]]))';

const pythons = ['python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3']
  .map((name) => ({ name, ran: spawnSync(name, ['-c', script], { encoding: 'utf8' }) }))
  .filter(({ ran }) => ran.status === 0)
  .map(({ name, ran }) => ({ name, words: JSON.parse(ran.stdout) as [string[], string[], [number, number]] }))
  .filter(({ words: [, , [, minor]] }) => minor >= 10 && minor <= 13);

const possible = (words: string[]) => words.filter((word) => /^[a-z][a-z0-9_]{0,23}$/.test(word));

describe.skipIf(pythons.length === 0)('words that a package may not be', () => {
  it.each(pythons)(
    'hold the keywords and the standard library of $name',
    ({ words: [keywords, modules] }) => {
      expect(possible(keywords).filter((word) => !KEYWORDS.has(word))).toEqual([]);
      expect(possible(modules).filter((word) => !STDLIB.has(word))).toEqual([]);
    },
  );
});
