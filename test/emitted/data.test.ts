import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checker, have, run } from '../support/tools.js';
import { treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';

/**
 * Stands for `az` where Python calls it: writes down the arguments, and downloads from a local folder. The grammar
 * judges the arguments afterwards.
 */
const az = `#!/usr/bin/env python3
import json, os, shutil, sys
from pathlib import Path
with open(os.environ["AZ_LOG"], "a", encoding="utf-8") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if "download-batch" in sys.argv:
    target = Path(sys.argv[sys.argv.index("--destination") + 1])
    shutil.copytree(os.environ["AZ_SOURCE"], target, dirs_exist_ok=True)
print("{}")
`;

describe.skipIf(!have('python', 'uv', 'checkPython'))('the data command, against storage', () => {
  let workspace: Workspace;
  let log: string;
  let source: string;
  beforeAll(() => {
    workspace = new Workspace(treeOf(1));
    const bin = join(workspace.dir, 'stand-in');
    mkdirSync(bin);
    writeFileSync(join(bin, 'az'), az);
    chmodSync(join(bin, 'az'), 0o755);
    log = join(workspace.dir, 'calls.jsonl');
    source = join(workspace.dir, 'landing');
    cpSync(join(workspace.dir, 'data/raw'), source, { recursive: true });
  });
  afterAll(() => workspace.remove());

  const gather = (env: Record<string, string> = { AZURE_STORAGE_ACCOUNT: 'stchurn' }) => {
    writeFileSync(log, '');
    const path = [join(workspace.dir, 'stand-in'), process.env.PATH].join(delimiter);
    return run(workspace.python, ['-m', `${workspace.tree.package}.data`, '--place', 'azure'], {
      cwd: workspace.dir,
      env: { ...workspace.env, PATH: path, AZ_LOG: log, AZ_SOURCE: source, ...env },
    });
  };
  const calls = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as string[]);

  it('fetches, checks and publishes a dated folder by calls that az knows', () => {
    const ran = gather();
    expect(ran.status, ran.said).toBe(0);
    const [fetched, published, ...more] = calls();
    expect(fetched?.join(' ')).toMatch(/download-batch.*stchurn.*landing/);
    expect(published?.join(' ')).toMatch(/upload.*stchurn.*gathered.*\b\d{4}-\d\d-\d\d\//);
    expect(more).toEqual([]);
    for (const call of calls()) expect(call).toContain('login');
    const checked = checker('az_calls', [log]);
    expect(checked.said).toMatch(/2 az calls, 0 unverifiable, 0 findings/);
  });

  it('publishes nothing of bad data, and says all that is wrong', () => {
    const [file = ''] = run('ls', [source]).stdout.split('\n');
    const whole = readFileSync(join(source, file), 'utf8');
    const [header = '', ...rows] = whole.trimEnd().split('\n');
    const spoiled = rows.map((row) => row.replace(/^[^,]*/, 'Dodo').replace(/(\d+\.\d+)/, '-9999'));
    writeFileSync(join(source, file), [header, ...spoiled, ''].join('\n'));
    const ran = gather();
    writeFileSync(join(source, file), whole);
    expect(ran.status, ran.said).toBe(1);
    // Both columns are named; values are not, since a log is no place for people's data.
    for (const column of [header.split(',')[0], header.split(',')[2]])
      expect(ran.said).toContain(`'${column}'`);
    expect(ran.said).not.toMatch(/Dodo|-9999/);
    expect(ran.said).not.toMatch(/Traceback/);
    expect(calls().filter((call) => call.includes('upload'))).toEqual([]);
  });

  it('says what is missing when the account is not named', () => {
    const ran = gather({});
    expect(ran.status).not.toBe(0);
    expect(ran.said).toContain('AZURE_STORAGE_ACCOUNT');
    expect(ran.said).not.toMatch(/Traceback/);
  });
});
