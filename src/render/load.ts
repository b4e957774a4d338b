import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ejs from 'ejs';
import { parse } from 'yaml';
import { CONTEXT_NAMES } from './names.js';
import type { Body, Fill, Root, Rule, Template } from './root.js';
import { textOf } from './tree.js';

/**
 * Reads a folder of templates. Used on organisations' roots, in tests, and by the build, which writes ours into dist/.
 *
 * @throws Error naming the file, when a template does not compile or `files.yml` is wrong.
 */
export function loadRoot(dir: string, name = 'azmlops'): Root {
  const templates: Template[] = [];
  const partials: Record<string, Body> = {};
  for (const path of filesBelow(dir)) {
    const bytes = () => readFileSync(join(dir, path));
    const overlay = /^level-(\d)\/(.+)$/.exec(path);
    const partial = /^(?:tasks\/([^/]+)\/)?partials\/(.+)$/.exec(path);
    if (overlay?.[1] && overlay[2]) templates.push(templateOf(Number(overlay[1]), overlay[2], bytes()));
    else if (partial?.[2])
      partials[partial[1] ? `${partial[1]}/${partial[2]}` : partial[2]] = bodyOf(bytes(), path);
    else if (path !== 'files.yml') throw new Error(`${path}: neither an overlay, a partial nor files.yml`);
  }
  return { name, templates, partials, rules: rulesOf(join(dir, 'files.yml')) };
}

function* filesBelow(dir: string, below = ''): Generator<string> {
  const entries = readdirSync(join(dir, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(below, entry.name);
    // What running Python, its checkers or a file manager leaves behind is no template.
    if (/^(__pycache__|\.(ruff|mypy|pytest)_cache|\.DS_Store)$/.test(entry.name)) continue;
    if (entry.isDirectory()) yield* filesBelow(dir, path);
    else yield path;
  }
}

function templateOf(level: number, path: string, bytes: Uint8Array): Template {
  const notebook = path.endsWith('.nb.py');
  const emitted = notebook ? path.replace(/\.nb\.py$/, '.ipynb') : path.replace(/\.tpl$/, '');
  const executable = bytes[0] === 0x23 && bytes[1] === 0x21; // #!
  return { level, path: emitted, notebook, executable, body: bodyOf(bytes, `level-${level}/${path}`) };
}

function bodyOf(bytes: Uint8Array, path: string): Body {
  const text = textOf(bytes);
  if (text === undefined) return bytes;
  if (!text.includes('<%')) return text;
  if (/<%[^%]*\bpackage\b/.test(text))
    throw new Error(`templates/${path}: write pkg, JavaScript reserves package`);
  try {
    // Strict code with named locals: a misspelt name throws, and the function may stand in an ES module. Its source is
    // taken from the template object because EJS has no option for standalone functions since version 5.
    const template = new ejs.Template(text, {
      strict: true,
      compileDebug: false,
      localsName: 'context',
      destructuredLocals: [...CONTEXT_NAMES],
    });
    template.compile();
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- templates are code of ours or of the organisation's
    return new Function('context', 'escapeFn', 'include', `"use strict";\n${template.source}`) as Fill;
  } catch (error) {
    throw new Error(`templates/${path}: ${(error as Error).message}`, { cause: error });
  }
}

function rulesOf(file: string): Rule[] {
  const rules: unknown = parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(rules)) throw new Error(`${file}: a list of { path, if?, unless?, until? }`);
  for (const rule of rules as Partial<Record<string, unknown>>[]) {
    const extra = Object.keys(rule).filter((key) => !['path', 'if', 'unless', 'until'].includes(key));
    const fits =
      typeof rule.path === 'string' &&
      [rule.if, rule.unless].every((name) => name === undefined || CONTEXT_NAMES.includes(name as never)) &&
      (rule.until === undefined || Number.isInteger(rule.until));
    if (!fits || extra.length)
      throw new Error(`${file}: ${JSON.stringify(rule)} is no { path, if?, unless?, until? }`);
  }
  return rules as Rule[];
}
