import { existsSync, readFileSync } from 'node:fs';
import type { Model } from './model.js';

/** The model of this version: as the build compiled it, or from maturity.yml when run from the sources (tests). */
export async function loadModel(): Promise<Model> {
  const compiled = new URL('../../maturity.json', import.meta.url);
  if (existsSync(compiled)) return JSON.parse(readFileSync(compiled, 'utf8')) as Model;
  const { parseModel } = await import('./model.js');
  return parseModel(readFileSync(new URL('../../maturity.yml', import.meta.url), 'utf8'));
}
