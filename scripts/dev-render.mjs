// Renders straight from templates/, for work on them, without a build: node scripts/dev-render.mjs OUT LEVEL [data=FILE] key=value…
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const load = async (path) => (await runnerImport(at(path), { logLevel: 'error' })).module;
const [out, level, ...pairs] = process.argv.slice(2);
const [{ loadRoot }, { render }, { answersFor }, { readData }, { copyData, dataPathFor }] = await Promise.all(
  [
    'src/render/load.ts',
    'src/render/render.ts',
    'src/answers/resolve.ts',
    'src/data/read.ts',
    'src/data/copy.ts',
  ].map(load),
);
const { data, ...given } = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
const read = data && (await readData(resolve(data), data));
const answers = answersFor(given, Number(level), read?.profile);
const tree = render([loadRoot(at('templates'))], Number(level), answers);
rmSync(out, { recursive: true, force: true });
for (const [path, { content, mode }] of tree) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), content, { mode: mode === '100755' ? 0o755 : 0o644 });
}
if (read) {
  mkdirSync(join(out, 'data/raw'), { recursive: true });
  await copyData(read, join(out, dataPathFor(read)));
}
console.log(`${tree.size} files in ${out}`);
