import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { htmlOf } from '../../../src/assess/report/html.js';
import { jsonOf } from '../../../src/assess/report/json.js';
import { markdownOf, tableMarkdown } from '../../../src/assess/report/markdown.js';
import { detailsOf, headOf, tableText, textOf } from '../../../src/assess/report/text.js';
import { viewOf } from '../../../src/assess/report/view.js';
import { loadModel } from '../../../src/levels/load.js';
import { assessmentOf, viewWith } from './made-up.js';

const style = { width: 80, bold: (text: string) => text };
const none = { rows: [], definition: [], findings: [], told: {}, notes: [] };

describe('the text', () => {
  it('is one screen, led by the dimensions and what holds each back', () => {
    const lines = textOf(viewWith(), style);
    expect(lines.length).toBeLessThanOrEqual(36);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[0]).toBe('churn: level 2, Automated training; held back in 1 place');
    expect(lines.join('\n')).toMatch(/^Model creation +level 3, held back by\n {4}Retraining: /m);
    expect(lines.join('\n')).toMatch(/^Model release +level 1, held back by\n {4}Process: /m);
    expect(lines.join('\n')).toMatch(/^People +level 3, as told$/m);
    expect(lines).toContain('  not yet: Staging comes before production.');
    expect(lines).toContain('Findings: 1 high, 1 medium');
  });

  it.each([0, 1, 2, 3, 4])(
    'of a repository at level %i that fails in every row fits a terminal of 80 by 24',
    async (level) => {
      const model = await loadModel();
      const { rows, findings } = assessmentOf();
      const worst = assessmentOf({
        name: 'a-repository-with-a-name-of-some-length',
        level,
        dimensions: { creation: 0, release: 0, app: 0 },
        rows: rows.map((row) => {
          const next = model.characteristics
            .find(({ id }) => id === row.id)
            ?.next.find((each) => each !== null);
          return { ...row, holds: 0, next: next ?? null };
        }),
        definition: (model.levels[level + 1]?.definition ?? []).map(({ says }) => ({
          says,
          met: false,
          rows: [],
        })),
        findings: Array.from({ length: 30 }, () => findings).flat(),
      });
      const lines = textOf(viewOf(worst, model), { ...style, height: 24 });
      expect(lines.length).toBeLessThan(24);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(lines.join('\n')).toContain('all 60 findings');
      expect(lines.filter((line) => line.endsWith(', held back by'))).toHaveLength(3);
    },
  );

  it('tells more on a larger screen', () => {
    const of = (height?: number) => textOf(viewWith(), { ...style, height }).length;
    expect(of(24)).toBeLessThan(24);
    expect(of(24)).toBeLessThan(of(60));
    expect(of(60)).toBe(of());
  });

  it('has every row, its evidence, what only looked like it, and the notes in its details', () => {
    const text = [...headOf(viewWith(), style), ...detailsOf(viewWith(), style)].join('\n');
    expect(text).not.toContain('--all');
    expect(text).toContain('azureml/pipelines/train.yml:12 runs');
    expect(text).toContain('no evidence: azureml/pipelines/train.yml:3 the job is switched off');
    expect(text).toContain('The road to level 3');
    expect(text).toContain('.azmlops.yml says level 3; what is seen is level 2.');
  });

  it('a finding of many places is told once, with all of them and the number', () => {
    const one = { id: 'unpinned', severity: 'low', says: 'has no version', fix: 'Give it one.' } as const;
    const at = (path: string, line: number) => ({ ...one, path, line });
    const findings = [at('b.txt', 2), at('a.txt', 7), at('b.txt', 1), { ...at('c.txt', 1), fix: 'Another.' }];
    const view = viewWith({ findings });
    const text = detailsOf(view, style).join('\n');
    expect(text).toContain('Findings: 4 low');
    expect(text).toContain('low: a.txt:7, b.txt:1, :2 has no version\n      Give it one.');
    expect(text).toContain('low: c.txt:1 has no version\n      Another.');
    expect(markdownOf(view)).toContain('**low** `a.txt:7`, `b.txt:1`, `:2` has no version');
    expect(htmlOf(view)).toContain(
      '<code>a.txt:7</code>, <code>b.txt:1</code>, <code>:2</code> has no version',
    );
  });

  it('of a statement that is true in part only, says so', () => {
    const rows = assessmentOf().rows.map((row) =>
      row.id === 'app.code-tests' ? { ...row, half: true as const } : row,
    );
    const text = detailsOf(viewWith({ rows }), style).join(' ').replace(/\s+/g, ' ');
    expect(text).toContain(
      'Code tests: partly, enough for level 2. In part: The application has unit tests.',
    );
    expect(text).toContain('Model tests: partly, enough for level 2. The model has');
    expect(text).toContain('Process: not met, asked for from level 2 on.');
  });

  it('of a repository without machine learning says so', () => {
    const text = textOf(viewWith({ ...none, ml: false, level: null, recorded: null }), style).join('\n');
    expect(text).toContain('churn: no machine learning was found');
    expect(text).not.toContain('level');
    const said = markdownOf(viewWith({ ...none, ml: false, level: null, recorded: null }));
    expect(said).toContain('Looked for: imports of libraries'.replace(':', '\\:'));
  });

  it('of many is a table, with the reason of each that could not be assessed', () => {
    const row = { level: '2', creation: '3', release: '–', app: '1', findings: '2 high' };
    const lines = tableText(
      [
        { dir: 'a', ...row },
        { dir: 'b', error: 'b is not there.' },
      ],
      style,
    );
    expect(lines[1]).toMatch(/^a +3 +– +1 +2 high +2$/);
    expect(lines[2]).toBe('b: b is not there.');
  });
});

it('--json has the keys of schema 1, and no others', () => {
  const data = jsonOf(assessmentOf());
  expect(Object.keys(data)).toEqual([
    'schema',
    'ml',
    'level',
    'dimensions',
    'characteristics',
    'findings',
    'told',
  ]);
  expect(Object.keys(data.characteristics[0] ?? {})).toEqual(['id', 'label', 'holds', 'evidence', 'next']);
  expect(Object.keys(data.findings[0] ?? {})).toEqual(['id', 'severity', 'path', 'line', 'fix']);
  expect(data).toMatchObject({ schema: 1, level: 2, dimensions: { creation: 3, release: 1, app: 2 } });
});

/** What a repository's author may put into a name or a line, to be obeyed by whatever shows it. */
const PARTS = [
  ...[
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"',
    "'",
    '&lt;',
    '</code>',
    '-->',
    '</style>',
  ],
  ...[
    '\u001b[2J',
    '\u001b]8;;http://x.y\u0007',
    '\r',
    '\n',
    '\n\n# ',
    '\t',
    '\u202e',
    '\u2066',
    '\u200f',
    '\0',
    '\ud800',
  ],
  ...[
    '|',
    '`',
    '``',
    '\\',
    '@octocat',
    '#123',
    '[a](http://x.y)',
    '![a](http://x.y/z.png)',
    'https://x.y',
    'www.x.yz',
  ],
  ...[
    'a@b.cd',
    '<http://x.y>',
    '*b*',
    '__b__',
    '~~d~~',
    '- ',
    '> ',
    '<!--',
    ':+1:',
    '<details>',
    'é',
    '漢字',
    '😀',
  ],
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'binary' })), { maxLength: 8 })
  .map((all) => all.join(''));
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('whatever a repository is called and holds', () => {
  it('a terminal is given nothing to obey', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const view = viewWith({ name: text }, text);
        const lines = [
          ...textOf(view, style),
          ...detailsOf(view, style),
          ...tableText([{ dir: text, error: text }], style),
        ];
        for (const line of lines) expect(line).not.toMatch(OBEYED);
      }),
      { numRuns: 80 },
    );
  });

  it('the page has the elements that it has for a plain name, and no others', () => {
    const tags = (html: string) =>
      html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/aria-label="[^"]*"/, ''));
    const plain = tags(htmlOf(viewWith({ name: 'x' }, 'x')));
    fc.assert(
      fc.property(hostile, (text) => {
        const page = htmlOf(viewWith({ name: text }, text));
        expect(page.replaceAll('\n', ' ')).not.toMatch(OBEYED);
        // Backticks of a repository may add a pair of code elements, as ours do.
        const without = (all: readonly string[] | undefined) =>
          all?.filter((tag) => !/^<\/?code>$/.test(tag));
        expect(without(tags(page))).toEqual(without(plain));
      }),
      { numRuns: 80 },
    );
  });

  it('Markdown has no link, image, element, mention or issue of it', () => {
    const render = (markdown: string) =>
      micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
    const shape = (html: string) => html.match(/<[^>]*>/g)?.filter((tag) => !/^<\/?code>$/.test(tag));
    const plain = shape(render(markdownOf(viewWith({ name: 'x' }, 'x'))));
    fc.assert(
      fc.property(hostile, (text) => {
        const page = render(markdownOf(viewWith({ name: text }, text)));
        expect(shape(page)).toEqual(plain);
        const outside = page.replace(/<code>[^]*?<\/code>/g, '');
        expect(outside).not.toMatch(/[@#]\w/);
        const table = render(tableMarkdown([{ dir: text, error: text }]));
        expect(table.match(/<td/g)?.length).toBe(6);
        expect(table).not.toMatch(/<(a|img|script)\b/);
      }),
      { numRuns: 80 },
    );
  });
});
