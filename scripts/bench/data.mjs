// What reading a file of 1 GB takes (goals: 60 s, 300 MB), against Papa Parse alone and against `wc -l`.
import { execFileSync } from 'node:child_process';
import { createWriteStream, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { environment, folder, fresh, main, row, run } from './measure.mjs';

const GIGABYTE = 1_000_000_000;
const file = join(folder, 'large.csv');
const COLORS = ['red', 'blue', 'green', 'a "dark" one', 'yellow, nearly'];

/** Whole, decimal, category, date and text columns, a number for each row, and gaps: the same bytes each time. */
function line(number) {
  const at = (of, modulus) => (number * of) % modulus;
  const quoted = (text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cells = [
    number,
    at(7, 90) || '',
    at(3, 2) ? 'yes' : 'no',
    `2024-${String(at(5, 12) + 1).padStart(2, '0')}-11`,
  ];
  for (let column = 0; column < 12; column++) cells.push((at(7919 + column, 1_000_003) / 1000).toFixed(3));
  for (let column = 0; column < 4; column++) cells.push(quoted(COLORS[at(11 + column, 5)]));
  return `${cells.join(',')},free text number ${at(104_729, 999_983)}\n`;
}

async function write() {
  const stream = createWriteStream(file);
  const names = Array.from({ length: 21 }, (_, column) => `column ${column}`);
  stream.write(`${names.join(',')}
`);
  for (let number = 1, written = 0; written < GIGABYTE;) {
    let part = '';
    while (part.length < 1 << 20) part += line(number++);
    written += part.length;
    if (!stream.write(part)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

await write();
const size = statSync(file).size;
const timed = (work) => {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
};

const count = timed(() => run('wc', ['-l', file]));
const papa = createRequire(import.meta.url).resolve('papaparse');
const parse =
  `require(${JSON.stringify(papa)}).parse(require('fs').createReadStream(${JSON.stringify(file)},` +
  ` { highWaterMark: 1 << 20, encoding: 'utf8' }), { delimiter: ',', chunk() {} })`;
const parsed = timed(() => run(process.execPath, ['-e', parse]));

const memory = join(folder, 'memory.mjs');
const peak = join(folder, 'peak');
writeFileSync(
  memory,
  `import { writeFileSync } from 'node:fs';\n` +
    `process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));\n`,
);
const words = ['new', fresh(), '--level', '0', '--yes', '--dry-run', '--data', file, '--target', 'column 2'];
const read = timed(() =>
  execFileSync(process.execPath, ['--import', memory, main, ...words], { env: environment, stdio: 'pipe' }),
);
rmSync(file);

const speed = (seconds) => `${(size / 1e6 / seconds).toFixed(0)} MB/s`;
row(`a file of ${(size / 1e9).toFixed(1)} GB`, 'time', 'wc -l', 'Papa Parse', 'speed');
row('Papa Parse alone', `${parsed.toFixed(1)} s`, `${(parsed / count).toFixed(0)} x`, '1.0 x', speed(parsed));
row(
  'azmlops new --data, dry run',
  `${read.toFixed(1)} s`,
  `${(read / count).toFixed(0)} x`,
  `${(read / parsed).toFixed(1)} x`,
  speed(read),
);
row('its memory at most', `${(Number(readFileSync(peak, 'utf8')) / 1024).toFixed(0)} MB`);
