import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Model } from './model.js';

/** As the build compiled it. */
const compiled = new URL('../../maturity.json', import.meta.url);

/** When this program was built, in milliseconds since 1970; undefined when it is run from the sources (tests). */
export const builtAt = (): number | undefined => statSync(compiled, { throwIfNoEntry: false })?.mtimeMs;

/** The model of this version: compiled, or from maturity.yml when run from the sources. */
export async function loadModel(): Promise<Model> {
  if (existsSync(compiled)) return JSON.parse(readFileSync(compiled, 'utf8')) as Model;
  const { parseModel } = await import('./model.js');
  return parseModel(readFileSync(new URL('../../maturity.yml', import.meta.url), 'utf8'));
}
