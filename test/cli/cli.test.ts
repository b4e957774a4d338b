import { describe, expect, it } from 'vitest';
import { ANSWER_KEYS } from '../../src/answers/schema.js';
import { COMMANDS, COMMON } from '../../src/cli/flags.js';
import { parse } from '../../src/cli/parse.js';
import { run } from '../../src/cli/run.js';
import { ownPackage } from '../../src/version.js';
import { azmlops, files, Sink, temporary } from '../support/session.js';
import { PassThrough } from 'node:stream';

describe('words', () => {
  it.each([
    [['new', 'churn', '--level', '1'], { operand: 'churn', level: '1' }],
    [['new', '--level=1', 'churn'], { operand: 'churn', level: '1' }],
    [['--dir', 'new', 'new', 'churn'], { operand: 'churn', dir: 'new' }],
    [['--json', 'new', '--yes'], {}],
    [['new', '--title', '-5 % churn'], { title: '-5 % churn' }],
    [['new', '--title', '--- x ---'], { title: '--- x ---' }],
    [['new', '--title=--yes'], { title: '--yes' }],
    [['new', '--title=a=b'], { title: 'a=b' }],
    [['new', '--sensitive='], { sensitive: '' }],
    [['new', '--sensitive', ''], { sensitive: '' }],
    [['new', '--', '--odd--'], { operand: '--odd--' }],
    [['new', 'new'], { operand: 'new' }],
    [['new', 'churn', '--data', 'my rows.csv'], { operand: 'churn', data: 'my rows.csv' }],
  ])('%j are understood', (words, expected) => {
    const { verb, operand, values } = parse(words);
    expect(verb).toBe('new');
    expect({ ...(operand === undefined ? {} : { operand }), ...Object.fromEntries(values) }).toEqual(
      expected,
    );
  });

  it('of upgrade, update and set are as many as there are', () => {
    expect(parse(['upgrade', 'a', '--to', '2', 'b', '--', '-c']).operands).toEqual(['a', 'b', '-c']);
    expect(parse(['set', 'title=-x', 'owner=', 'description=a=b']).operands).toEqual([
      'title=-x',
      'owner=',
      'description=a=b',
    ]);
  });

  it.each([
    [['neww'], ['"neww"', 'Did you mean new?', 'levels']],
    [['asses'], ['"asses" is no command', 'Did you mean assess?', 'adopt, explain, assess, doctor, levels']],
    [['constructor'], ['no command']],
    [
      ['new', '--levle', '1'],
      ['--levle', 'Did you mean --level?'],
    ],
    [['new', '--constructor'], ['--constructor']],
    [['new', '--resource_group', 'x'], ['Did you mean --resource-group?']],
    [['new', '-l', '1'], ['-l is no flag']],
    [
      ['new', '-level', '1'],
      ['-level', 'Did you mean --level?'],
    ],
    [
      ['new', '--yes=true'],
      ['--yes takes no value', '"true"'],
    ],
    [
      ['new', '--data', '--yes'],
      ['--data needs a value', '--data=FILE'],
    ],
    [
      ['new', '--name'],
      ['--name needs a value', '--name=NAME'],
    ],
    [['new', '--name', '--yes'], ['--name needs a value']],
    [['new', '--name', 'a', '--name', 'b'], ['--name is given twice']],
    [
      ['new', '--sensitive', 'a', '--sensitive', 'b'],
      ['twice', '--sensitive=a,b'],
    ],
    [['new', '--yes', '--yes'], ['--yes is given twice']],
    [['new', 'a', 'b'], ['"b" is one word too many']],
    [['levels', '--level', '1'], ['--level is no flag of azmlops levels']],
    [['--nope'], ['--nope is no flag of azmlops']],
    [[], ['No command', 'azmlops COMMAND']],
  ])('%j are refused with exit 2, and nothing is written', async (words, says) => {
    const dir = temporary();
    const { code, out, err } = await azmlops(dir, ...words);
    expect([code, out]).toEqual([2, '']);
    for (const part of says) expect(err).toContain(part);
    expect(files(dir)).toEqual({});
  });
});

describe('--help', () => {
  it('of the program names every command, every common flag and every exit code', async () => {
    const { code, out, err } = await azmlops(temporary(), '--help');
    expect([code, err]).toEqual([0, '']);
    for (const verb of Object.keys(COMMANDS)) expect(out).toContain(`\n  ${verb} `);
    for (const flag of Object.keys(COMMON)) expect(out).toContain(`--${flag}`);
    for (const exit of ['0 done', '1 done', '2 bad', '3 refused', '70 a bug', '130 inter'])
      expect(out).toContain(exit);
  });

  it('of new names every answer', async () => {
    const { out } = await azmlops(temporary(), 'new', '--help');
    for (const key of [...ANSWER_KEYS, 'level', 'data', 'answers', 'force', 'no-git'])
      expect(out).toContain(`--${key} `);
    expect((await azmlops(temporary(), 'new', '-h')).out).toBe(out);
  });

  it.each(['upgrade', 'update', 'set'])('of %s names every flag, and the answers it takes', async (verb) => {
    const { out } = await azmlops(temporary(), verb, '--help');
    for (const flag of [
      'dry-run',
      'diff',
      'commit',
      'branch NAME',
      'pr',
      'rebase',
      'status',
      'abort',
      'force',
    ])
      expect(out).toContain(`\n  --${flag} `);
    expect(out.includes('\n  --gate KIND ')).toBe(verb !== 'update');
    expect(out.includes('\n  --endpoint KIND ')).toBe(verb === 'set');
  });
});

it.each(['--help', '--version'])(
  '%s with --json is one JSON document, and with --quiet still an answer',
  async (flag) => {
    const plain = await azmlops(temporary(), flag);
    const asked = await azmlops(temporary(), flag, '--json');
    expect([asked.code, asked.err]).toEqual([0, '']);
    const [said] = Object.values(JSON.parse(asked.out) as Record<string, string>);
    expect(said?.trimEnd()).toBe(plain.out.trimEnd());
    expect((await azmlops(temporary(), flag, '--quiet')).out).toBe(plain.out);
  },
);

it('--version prints the version', async () => {
  expect(await azmlops(temporary(), '--version')).toEqual({
    code: 0,
    out: `${ownPackage().version}\n`,
    err: '',
  });
});

it('an error with --json is one document on standard output, and told on standard error too', async () => {
  const { code, out, err } = await azmlops(temporary(), 'new', '--json', '--level', '9');
  expect(code).toBe(2);
  expect(JSON.parse(out)).toEqual({
    error: {
      message: '--level: "9" is no level.',
      hint: expect.stringContaining('0 to 4') as string,
      exitCode: 2,
    },
  });
  expect(err).toContain('"9" is no level');
});

it('a bug of ours exits 70, shows the trace, and says how to report it', async () => {
  const [out, err] = [new Sink(), new Sink()];
  const io = { cwd: temporary(), stdin: new PassThrough(), stdout: out, stderr: err, env: {} };
  Object.defineProperty(out, 'columns', {
    get() {
      throw new TypeError('the terminal is odd');
    },
  });
  expect(await run(['levels'], io)).toBe(70);
  expect(err.text).toMatch(/This is a bug in azmlops\.\nTypeError: the terminal is odd\n {4}at /);
  expect(err.text).toContain(`azmlops ${ownPackage().version}, Node ${process.version}`);
});
