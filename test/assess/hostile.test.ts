import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../support/session.js';
import { type Hostile, hostile, onPush, TRAIN, write } from './hostile.js';

/** The built program, in a process of its own with little memory: `npm test` builds it first. */
const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const HEAP = 256;
/** Megabytes at most, the program's own code, its heap and its buffers together. */
const MOST_MEMORY = 600;

interface Ran {
  code: number | null;
  out: string;
  err: string;
  seconds: number;
  megabytes: number;
}

const assess = (dir: string, ...words: string[]) => assessWith({}, dir, ...words);

async function assessWith(env: NodeJS.ProcessEnv, dir: string, ...words: string[]): Promise<Ran> {
  const aside = temporary('azmlops-memory');
  const peak = join(aside, 'peak');
  const preload = join(aside, 'memory.mjs');
  writeFileSync(
    preload,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));
`,
  );
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP}`, '--import', preload, main, 'assess', dir, ...words],
    {
      cwd: aside,
      env: { ...process.env, HOME: aside, GIT_CONFIG_NOSYSTEM: '1', NO_COLOR: '1', ...env },
      stdio: 'pipe',
    },
  );
  child.stdin.end();
  const said: Record<'out' | 'err', Buffer[]> = { out: [], err: [] };
  child.stdout.on('data', (part: Buffer) => said.out.push(part));
  child.stderr.on('data', (part: Buffer) => said.err.push(part));
  const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  return {
    code,
    out: Buffer.concat(said.out).toString(),
    err: Buffer.concat(said.err).toString(),
    seconds: (performance.now() - started) / 1000,
    megabytes: existsSync(peak) ? Number(readFileSync(peak, 'utf8')) / 1024 : Infinity,
  };
}

describe('a hostile repository', () => {
  beforeAll(() => {
    if (!existsSync(main)) throw new Error('build first: npm run build');
  });

  const read = async ({ make, says, code = 0, seconds = 10, skip, path }: Hostile) => {
    if (skip) return;
    const dir = temporary('azmlops-hostile');
    make(dir);
    const env = path === undefined ? {} : { PATH: path };
    const ran = await assessWith(env, dir, '--json');
    for (const path of ['locked', 'closed.py'])
      if (existsSync(join(dir, path))) chmodSync(join(dir, path), 0o700);
    expect(ran.err.slice(0, 2000)).not.toMatch(/bug in azmlops|heap out of memory/i);
    expect(ran.code, ran.err.slice(0, 2000)).toBe(code);
    expect(JSON.parse(ran.out)).toMatchObject({ schema: 1 });
    // Notes are for people: JSON has the shape of its schema, and no more.
    if (says) expect((await assessWith(env, dir, '--all')).out).toMatch(says);
    expect(ran.seconds).toBeLessThan(seconds);
    expect(ran.megabytes).toBeLessThan(MOST_MEMORY);
  };

  it.each(hostile.filter(({ open }) => !open))('$id: read in bounded time and memory', read);
  it.fails.each(hostile.filter(({ open }) => open))('$id: read in bounded time and memory ($open)', read);
});

describe('names and content with markup and terminal escapes', () => {
  const ESC = '\u001b';
  const evil = `<img src=x onerror=alert(1)>${ESC}[2J${ESC}]8;;https://evil.example${ESC}\\\u202e"'&`;
  const repository = (): string => {
    const dir = temporary('azmlops-hostile');
    const name = `<b>${ESC}[31m"&'`;
    write(dir, {
      [`${name}/train.py`]: `${TRAIN}# ${evil}\n`,
      [`${name}/score.py`]: 'def init():\n    pass\n\n\ndef run(raw):\n    return raw\n',
      [`.github/workflows/${name}.yml`]: `name: ${JSON.stringify(evil)}\n${onPush(`pytest ${evil}\naz ml job create --file "${name}/train.yml" ${evil}`)}`,
      [`${name}/train.yml`]: `type: command\ncommand: python train.py ${evil.replaceAll(ESC, '')}\ncompute: azureml:c\n`,
      [`${name}/test_train.py`]: 'from train import SVC\n\n\ndef test_it():\n    assert SVC\n',
      'requirements.txt': `azureml-sdk==1.0 # ${evil}\n`,
      '.azmlops/told.yml': `version: 1\nrows:\n  people.data-scientists: { holds: 2, note: ${JSON.stringify(evil)}, on: 2026-11-23 }\n`,
    });
    return dir;
  };
  const control = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f';
  const turning = '\\u202a-\\u202e';

  it.each(['text', 'markdown', 'html', 'json'])('%s shows them as text', async (format) => {
    const ran = await assess(repository(), '--format', format);
    expect(ran.code, ran.err).toBe(0);
    expect(ran.out.length).toBeGreaterThan(100);
    // A JSON document is data, as it is in the repository: only what a terminal would obey is written otherwise.
    expect(ran.out).not.toMatch(new RegExp(`[${control}${format === 'json' ? '' : turning}]`));
    expect(ran.err).not.toMatch(new RegExp(`[${control}${turning}]`));
    // Markdown takes what stands between backticks as it is.
    const markup = format === 'markdown' ? ran.out.replaceAll(/`[^`\n]*`/g, '') : ran.out;
    if (format === 'html' || format === 'markdown') expect(markup).not.toMatch(/<img src=x|<b>\S*\[31m/);
  });
});

describe('exit codes', () => {
  it('2 for a folder that is not there, a file, and an unknown format', async () => {
    const dir = temporary('azmlops-hostile');
    write(dir, { 'train.py': TRAIN });
    expect((await assess(join(dir, 'nowhere'))).code).toBe(2);
    expect((await assess(join(dir, 'train.py'))).code).toBe(2);
    expect((await assess(dir, '--format', 'pdf')).code).toBe(2);
  });

  it('1 below --min-level, 0 at it', async () => {
    const dir = temporary('azmlops-hostile');
    write(dir, { 'train.py': TRAIN });
    expect((await assess(dir, '--min-level', '0')).code).toBe(0);
    expect((await assess(dir, '--min-level', '1')).code).toBe(1);
  });

  it('2 for a .azmlops/maturity.yml that is broken, with its place', async () => {
    const dir = temporary('azmlops-hostile');
    write(dir, { 'train.py': TRAIN, '.azmlops/maturity.yml': 'version: 1\nacts: [\n' });
    const ran = await assess(dir);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/\.azmlops\/maturity\.yml/);
  });
});
