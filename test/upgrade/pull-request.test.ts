import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { code, pullRequestText } from '../../src/upgrade/pull-request.js';
import { outcomeOf } from '../support/outcome.js';

/** As GitHub renders it: HTML in the text stands as HTML. */
const html = (text: string) =>
  micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
const unescaped = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
const spans = (text: string) =>
  [...html(text).matchAll(/<code>([^]*?)<\/code>/g)].map(([, inside = '']) => unescaped(inside));

const HOSTILE = [
  'a`b.md',
  '``x`',
  '`',
  '<img src=x onerror=alert(1)>.md',
  '</details><script>x</script>',
  '@contoso/everybody',
  '[x](https://evil.example)',
  '#1',
  '| a | b |',
  'a  b.md',
];

describe('the text of a pull request', () => {
  it('names each path in a code span, whatever it holds', async () => {
    const fates = Object.fromEntries(HOSTILE.map((path) => [path, ['add', 'New.'] as const]));
    const text = await pullRequestText(outcomeOf({ fates }));
    for (const path of HOSTILE) expect(spans(text)).toContain(path);
  });

  it('lets no path, note or reason become markup, a mention or a line of its own', async () => {
    const fates = Object.fromEntries(
      HOSTILE.map((path) => [`x${path}`, ['conflict', `Was ${path}.`] as const]),
    );
    const text = await pullRequestText(
      outcomeOf({ fates, notes: [...HOSTILE, 'a\n# Heading', '- [ ] item'] }),
    );
    const page = html(text).replaceAll(/<code>[^]*?<\/code>/g, '');
    expect(page).not.toMatch(/<(img|script|a)\b/);
    expect(page).not.toMatch(/<h1/);
    expect(text.replaceAll(/(`+)[^`][^]*?\1/g, '')).not.toContain('@contoso');
  });

  it('collapses long lists and not short ones, and closes what it opens', async () => {
    const fates = {
      ...Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`src/f${i}.py`, ['update', 'Why.'] as const]),
      ),
      'README.md': ['merge', 'Both.'],
    } as const;
    const text = await pullRequestText(outcomeOf({ fates }));
    expect(text.match(/<details>/g)).toHaveLength(1);
    expect(text.match(/<\/details>/g)).toHaveLength(1);
    expect(text).toContain('<summary>Updated (60)</summary>');
    expect(spans(text)).toEqual(expect.arrayContaining(['src/f0.py', 'src/f59.py', 'README.md']));
  });

  it('stays below what GitHub takes, and counts what it leaves out', async () => {
    const fates = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [
        `src/${'long'.repeat(20)}${i}.py`,
        ['add', `Reason ${i}.`] as const,
      ]),
    );
    const text = await pullRequestText(outcomeOf({ fates }));
    expect(text.length).toBeLessThan(65_536);
    const [, more = ''] = /… and (\d+) more/.exec(text) ?? [];
    expect(spans(text).filter((span) => span.startsWith('src/')).length + Number(more)).toBe(5000);
  });

  it('of a dry run says so and gives the command; once written it does not', async () => {
    const fates = { 'a.md': 'add' } as const;
    const plan = await pullRequestText(outcomeOf({ fates, dryRun: true, written: false }));
    expect(plan).toMatch(/Nothing was written/);
    expect(plan).toContain('```sh\nazmlops upgrade --to 2\n```');
    expect(await pullRequestText(outcomeOf({ fates }))).not.toMatch(/```|Nothing was written/);
  });

  it('asks people for what only they can do, as boxes to tick', async () => {
    const text = await pullRequestText(outcomeOf({ from: 2, to: 3, fates: { 'a.md': 'add' } }));
    expect(text).toMatch(/^- \[ \] Name the reviewers/m);
  });

  it('says when there is nothing to do', async () => {
    expect(await pullRequestText(outcomeOf({ command: 'update', from: 2, to: 2 }))).toMatch(
      /^Nothing to do\./,
    );
  });
});

describe('a code span', () => {
  it.each(['`', '``', ' ` ', 'a`', '`a', 'a``b`c', ' a '])('%j reads back', (text) => {
    expect(spans(code(text))).toEqual([text]);
  });
});
