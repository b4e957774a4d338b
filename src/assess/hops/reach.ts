import { onceOf } from '../once.js';
import type { Hop, PythonFacts } from '../types.js';
import { folderOf } from './paths.js';
import { isModule, moduleFile, modulesIn } from './modules.js';
import type { Trail } from './trail.js';

type Call = PythonFacts['calls'][number];

/** A file that is run, with the calls of it that are reached, and the imports that lead to it. */
export interface Unit {
  readonly path: string;
  readonly way: readonly Hop[];
  readonly calls: readonly Call[];
}

interface Reading {
  readonly path: string;
  readonly way: readonly Hop[];
  readonly facts: PythonFacts;
  /** Functions that are reached; '' is the top of the file. */
  readonly reached: Set<string>;
  /** Names by the function that mentions them. */
  readonly mentions: ReadonlyMap<string, readonly { readonly name: string }[]>;
  /** Calls that may happen, by the function that they stand in. */
  readonly calls: ReadonlyMap<string, readonly Call[]>;
  /** Names that were looked up. */
  readonly looked: Set<string>;
  readonly functions: ReadonlySet<string>;
  /** Methods by their class. */
  readonly classes: ReadonlyMap<string, ReadonlySet<string>>;
  /** `from module import *` */
  readonly stars: boolean;
  readonly guard: ReadonlySet<number>;
}

/** More files than one program of a repository imports. */
const MOST_FILES = 500;
/** More names than a package hands on from one module to the next. */
const MOST_HANDED_ON = 8;

/**
 * What a program reaches, in its file and in what it imports: the top of each file, and each function that reached
 * code mentions, by the name that Python would look up. What stands on a value that only a run knows may be the method
 * of that name of any class that reached code mentions.
 */
export function reachedFrom(start: string, words: readonly string[], trail: Trail): Unit[] {
  return new Reach(start, words, trail).units();
}

class Reach {
  private readonly readings = new Map<string, Reading>();
  private readonly left: [Reading, string][] = [];
  /** Classes that reached code mentions, and names that may be methods of theirs. */
  private readonly live: { readonly reading: Reading; readonly methods: ReadonlySet<string> }[] = [];
  private readonly attributes = new Set<string>();

  constructor(
    private readonly start: string,
    private readonly words: readonly string[],
    private readonly trail: Trail,
  ) {}

  units(): Unit[] {
    this.open(this.start, []);
    for (let next = this.left.pop(); next; next = this.left.pop()) this.run(...next);
    return [...this.readings.values()].map(({ path, way, facts, reached, guard }) => ({
      path,
      way,
      calls: facts.calls.filter(({ within, line }) => reached.has(within) && !guard.has(line)),
    }));
  }

  private open(path: string, way: readonly Hop[]): void {
    if (this.readings.has(path) || this.readings.size >= MOST_FILES) return;
    const facts = this.trail.facts(path);
    const text = this.trail.files.text(path) ?? '';
    const classes = new Map<string, Set<string>>();
    const functions = new Set<string>();
    for (const { kind, name, of } of facts.defines)
      if (kind === 'class') classes.set(name, classes.get(name) ?? new Set());
      else if (of === undefined) functions.add(name);
      else classes.set(of, (classes.get(of) ?? new Set()).add(name));
    const reading: Reading = {
      ...{ path, way, facts, reached: new Set() },
      ...byFunction(facts),
      looked: new Set(),
      functions,
      classes,
      stars: text.includes('*') && /^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]+\*/m.test(text),
      guard: path === this.start ? NONE : guardOf(text, path),
    };
    this.readings.set(path, reading);
    this.reach(reading, '');
    for (const { module, line } of facts.imports) {
      const other = moduleFile(module, folderOf(path), this.trail.files);
      if (other === undefined) continue;
      // Of `from delivery.release import REFUSED` it is the module that is read.
      const read = isModule(other, module) ? module : module.slice(0, module.lastIndexOf('.'));
      this.open(other, [...way, { path, line, as: `import ${read}` }]);
    }
  }

  private reach(reading: Reading, name: string): void {
    if (reading.reached.has(name)) return;
    reading.reached.add(name);
    this.left.push([reading, name]);
  }

  private run(reading: Reading, within: string): void {
    const only = within === '' ? guarded(reading) : NONE;
    for (const { name } of reading.mentions.get(within) ?? [])
      if (!only.has(name)) this.mention(name, reading);
    for (const call of reading.calls.get(within) ?? []) {
      if (call.off !== undefined || reading.guard.has(call.line)) continue;
      this.mention(call.name, reading);
      // A name that only a run knows may be any that looks like it.
      if (call.name === 'getattr' || call.name.endsWith('.getattr')) this.mayBe(call.args, reading);
    }
  }

  private mention(name: string, reading: Reading): void {
    if (reading.looked.has(name)) return;
    reading.looked.add(name);
    const [first = '', ...rest] = name.split('.');
    if (!rest.length) this.bare(first, reading);
    else if (first === '' || !this.ofModule([first, ...rest], reading)) {
      this.bare(first, reading);
      for (const part of rest) this.attribute(part);
    }
  }

  /** A function or class of this file, or one that it took over with a star. */
  private bare(name: string, reading: Reading): void {
    if (this.defined(name, reading) || !reading.stars) return;
    for (const { module } of reading.facts.imports) {
      const other = this.readings.get(moduleFile(module, folderOf(reading.path), this.trail.files) ?? '');
      if (other) this.defined(name, other);
    }
  }

  private defined(name: string, reading: Reading): boolean {
    const methods = reading.classes.get(name);
    if (reading.functions.has(name)) this.reach(reading, name);
    else if (methods && !reading.looked.has(`class ${name}`)) {
      reading.looked.add(`class ${name}`);
      this.live.push({ reading, methods });
      // Those with two lines around their names Python itself calls.
      for (const one of methods)
        if (this.attributes.has(one) || /^__\w+__$/.test(one)) this.reach(reading, one);
    }
    return reading.functions.has(name) || methods !== undefined;
  }

  private attribute(name: string): void {
    if (this.attributes.has(name)) return;
    this.attributes.add(name);
    for (const { reading, methods } of this.live) if (methods.has(name)) this.reach(reading, name);
  }

  /** `churn.data.load` where churn/data.py is imported; a package may hand on what it imports itself. */
  private ofModule(parts: readonly string[], from: Reading, handedOn = 0): boolean {
    for (const { path, length } of modulesIn(parts, folderOf(from.path), this.trail.files)) {
      const reading = this.readings.get(path);
      if (!reading) continue;
      const [name, ...rest] = parts.slice(length);
      if (name === undefined) return true;
      for (const part of rest) this.attribute(part);
      if (this.defined(name, reading) || handedOn >= MOST_HANDED_ON) return true;
      const source = reading.facts.imports.find(({ module }) => module.endsWith(`.${name}`));
      if (!source || !this.ofModule([...source.module.split('.'), ...rest], reading, handedOn + 1))
        this.bare(name, reading);
      return true;
    }
    return false;
  }

  private mayBe(args: string, reading: Reading): void {
    const second = args.slice(args.indexOf(',') + 1).trim();
    const pattern = /^f?(["'])([^"']*)\1/.exec(second)?.[2];
    const [before = '', ...others] = pattern === undefined ? ['', ''] : pattern.split(/\{[^}]*\}/);
    const after = others.at(-1) ?? '';
    const all = [...reading.functions, ...[...reading.classes.values()].flatMap((one) => [...one])].filter(
      (name) => name.startsWith(before) && name.endsWith(after),
    );
    // `python -m delivery.rollout mirror` looks up `_mirror`, and no other.
    const asked = all.filter((name) =>
      this.words.includes(name.slice(before.length, name.length - after.length).replaceAll('_', '-')),
    );
    for (const name of asked.length ? asked : all) this.reach(reading, name);
  }
}

/** By the function that they stand in: once for each file, however many programs it is part of. */
const byFunction = onceOf(({ mentions, calls }: PythonFacts) => ({
  mentions: grouped(mentions),
  calls: grouped(calls),
}));

function grouped<T extends { readonly within: string }>(
  all: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const out = new Map<string, T[]>();
  for (const one of all) {
    const list = out.get(one.within);
    if (list) list.push(one);
    else out.set(one.within, [one]);
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
