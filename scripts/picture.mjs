// Makes docs/assess.png, the picture of README: node scripts/picture.mjs
// A repository as azmlops writes it at level 3, with what a team might have done to it since: training no longer starts
// on a schedule, an action is named by its tag, a password signs in. It is assessed, and the page is photographed in
// Chromium (AZMLOPS_CHROMIUM, or where Debian has it).
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'azmlops-picture-'));
const churn = join(folder, 'churn');
const azmlops = (...words) =>
  execFileSync(process.execPath, [main, ...words], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });

/** A file of the repository with one place changed, which must be there. */
function edit(path, from, to) {
  const text = readFileSync(join(churn, path), 'utf8');
  if (!from.test(text)) throw new Error(`${path} has nothing like ${from}`);
  writeFileSync(join(churn, path), text.replace(from, to));
}

try {
  azmlops('new', 'churn', '--level', '3', '--yes', '--no-git', '--quiet');
  edit('.github/workflows/train.yml', /^ {2}schedule:\n( {4}.*\n)+/m, '');
  edit('.github/workflows/train.yml', /actions\/checkout@[0-9a-f]{40}/, 'actions/checkout@v7');
  edit(
    '.github/actions/azure-ml/action.yml',
    /^( +)client-id: \$\{\{ inputs\.client-id \}\}/m,
    '$1creds: $${{ secrets.AZURE_CREDENTIALS }}',
  );
  mkdirSync(join(churn, '.azmlops'), { recursive: true });
  writeFileSync(
    join(churn, '.azmlops/told.yml'),
    [
      'version: 1',
      'rows:',
      '  people.data-scientists: { holds: 3, on: 2026-11-23 }',
      '  people.data-engineers: { holds: 2, on: 2026-11-23 }',
      '  people.software-engineers: { holds: 2, on: 2026-11-23 }',
      '',
    ].join('\n'),
  );
  const page = azmlops('assess', 'churn', '--format', 'html');
  const executablePath = process.env.AZMLOPS_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const tab = await browser.newPage({ viewport: { width: 1060, height: 1000 }, colorScheme: 'light' });
  await tab.setContent(page);
  const path = join(root, 'docs/assess.png');
  await tab.screenshot({ path });
  await browser.close();
  console.log(`docs/assess.png: ${Math.round(statSync(path).size / 1000)} kB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
