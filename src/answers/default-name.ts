import { cut } from './azure-names.js';
import { nameRule, packageRule } from './rules.js';

/** The base name of a folder made a legal name: lower case, other characters to `-`, `ml-` in front where needed, cut. */
export function nameFrom(base: string): string {
  const plain = base
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const fits = /^[a-z]/.test(plain) && plain.length >= 3 ? plain : `ml-${plain}`;
  return [fits, `ml-${plain}`].map((name) => cut(name, 24)).find((name) => !nameRule(name)) ?? 'ml-project';
}

/** The Python package of a name: `_` for `-`, `ml_` in front of a word that Python, YAML or Windows needs itself. */
export function packageFrom(name: string): string {
  const plain = name.replaceAll('-', '_');
  return packageRule(plain) ? `ml_${plain}`.slice(0, 24).replace(/_+$/, '') : plain;
}
