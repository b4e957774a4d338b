import type { AssetRule, PythonRule, YamlRule } from '../../levels/rule.js';
import { isModule, moduleFile } from '../hops/modules.js';
import { folderOf } from '../hops/paths.js';
import type { Evidence, Files, PythonFacts } from '../types.js';
import { readYaml } from '../yaml.js';
import { type Context, NOT, type Verdict } from './context.js';
import { cut } from './found.js';
import { pathsOf } from './glob.js';

const met = (found: readonly Evidence[]): Verdict =>
  found.length ? { met: true, evidence: found.slice(0, 1), nearly: [] } : NOT;

/** One matching file has content; what cannot be read as text (a model, an archive) has. */
export function filesMeet(globs: string | readonly string[], { facts: { files } }: Context): Verdict {
  for (const path of pathsOf(files, globs)) {
    const text = files.text(path);
    if (text === undefined ? !files.skipped.get(path)?.includes('empty') : /\S/.test(text))
      return met([{ path, line: 1, found: 'the file is there' }]);
  }
  return NOT;
}

export function textMeets(
  rule: { readonly file: string | readonly string[]; readonly matches: string },
  { facts: { files } }: Context,
): Verdict {
  const wanted = new RegExp(rule.matches);
  for (const path of pathsOf(files, rule.file)) {
    const lines = (files.text(path) ?? '').split('\n');
    const n = lines.findIndex((line) => wanted.test(line.replace(/(^|\s)(?:#|\/\/).*$/, '')));
    if (n !== -1) return met([{ path, line: n + 1, found: `says \`${cut(lines[n] ?? '')}\`` }]);
  }
  return NOT;
}

export function yamlMeets(rule: YamlRule, { facts: { files } }: Context): Verdict {
  for (const path of pathsOf(files, rule.file))
    for (const document of readYaml(files.text(path) ?? '')) {
      if (document.error !== undefined) continue;
      const key = keyOf(document.value, rule);
      if (key) return met([{ path, line: document.line(key), found: saidBy(document.value, key) }]);
    }
  return NOT;
}

export function assetMeets(rule: AssetRule, { facts }: Context): Verdict {
  const kinds = [rule.kind].flat();
  const allowed = rule.file === undefined ? undefined : new Set(pathsOf(facts.files, rule.file));
  for (const asset of facts.assets) {
    if (!kinds.includes(asset.kind) || !asset.path.startsWith(facts.files.within)) continue;
    if (allowed && !allowed.has(asset.path)) continue;
    const isSet = (key: string) => placesOf(asset.value, key).some(({ value }) => value != null);
    if (!(rule.has ?? []).every(isSet) || (rule.lacks ?? []).some(isSet)) continue;
    if (rule.key === undefined) {
      const without = rule.lacks ? ` without ${rule.lacks.map((key) => `\`${key}\``).join(' and ')}` : '';
      const article = /^[aeo]/.test(asset.kind) ? 'an' : 'a';
      return met([{ path: asset.path, line: 1, found: `declares ${article} ${asset.kind}${without}` }]);
    }
    const key = keyOf(asset.value, { ...rule, key: rule.key });
    if (key)
      return met([
        {
          path: asset.path,
          line: asset.line(key),
          found: `${asset.kind} with ${saidBy(asset.value, key)}`,
        },
      ]);
  }
  return NOT;
}

type Key = readonly (string | number)[];

/** Where the value stands that the rule asks for. */
function keyOf(
  value: unknown,
  { key, is, matches }: Pick<YamlRule, 'key' | 'is' | 'matches'>,
): Key | undefined {
  const wanted = matches === undefined ? undefined : new RegExp(matches);
  return placesOf(value, key).find(({ value: found }) =>
    wanted
      ? ['string', 'number', 'boolean'].includes(typeof found) && wanted.test(String(found))
      : found === is,
  )?.key;
}

/** What stands under a key, `a.b`; `*` is any one. */
function placesOf(value: unknown, key: string): readonly { readonly key: Key; readonly value: unknown }[] {
  let places: { key: Key; value: unknown }[] = [{ key: [], value }];
  for (const part of key.split('.'))
    places = places.flatMap((place) => {
      if (typeof place.value !== 'object' || place.value === null) return [];
      const entries = Object.entries(place.value as Record<string, unknown>);
      return entries
        .filter(([name]) => part === '*' || name === part)
        .map(([name, inner]) => ({
          key: [...place.key, Array.isArray(place.value) ? Number(name) : name],
          value: inner,
        }));
    });
  return places;
}

function saidBy(value: unknown, key: Key): string {
  let found = value;
  for (const part of key) found = (found as Record<string, unknown>)[part];
  return `\`${cut(`${key.join('.')}: ${String(found)}`)}\``;
}

/** The Python files and notebooks that show all that the rule asks for, with the line of the last of it. */
export function pythonFiles(rule: PythonRule, context: Context): readonly Evidence[] {
  const known = context.python.get(rule);
  if (known) return known;
  const { facts } = context;
  const allowed = rule.file === undefined ? undefined : new Set(pathsOf(facts.files, rule.file));
  const saying = rule.says === undefined ? undefined : new RegExp(rule.says);
  const lacking = rule.lacks === undefined ? undefined : new RegExp(rule.lacks);
  const found = facts.pythonPaths.flatMap((path): Evidence[] => {
    if (allowed && !allowed.has(path)) return [];
    const text = facts.files.text(path);
    // Parsing costs far more than looking whether a name occurs at all.
    if (text === undefined || !mayShow(rule, text) || lacking?.test(text)) return [];
    const said = saying ? text.split('\n').findIndex((line) => saying.test(line)) + 1 : 0;
    if (saying && !said) return [];
    const place = shown(rule, facts, path, said);
    return place ? [{ path, ...place }] : [];
  });
  context.python.set(rule, found);
  return found;
}

export const pythonMeets = (rule: PythonRule, context: Context): Verdict => met(pythonFiles(rule, context));

const listed = (names: string | readonly string[] | undefined) =>
  names === undefined ? undefined : [names].flat();

/** A name is written out, or its parts are, where it is imported and where it is called; but for relative imports. */
const allIn = (name: string, text: string): boolean =>
  (/\bfrom\s*\./.test(text) ? name.split('.').slice(-1) : name.split('.')).every((part) =>
    text.includes(part),
  );

function mayShow(rule: PythonRule, text: string): boolean {
  const all = listed(rule.definesAll)?.every((name) => text.includes(name)) ?? true;
  return (
    all &&
    [rule.imports, rule.calls, rule.defines].every((names) => {
      const wanted = listed(names);
      return !wanted || wanted.some((name) => allIn(name, text));
    })
  );
}

function shown(
  rule: PythonRule,
  all: Context['facts'],
  path: string,
  said: number,
): { line: number; found: string } | undefined {
  let last = said ? { line: said, found: 'says so' } : undefined;
  if (!rule.imports && !rule.defines && !rule.definesAll && !rule.calls && !rule.asserts) return last;
  const facts: PythonFacts = all.python(path);
  const imports = listed(rule.imports);
  if (imports) {
    const one = facts.imports.find(({ module }) =>
      imports.some((name) => module === name || module.startsWith(`${name}.`)),
    );
    if (!one) return undefined;
    last = { line: one.line, found: `imports \`${cut(one.module)}\`` };
  }
  const defines = listed(rule.defines);
  if (defines) {
    const one = facts.defines.find(({ name }) => defines.includes(name));
    if (!one) return undefined;
    last = { line: one.line, found: `defines \`${cut(one.name)}\`` };
  }
  const together = listed(rule.definesAll);
  if (together) {
    const ones = together.map((wanted) => facts.defines.find(({ name }) => name === wanted));
    const one = ones.at(-1);
    if (!one || ones.includes(undefined)) return undefined;
    last = { line: one.line, found: `defines ${together.map((name) => `\`${cut(name)}\``).join(' and ')}` };
  }
  const calls = listed(rule.calls);
  if (calls) {
    const one = facts.calls.find(
      ({ name, off }) =>
        off === undefined &&
        calls.some((wanted) => isCall(name, wanted) && !isFunctionOf(facts, name, wanted, all.files)),
    );
    if (!one) return undefined;
    last = { line: one.line, found: `calls \`${cut(one.name)}\`` };
  }
  if (rule.asserts) {
    const [one] = facts.asserts;
    if (!one) return undefined;
    last = { line: one.line, found: 'asserts' };
  }
  return last;
}

/** A name that begins with a point is a method of anything. */
const isCall = (name: string, wanted: string) =>
  wanted.startsWith('.') ? name.endsWith(wanted) : name === wanted;

/** `app.predict(rows)`, where app.py is a module of the repository: its function of that name, and no method. */
const isFunctionOf = (
  { imports, path }: PythonFacts,
  name: string,
  wanted: string,
  files: Files,
): boolean => {
  const owner = name.slice(0, -wanted.length);
  const file = imports.some(({ module }) => module === owner)
    ? moduleFile(owner, folderOf(path), files)
    : undefined;
  return file !== undefined && isModule(file, owner);
};
