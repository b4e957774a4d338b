import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadRoot } from '../dist/src/render/load.js';
import { parseModel } from '../dist/src/levels/model.js';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const code = (value) => {
  if (typeof value === 'function') return value.toString();
  if (value instanceof Uint8Array) return `Buffer.from('${Buffer.from(value).toString('base64')}', 'base64')`;
  if (Array.isArray(value)) return `[\n${value.map(code).join(',\n')}\n]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${code(inner)}`)
    .join(', ')} }`;
};

writeFileSync(at('dist/templates.js'), `export const root = ${code(loadRoot(at('templates')))};\n`);
writeFileSync(at('dist/maturity.json'), JSON.stringify(parseModel(readFileSync(at('maturity.yml'), 'utf8'))));
