import type { Files } from '../types.js';
import { followCall } from './calls.js';
import { ancestors, folderOf } from './paths.js';
import { reachedFrom, type Unit } from './reach.js';
import { actAt, type Trail, type Where } from './trail.js';

/** Every call that a program reaches, in its file and in what it imports, and what those calls start. */
export function followPython(path: string, words: readonly string[], where: Where, trail: Trail): void {
  for (const unit of unitsOf(path, words, trail)) {
    const way = [...where.way, ...unit.way];
    for (const call of unit.calls) {
      const inside: Where = {
        ...where,
        way,
        off: where.off ?? call.off,
        swallowed: where.swallowed ?? call.swallowed,
      };
      const at = { path: unit.path, line: call.line };
      const text = `${call.name}(${call.args})`;
      if (trail.matters(text)) trail.add(actAt('call', text, at, inside));
      followCall(call, at, inside, trail);
    }
  }
}

const known = new WeakMap<Files, Map<string, readonly Unit[]>>();

function unitsOf(path: string, words: readonly string[], trail: Trail): readonly Unit[] {
  const all = known.get(trail.files) ?? new Map<string, readonly Unit[]>();
  known.set(trail.files, all);
  const key = [path, ...words].join('\0');
  const units = all.get(key) ?? reachedFrom(path, words, trail);
  all.set(key, units);
  return units;
}

/** The words of a command line that may choose what a program does; none where it looks nothing up by name. */
export function choosing(path: string, words: readonly string[], files: Files): readonly string[] {
  if (!words.length || !(files.text(path) ?? '').includes('getattr(')) return [];
  return words.filter((word) => /^[a-z][\w-]{0,60}$/i.test(word)).slice(0, 3);
}

/** The file of a module as seen from a folder: beside it, at a root above it, or in a `src` there. */
export function moduleFile(module: string, dir: string | undefined, files: Files): string | undefined {
  if (!/^[A-Za-z_][\w.]*$/.test(module)) return undefined;
  const parts = module.split('.');
  const roots = [...new Set(ancestors(dir ?? '').flatMap((one) => [one, one === '' ? 'src' : `${one}/src`]))];
  for (const length of [parts.length, parts.length - 1]) {
    if (length < 1) break;
    const base = parts.slice(0, length).join('/');
    for (const root of roots) {
      const stem = root === '' ? base : `${root}/${base}`;
      for (const end of length === parts.length
        ? ['/__main__.py', '.py', '/__init__.py']
        : ['.py', '/__init__.py']) {
        if (files.has(stem + end)) return stem + end;
      }
    }
  }
  return undefined;
}

const programs = new WeakMap<Files, Map<string, string>>();

/** The file behind a program that the repository's own packages install: `[project.scripts]`, `console_scripts`. */
export function programOf(name: string, files: Files): string | undefined {
  let all = programs.get(files);
  if (!all) {
    all = new Map();
    for (const path of files.paths) {
      if (!/(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg)$/.test(path)) continue;
      const text = files.text(path) ?? '';
      if (!/scripts/.test(text)) continue;
      for (const [, script = '', module = ''] of text.matchAll(
        /^[\s'"[]*([\w-]{1,80})["']?[ \t]*=[ \t]*["']?([\w.]{1,200}):\w+/gm,
      )) {
        const file = moduleFile(module, folderOf(path), files);
        if (file !== undefined) all.set(script, file);
      }
    }
    programs.set(files, all);
  }
  return all.get(name);
}
