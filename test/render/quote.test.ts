import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lineRule } from '../../src/answers/rules.js';
import { md, quoted } from '../../src/render/quote.js';
import { have, programs, run } from '../support/tools.js';

const HOSTILE = [
  '- a list',
  '+ a list',
  '* a list',
  '1. a list',
  '12) a list',
  '# a heading',
  'a heading #',
  '=== underline',
  '---',
  '`code` and ``more``',
  '${{ github.token }}',
  '<% x %> and <script>alert(1)</script>',
  '$(id) $x$',
  '🎉 family 👨‍👩‍👧 done',
  'ends with a backslash \\',
  '\\',
  'a: b # c',
  ': colon',
  '"double" \'single\' """triple"""',
  '[text](https://example.org) ![x](y) [^1]',
  'see https://example.org/a_b_c* and www.example.org/_x_ or t_x_y@example.org',
  '~~gone~~ *much* _much_ __init__',
  '&amp; &#35; &copy;',
  'a | b | c',
  '> quote',
  '_www.\\',
  '    four blanks, and two at the end  ',
  '\u00a0no-break space',
  ' - indented',
  '[ ] task',
  ':tada: @mention #123',
  '{{ jinja }} {% block %}',
  '%YAML',
  '!tag &anchor *alias',
  '0x10',
  'null',
  'דוגמה \u202e right to left',
  '\ufeffbyte order mark',
];

/** Any line that the rule on free text lets through. */
const line = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1 }),
    fc
      .array(fc.constantFrom(...'\\`*_[]<>~|&$#-+=:1.)! /@wab"\'{}%', '://', 'www.', '  '), { minLength: 1 })
      .map((parts) => parts.join('')),
  )
  .filter((text) => lineRule(text) === undefined);

/** The text that a reader of the page sees, and whether it stands in one plain element. */
function shownBy(markdown: string, element: string): string {
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] }).trimEnd();
  const inner = new RegExp(`^<${element}>([^]*)</${element}>$`).exec(html)?.[1];
  if (inner === undefined) throw new Error(`no single <${element}>: ${html}`);
  return inner
    .replace(/<a href="[^"]*">|<\/a>/g, '')
    .replace(
      /&(lt|gt|quot|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? '',
    );
}

const isShown = (text: string) => {
  expect(shownBy(`${md(text)}\n`, 'p')).toBe(text);
  expect(shownBy(`# ${md(text)}\n`, 'h1')).toBe(text);
  expect(shownBy(`Before ${md(text)} after.\n`, 'p')).toBe(`Before ${text} after.`);
};

describe('free text in Markdown', () => {
  it.each(HOSTILE)('%j is shown as it is', (text) => isShown(text));

  it('is shown as it is, whatever it is', () => {
    fc.assert(fc.property(line, isShown), { numRuns: 300 });
  });

  it('stays readable when nothing in it is markup', () => {
    expect(md('Customer churn (2024), v1.2: "who leaves?"')).toBe(
      'Customer churn (2024), v1.2: "who leaves?"',
    );
  });
});

describe('free text in quotes', () => {
  it('reads back in JSON, YAML 1.1 and YAML 1.2', () => {
    const readsBack = (text: string) => {
      expect(JSON.parse(quoted(text))).toBe(text);
      expect(parse(`a: ${quoted(text)}\n`, { version: '1.1' })).toEqual({ a: text });
      expect(parse(`a: ${quoted(text)}\n`, { version: '1.2' })).toEqual({ a: text });
    };
    for (const text of HOSTILE) readsBack(text);
    fc.assert(fc.property(line, readsBack), { numRuns: 300 });
  });

  it.skipIf(!have('python'))('reads back in Python: PyYAML and TOML', () => {
    const texts = [...HOSTILE, ...fc.sample(line, 300)];
    const documents = texts.map((text) => ({
      text,
      yaml: `a: ${quoted(text)}`,
      toml: `a = ${quoted(text)}`,
    }));
    const script = [
      'import json, sys, tomllib, yaml',
      'for d in json.load(sys.stdin):',
      '    for read in (yaml.safe_load(d["yaml"]), tomllib.loads(d["toml"])):',
      '        assert read == {"a": d["text"]}, d',
      'print("all")',
    ].join('\n');
    const ran = run(programs.python, ['-c', script], { input: JSON.stringify(documents) });
    expect(ran.said.trim()).toBe('all');
  });
});
