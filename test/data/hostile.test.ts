import { createWriteStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { expect, it } from 'vitest';
import { readData } from '../../src/data/read.js';
import { eight, fileOf, refusalOf, refusedBy, tableIn } from './tables.js';

const MiB = 1 << 20;

it('gives up a quote that holds more than 8 MiB, without reading all that follows', async () => {
  const text = `a,b\n1,"x${'lorem ipsum\n'.repeat((60 * MiB) / 12)}`;
  let last = 0;
  const refusal = await refusedBy(() => readData(fileOf(text), 'churn.csv', (read) => (last = read)));
  expect(refusal.message).toMatch(/:2: the quote/);
  expect(last).toBeLessThan(30 * MiB);
}, 60_000);

it('reads a value of 3 MiB with quotes and lines in it, in small parts', async () => {
  const value = 'say "hi",\n'.repeat((3 * MiB) / 10).trim();
  const started = performance.now();
  const { rows } = await tableIn(`a,b\n${eight('1,2\n')}3,"${value.replaceAll('"', '""')}"\n`, 1024);
  expect(rows.at(-1)).toEqual(['3', value]);
  // Read over and over with each part it would take minutes.
  expect(performance.now() - started).toBeLessThan(30_000);
}, 60_000);

it('gives up millions of quotes in the midst of values', async () => {
  const refusal = await refusalOf(`a,b\n1,"${'x"'.repeat(5 * MiB)}`);
  expect(refusal.message).toMatch(/:2: the quote/);
});

it('refuses a line that never ends, and a header of 10,000 columns', async () => {
  expect((await refusalOf('x,'.repeat(20 * MiB))).message).toMatch(/:1: this row is longer than 8 MiB/);
  const names = Array.from({ length: 10_000 }, (_, at) => `column ${at}`).join();
  expect((await refusalOf(`${names}\n${names}\n`)).message).toMatch(/:1: there are 10000 columns/);
});

it('refuses gzip that is damaged in its midst, or cut off', async () => {
  const path = fileOf('', 'large.csv.gz');
  function* lines() {
    yield 'a,b\n';
    for (let row = 0; row < 50_000; row += 1) yield `${row},${(row * 7919) % 1013}\n`;
  }
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(path));
  expect((await readData(path, 'large.csv.gz')).profile.rows).toBe(50_000);
  const bytes = readFileSync(path);
  bytes.fill(0, 50_000, 50_100);
  expect((await refusalOf(bytes)).message).toMatch(/gzip is damaged/);
  expect((await refusalOf(bytes.subarray(0, 40_000))).message).toMatch(/damaged or cut off/);
});

it('reads what gzip packs a thousandfold in bounded memory', async () => {
  const path = fileOf('', 'bomb.csv.gz');
  function* lines() {
    yield 'a,b\n';
    const many = '1,2\n'.repeat(MiB / 4);
    for (let part = 0; part < 10; part += 1) yield many;
  }
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(path));
  const gatherer = {
    add: () => undefined,
    finish: () =>
      ({
        profile: { version: 1, rows: 0, columns: [] },
        counts: new Map(),
        sensitive: [],
        notes: [],
        decimalComma: false,
      }) as const,
  };
  const before = process.memoryUsage().rss;
  await readData(path, 'bomb.csv.gz', undefined, { gather: () => gatherer });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * MiB);
}, 60_000);

it.each(['__proto__', 'constructor', 'toString', '$&'])(
  'takes %s for a name like any other',
  async (name) => {
    const { names } = await tableIn(`${name},"${name}2"\n${eight('1,2\n')}`);
    expect(names).toEqual([name, `${name}2`]);
  },
);
