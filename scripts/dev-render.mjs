// Renders straight from templates/, for work on them, without a build: node scripts/dev-render.mjs OUT LEVEL key=value…
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const load = async (path) => (await runnerImport(at(path), { logLevel: 'error' })).module;
const [out, level, ...pairs] = process.argv.slice(2);
const [{ loadRoot }, { render }, { answersFor }] = await Promise.all(
  ['src/render/load.ts', 'src/render/render.ts', 'src/answers/resolve.ts'].map(load),
);
const given = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
const tree = render([loadRoot(at('templates'))], Number(level), answersFor(given, Number(level)));
rmSync(out, { recursive: true, force: true });
for (const [path, { content, mode }] of tree) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), content, { mode: mode === '100755' ? 0o755 : 0o644 });
}
console.log(`${tree.size} files in ${out}`);
