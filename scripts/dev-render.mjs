// Renders straight from templates/, for work on them: node scripts/dev-render.mjs OUT LEVEL key=value…
import { mkdirSync, rmSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const load = async (path) => (await runnerImport(at(path), { logLevel: 'error' })).module;
const [out, levelText, ...pairs] = process.argv.slice(2);
const level = Number(levelText);
const given = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
const { loadRoot } = await load('src/render/load.ts');
const root = loadRoot(at('templates'));
let tree;
if (existsSync(at('src/answers/resolve.ts')) && !process.env.INTERIM) {
  const { render } = await load('src/render/render.ts');
  const { answersFor } = await load('src/answers/resolve.ts');
  tree = render([root], level, answersFor(given, level));
} else {
  const { renderOverlays } = await load('src/render/overlays.ts');
  const name = given.name ?? 'churn';
  const task = given.task ?? 'classification';
  const endpoint = given.endpoint ?? 'online';
  const pkg = name.replaceAll('-', '_');
  const profile = existsSync(at('src/profile/example.json'))
    ? JSON.parse(readFileSync(at('src/profile/example.json'), 'utf8'))
    : { columns: [] };
  const target = task === 'classification' ? 'species' : 'body_mass_g';
  const columns = profile.columns.map((c) => ({
    ...c,
    role: c.name === target ? 'target' : c.name === 'sex' ? 'sensitive' : 'feature',
  }));
  const features = columns.filter((c) => c.role === 'feature');
  const value = (c, i = 0) =>
    c.categories
      ? c.categories[i % c.categories.length]
      : c.type === 'boolean'
        ? true
        : Math.round(10 * (c.min + ((c.max - c.min) * (i + 2)) / 8)) / 10;
  const row = (i) => Object.fromEntries(features.map((c) => [c.name, value(c, i)]));
  const quote = (text) => JSON.stringify(text);
  tree = renderOverlays([root], level, {
    name,
    pkg,
    app: `${pkg}_app`,
    title: given.title ?? name,
    description: given.description ?? 'A model.',
    task,
    classification: task === 'classification',
    regression: task === 'regression',
    endpoint,
    online: endpoint !== 'batch',
    batch: endpoint !== 'online',
    location: 'westeurope',
    resourceGroup: `rg-${name}`,
    workspace: `mlw-${name}`,
    owner: '',
    teams: { dataScience: '', dataEngineering: '', softwareEngineering: '' },
    python: '3.12',
    target,
    computeSize: 'Standard_E4s_v3',
    level,
    computeInstance: `ci-${name}`.slice(0, 24),
    storagePrefix: `st${name.replaceAll('-', '')}`.slice(0, 19),
    version: '0.1.0',
    contract: JSON.stringify({ version: 1, task, target, sensitive: ['sex'], columns }, null, 2) + '\n',
    profileJson: JSON.stringify(profile, null, 2) + '\n',
    sampleRequest: JSON.stringify({ data: [row(0), row(1)] }, null, 2) + '\n',
    sampleBatch:
      [features.map((c) => c.name), ...[0, 1, 2, 3, 4].map((i) => Object.values(row(i)))]
        .map((r) => r.join(','))
        .join('\n') + '\n',
    example: true,
    toml: quote,
    yaml: quote,
    md: (text) => text,
    json: quote,
  });
}
rmSync(out, { recursive: true, force: true });
for (const [path, { content, mode }] of tree) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), content, { mode: mode === '100755' ? 0o755 : 0o644 });
}
console.log(`${tree.size} files in ${out}`);
