import type { Files, Hop, PythonFacts } from '../types.js';
import { followCall } from './calls.js';
import { ancestors, folderOf } from './paths.js';
import { actAt, type Trail, type Where } from './trail.js';

type Call = PythonFacts['calls'][number];

/** A file that is run, with the calls of it that are reached, and the imports that lead to it. */
interface Unit {
  readonly path: string;
  readonly way: readonly Hop[];
  readonly calls: readonly Call[];
}

/** More files than one program of a repository imports. */
const MOST_FILES = 500;

/** Every call that a program reaches, in its file and in what it imports, and what those calls start. */
export function followPython(path: string, where: Where, trail: Trail): void {
  for (const unit of unitsOf(path, trail)) {
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

function unitsOf(path: string, trail: Trail): readonly Unit[] {
  const all = known.get(trail.files) ?? new Map<string, readonly Unit[]>();
  known.set(trail.files, all);
  const units = all.get(path) ?? read(path, trail);
  all.set(path, units);
  return units;
}

interface Reading {
  readonly way: readonly Hop[];
  readonly facts: PythonFacts;
  /** Functions that are reached; '' is the top of the file. */
  readonly reached: Set<string>;
  readonly byFunction: ReadonlyMap<string, readonly string[]>;
  readonly guard: ReadonlySet<number>;
}

function read(start: string, trail: Trail): Unit[] {
  const readings = new Map<string, Reading>();
  /** Names that reached code mentions. */
  const names = new Set<string>();
  const left: [string, string][] = [];
  const reach = (path: string, name: string) => {
    const reading = readings.get(path);
    if (!reading || reading.reached.has(name)) return;
    reading.reached.add(name);
    left.push([path, name]);
  };
  const mention = (name: string, from: string) => {
    // A bare name is that of the file's own function: `main()` does not start the `main` of what it imports.
    if (readings.get(from)?.byFunction.has(name)) return reach(from, name);
    for (const part of name.split('.')) {
      if (names.has(part)) continue;
      names.add(part);
      for (const [path, { byFunction }] of readings) if (byFunction.has(part)) reach(path, part);
    }
  };
  const open = (path: string, way: readonly Hop[]) => {
    if (readings.has(path) || readings.size >= MOST_FILES) return;
    const facts = trail.facts(path);
    const byFunction = mentionsOf(facts);
    const guard = path === start ? NONE : guardOf(trail.files.text(path) ?? '', path);
    readings.set(path, { way, facts, reached: new Set(), byFunction, guard });
    reach(path, '');
    for (const name of byFunction.keys()) if (names.has(name) || /^__\w+__$/.test(name)) reach(path, name);
    for (const { module, line } of facts.imports) {
      const other = moduleFile(module, folderOf(path), trail.files);
      if (other !== undefined) open(other, [...way, { path, line, as: `import ${module}` }]);
    }
  };
  open(start, []);
  for (let next = left.pop(); next; next = left.pop()) {
    const [path, within] = next;
    const reading = readings.get(path);
    if (!reading) continue;
    const only = within === '' ? guarded(reading) : NONE;
    for (const name of reading.byFunction.get(within) ?? []) if (!only.has(name)) mention(name, path);
    for (const call of reading.facts.calls) {
      if (call.within !== within || call.off !== undefined) continue;
      if (reading.guard.has(call.line)) continue;
      mention(call.name, path);
      // A name that only a run knows may be any that looks like it.
      if (call.name === 'getattr' || call.name.endsWith('.getattr'))
        mayBe(call.args, reading, (name) => mention(name, path));
    }
  }
  return [...readings].map(([path, { way, facts, reached, guard }]) => ({
    path,
    way,
    calls: facts.calls.filter(({ within, line }) => reached.has(within) && !guard.has(line)),
  }));
}

function mayBe(args: string, { facts }: Reading, mention: (name: string) => void): void {
  const second = args.slice(args.indexOf(',') + 1).trim();
  const pattern = /^f?(["'])([^"']*)\1/.exec(second)?.[2];
  const parts = pattern === undefined ? ['', ''] : pattern.split(/\{[^}]*\}/);
  for (const { name, kind } of facts.defines)
    if (
      kind === 'function' &&
      name.startsWith(parts[0] ?? '') &&
      name.endsWith(parts.length > 1 ? (parts.at(-1) ?? '') : '')
    )
      mention(name);
}

function mentionsOf(facts: PythonFacts): Map<string, string[]> {
  const out = new Map<string, string[]>([['', []]]);
  for (const { name, kind } of facts.defines) if (kind === 'function') out.set(name, out.get(name) ?? []);
  for (const { name, within } of facts.mentions) {
    const list = out.get(within);
    if (list) list.push(name);
    else out.set(within, [name]);
  }
  return out;
}

const NONE: ReadonlySet<never> = new Set<never>();

/** Lines below `if __name__ == "__main__":`, which an import does not run. */
function guardOf(text: string, path: string): ReadonlySet<number> {
  if (path.endsWith('.ipynb') || !text.includes('__main__')) return NONE;
  const out = new Set<number>();
  let inside = false;
  text.split('\n').forEach((line, index) => {
    if (/^if\s+\(?__name__\s*==/.test(line)) inside = true;
    else if (/^[^\s#)]/.test(line)) inside = false;
    if (inside) out.add(index + 1);
  });
  return out;
}

/** Names that the top of a file mentions only below that guard. */
function guarded({ facts, guard }: Reading): ReadonlySet<string> {
  if (guard.size === 0) return NONE;
  const only = new Set<string>();
  for (const call of facts.calls) if (call.within === '' && guard.has(call.line)) only.add(call.name);
  for (const call of facts.calls) if (call.within === '' && !guard.has(call.line)) only.delete(call.name);
  return only;
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
