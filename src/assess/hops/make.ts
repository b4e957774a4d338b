import { folderOf, from } from './paths.js';
import { onceIn } from '../once.js';
import type { Files, Place } from '../types.js';
import type { Trail, Where } from './trail.js';

interface Rule {
  readonly needs: readonly string[];
  readonly recipe: readonly { readonly text: string; readonly line: number }[];
  readonly path: string;
}

interface Makefile {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly variables: ReadonlyMap<string, string>;
  readonly first: string | undefined;
}

/** `make [-C dir] [-f file] [NAME=value] [target …]`: recipes of the targets, what they need first. */
export function followMake(
  words: readonly string[],
  text: string,
  at: Place,
  where: Where,
  trail: Trail,
): void {
  let dir = where.dir;
  let file: string | undefined;
  let dry = false;
  const targets: string[] = [];
  const given = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const assignment = /^([A-Za-z_]\w*)[:+?]?=([\s\S]*)$/.exec(word);
    if (word === '-C' || word === '--directory') dir = from(dir, words[++index] ?? '');
    else if (/^-C./.test(word)) dir = from(dir, word.slice(2));
    else if (word.startsWith('--directory=')) dir = from(dir, word.slice(12));
    else if (word === '-f' || word === '--file') file = words[++index];
    else if (word === '-j') {
      if (/^\d+$/.test(words[index + 1] ?? '')) index++;
    } else if (/^(?:-n|--just-print|--dry-run|--recon)$/.test(word)) dry = true;
    else if (word.startsWith('-')) continue;
    else if (assignment?.[1]) given.set(assignment[1], assignment[2] ?? '');
    else targets.push(word);
  }
  const path = makefileIn(trail.files, dir, file);
  if (path === undefined || dir === undefined) return;
  const makefile = readMakefile(path, trail.files);
  const wanted = targets.length ? targets : makefile.first === undefined ? [] : [makefile.first];
  const off = where.off ?? (dry ? '`make -n`: nothing is done' : undefined);
  const inside: Where = { ...where, dir, off };
  const values = new Map([...Object.entries(where.env), ...makefile.variables, ...given]);
  const done = new Set<string>();
  for (const target of wanted) make(target, makefile, values, inside, { ...at, as: text }, done, trail);
}

/** A longer chain of needs than any person writes. */
const DEEPEST_NEED = 100;

function make(
  target: string,
  makefile: Makefile,
  values: ReadonlyMap<string, string>,
  where: Where,
  hop: Place & { readonly as: string },
  done: Set<string>,
  trail: Trail,
  depth = 0,
): void {
  const rule = makefile.rules.get(target) ?? patternRule(makefile, target);
  if (!rule || done.has(target) || depth > DEEPEST_NEED) return;
  done.add(target);
  const inside = trail.enter(where, `make ${rule.path} ${target}`, hop);
  if (!inside) return;
  for (const need of rule.needs.flatMap((one) => filledIn(one, values).split(/\s+/)))
    make(need, makefile, values, where, hop, done, trail, depth + 1);
  const own = new Map([...values, ['@', target], ['<', rule.needs[0] ?? ''], ['^', rule.needs.join(' ')]]);
  for (const { text, line } of rule.recipe) {
    const prefix = /^\s*([-@+\s]*)/.exec(text)?.[1] ?? '';
    const command = filledIn(text.trimStart().slice(prefix.trimStart().length), own);
    const swallowed = inside.swallowed ?? (prefix.includes('-') ? '`-` before the command' : undefined);
    trail.shell(
      command,
      { path: rule.path, line },
      { ...inside, swallowed },
      { pipefail: false, errexit: false },
    );
  }
}

export const makefileIn = (files: Files, dir: string | undefined, file?: string): string | undefined =>
  (file === undefined ? ['GNUmakefile', 'makefile', 'Makefile'] : [file])
    .map((name) => from(dir, name))
    .find((path) => path !== undefined && files.has(path));

/** The targets that a Makefile has, with their lines, for what a person starts. */
export function targetsOf(
  files: Files,
  path: string,
): { readonly name: string; readonly line: number; readonly recipe: string }[] {
  return [...readMakefile(path, files).rules]
    .filter(([name, { recipe }]) => /^[\w.-]+$/.test(name) && !name.startsWith('.') && recipe.length > 0)
    .map(([name, { recipe }]) => ({
      name,
      line: Math.max(1, (recipe[0]?.line ?? 2) - 1),
      recipe: recipe.map(({ text }) => text).join('\n'),
    }));
}

const readMakefile = onceIn((path: string, files: Files): Makefile => {
  const reading: Reading = { rules: new Map(), variables: new Map(), first: undefined, default: undefined };
  readInto(reading, files, path, 0);
  const { rules, variables } = reading;
  return { rules, variables, first: reading.default ?? reading.first };
});

interface Reading {
  readonly rules: Map<string, Rule>;
  readonly variables: Map<string, string>;
  first: string | undefined;
  default: string | undefined;
}

function readInto(reading: Reading, files: Files, path: string, depth: number): void {
  const lines = (files.text(path) ?? '').split(/\r?\n/);
  let targets: string[] = [];
  const add = (needs: string[], recipe?: { text: string; line: number }) => {
    for (const target of targets) {
      const rule = reading.rules.get(target) ?? { needs: [], recipe: [], path };
      reading.rules.set(target, {
        path,
        needs: [...rule.needs, ...needs],
        recipe: recipe ? [...rule.recipe, recipe] : rule.recipe,
      });
    }
  };
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    let text = lines[index] ?? '';
    const recipe = text.startsWith('\t');
    const joined = [text];
    while (text.endsWith('\\') && index + 1 < lines.length) {
      text = lines[++index] ?? '';
      joined.push(text);
    }
    if (recipe && targets.length) {
      add([], { text: joined.map((one) => one.replace(/^\t/, '')).join('\n'), line });
      continue;
    }
    const whole = joined
      .map((one) => one.replace(/\\$/, ' '))
      .join('')
      .replace(/(^|\s)#.*$/, '')
      .trim();
    if (whole === '') continue;
    const assignment = /^(?:export\s+|override\s+)?([\w.]+)\s*(\+|\?|::?|!)?=\s*(.*)$/.exec(whole);
    const included = /^-?s?include\s+(.+)$/.exec(whole)?.[1];
    if (assignment?.[1]) {
      if (assignment[1] === '.DEFAULT_GOAL') reading.default = assignment[3];
      // Of a choice by system, the last one is what runs on Linux as a rule.
      if (assignment[2] !== '?' || !reading.variables.has(assignment[1]))
        reading.variables.set(
          assignment[1],
          assignment[2] === '+'
            ? `${reading.variables.get(assignment[1]) ?? ''} ${assignment[3] ?? ''}`
            : (assignment[3] ?? ''),
        );
      targets = [];
    } else if (included !== undefined && depth < 5) {
      for (const name of included.split(/\s+/)) {
        const other = from(folderOf(path), name);
        if (other !== undefined && other !== path && files.has(other))
          readInto(reading, files, other, depth + 1);
      }
    } else {
      const colon = /^([^:=]+)::?(?!=)(.*)$/.exec(whole);
      if (!colon) continue;
      targets = filledIn(colon[1] ?? '', reading.variables)
        .trim()
        .split(/\s+/);
      const [needs = '', ...same] = (colon[2] ?? '').split(';');
      const fresh = targets.find((target) => !target.startsWith('.') && !target.includes('%'));
      reading.first ??= fresh;
      add(
        needs.replace(/\|/g, ' ').trim().split(/\s+/).filter(Boolean),
        same.length ? { text: same.join(';').trim(), line } : undefined,
      );
    }
  }
}

function patternRule(makefile: Makefile, target: string): Rule | undefined {
  for (const [pattern, rule] of makefile.rules) {
    const [start, end, more] = pattern.split('%');
    if (start === undefined || end === undefined || more !== undefined) continue;
    if (target.length > start.length + end.length && target.startsWith(start) && target.endsWith(end))
      return rule;
  }
  return undefined;
}

/** Variables of make filled in; what only a run knows becomes a variable of the shell, so that it is no command. */
function filledIn(text: string, values: ReadonlyMap<string, string>, depth = 0): string {
  return text.replace(
    /\$\$|\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\$\{([^{}]*)\}|\$([@<^*])/g,
    (whole: string, round?: string, curly?: string, sign?: string) => {
      if (whole === '$$') return depth === 0 ? '$' : '$$';
      const name = (round ?? curly ?? sign ?? '').trim();
      const value = values.get(name);
      if (value !== undefined) return depth < 6 ? filledIn(value, values, depth + 1) : '';
      if (name === 'MAKE') return 'make';
      if (name === 'CURDIR') return '.';
      const shell = /^shell\s+([\s\S]*)$/.exec(name)?.[1];
      if (shell !== undefined) return `$(${shell})`;
      return /^\w+$/.test(name) ? `\${${name}}` : '${unknown}';
    },
  );
}
