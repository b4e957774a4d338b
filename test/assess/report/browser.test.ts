import AxeBuilderSource from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlOf, tableHtml } from '../../../src/assess/report/html.js';
import { have, programs } from '../../support/tools.js';
import { viewWith } from './made-up.js';

const LONG = `azureml/${'aVeryLongFolderWithoutAnyBreak'.repeat(8)}/train.yml`;
const pages = {
  'a report': htmlOf(viewWith()),
  'one without what was told': htmlOf(viewWith({ told: {} })),
  'one of long paths': htmlOf(viewWith({ name: LONG }, LONG)),
  'one without machine learning': htmlOf(
    viewWith({ ml: false, level: null, rows: [], findings: [], told: {} }),
  ),
  'a table of many': tableHtml([
    { dir: LONG, level: '2', creation: '3', release: '1', app: '2', findings: '1 high' },
    { dir: 'gone', error: 'gone is not there.' },
  ]),
};

describe.runIf(have('chromium'))('the page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: programs.chromium, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  /** Opened as from a disk; whatever it asks for besides itself, or complains of, is kept. */
  async function open(html: string, scheme: 'light' | 'dark', width: number) {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    const [asked, said]: [string[], string[]] = [[], []];
    page.on('console', (message) => said.push(message.text()));
    await page.route('**', (route) => {
      const url = route.request().url();
      if (url !== 'http://report.test/') asked.push(url);
      return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
    });
    await page.goto('http://report.test/');
    return {
      page,
      asked: asked.filter((url) => !url.endsWith('/favicon.ico')),
      said,
      close: () => context.close(),
    };
  }

  /** What axe finds. Its program is handed over past the policy of the page, as a person's extension would be. */
  async function faults(page: Page): Promise<string[]> {
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: AxeBuilderSource.source });
    const { result } = await session.send('Runtime.evaluate', {
      expression:
        'axe.run(document, { resultTypes: ["violations"] }).then((all) => JSON.stringify(all.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)))',
      awaitPromise: true,
      returnByValue: true,
    });
    return JSON.parse(String(result.value)) as string[];
  }

  // All four ways for the whole report; the others on a telephone, where there is least room.
  const rows = Object.entries(pages).flatMap(([name, html], at) =>
    (at === 0 ? (['light', 'dark'] as const) : (['dark'] as const)).flatMap((scheme) =>
      (at === 0 ? [360, 1100] : [360]).map((width) => ({ name, html, scheme, width })),
    ),
  );

  it.each(rows)('$name, $scheme, $width px: accessible, no wider than the screen, by itself', async (row) => {
    const { page, asked, said, close } = await open(row.html, row.scheme, row.width);
    await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));
    expect(await faults(page)).toEqual([]);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((each) => !each.matches('.skip') && each.getBoundingClientRect().right > innerWidth + 0.5)
        .map((each) => each.outerHTML.slice(0, 120)),
    );
    expect(wide).toEqual([]);
    expect([asked, said]).toEqual([[], []]);
    await close();
  });

  it('every row of evidence opens by the keyboard, and the one in focus is marked', async () => {
    const { page, close } = await open(pages['a report'], 'light', 1100);
    const many = await page.locator('details').count();
    expect(many).toBe(16);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    for (let at = 0; at < many; at++) {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(
        await page.evaluate(() => [
          document.activeElement?.tagName,
          getComputedStyle(document.activeElement ?? document.body).outlineStyle,
        ]),
      ).toEqual(['SUMMARY', 'solid']);
    }
    expect(await page.locator('details[open]').count()).toBe(many);
    await close();
  });

  it.each([
    ['four dimensions', pages['a report']],
    ['three', pages['one without what was told']],
  ])('of the radar of %s nothing is cut off', async (_, page) => {
    const { page: opened, close } = await open(page, 'light', 1100);
    const cut = await opened.evaluate(() => {
      const box = document.querySelector('svg')?.getBoundingClientRect();
      return [...document.querySelectorAll('svg text')]
        .map((each) => ({ text: each.textContent, at: each.getBoundingClientRect() }))
        .filter(({ at }) => !box || at.left < box.left || at.right > box.right || at.bottom > box.bottom)
        .map((each) => each.text);
    });
    expect(cut).toEqual([]);
    await close();
  });

  it('the radar shows the numbers of the table, told ones dashed', async () => {
    const { page, close } = await open(pages['a report'], 'light', 1100);
    const [told, text] = await page.evaluate(
      () =>
        [
          getComputedStyle(document.querySelector('.told') ?? document.body).strokeDasharray,
          document.querySelector('svg desc')?.textContent ?? '',
        ] as const,
    );
    expect(told).toMatch(/\d/);
    expect(text).toContain(
      'Model creation: level 3; Model release: level 1; Application integration: level 2',
    );
    expect(text).toContain('People: level 3, as told');
    await close();
  });

  it('on paper the evidence stands there without being opened', async () => {
    const { page, close } = await open(pages['a report'], 'dark', 1100);
    await page.emulateMedia({ media: 'print' });
    const evidence = page.locator('details li').first();
    expect((await evidence.boundingBox())?.height).toBeGreaterThan(5);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    // Beside the radar the table is so narrow that half of the first page stays empty.
    const [radar, table] = await Promise.all(
      ['svg', '.dimensions'].map((one) => page.locator(one).boundingBox()),
    );
    expect(table?.y).toBeGreaterThan((radar?.y ?? 0) + (radar?.height ?? 0));
    await close();
  });

  it('a name that is a program is text', async () => {
    const name = '<img src=x onerror="console.log(1)"><script>console.log(2)</script>\u202e';
    const { page, said, asked, close } = await open(htmlOf(viewWith({ name }, name)), 'light', 1100);
    expect(await page.locator('img, script').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toContain('<img src=x');
    expect([said, asked]).toEqual([[], []]);
    await close();
  });
});
