import { posix } from 'node:path';
import { onceIn, onceOf } from '../once.js';
import { mayImport } from '../python/imports.js';
import type { Facts, Files } from '../types.js';

/** Files of the repository that a Python file imports or names. */
export const aboutOf = onceIn(foundIn);

/** How each Python file may be called: by its own name, and as a module with all folders above it. */
const namesIn = onceOf(({ pythonPaths }: Facts): readonly Names[] =>
  pythonPaths.map((other) => {
    const stem = posix.basename(other).replace(/\.(?:py|ipynb)$/, '');
    const dotted = `.${other
      .replace(/\.py$/, '')
      .replace(/\/__init__$/, '')
      .replaceAll('/', '.')}`;
    const end = /\w*$/.exec(stem)?.[0] ?? '';
    return { other, stem, end, dotted, parent: dotted.slice(0, dotted.lastIndexOf('.')) };
  }),
);

interface Names {
  readonly other: string;
  readonly stem: string;
  /** Letters, digits and underscores at the end of it. */
  readonly end: string;
  readonly dotted: string;
  readonly parent: string;
}

function foundIn(path: string, facts: Facts): ReadonlySet<string> {
  const { imports, mentions, strings } = facts.python(path);
  const modules = imports.map(({ module }) => module);
  const names = new Set([
    ...mentions.flatMap(({ name }) => name.split('.')),
    ...modules.map((one) => one.split('.').at(-1) ?? ''),
  ]);
  const texts = strings.map(({ text }) => text);
  const about = new Set<string>();
  for (const { other, stem, dotted, parent } of namesIn(facts)) {
    if (other === path) continue;
    const isImported = modules.some(
      (module) => dotted.endsWith(`.${module}`) || (names.has(stem) && parent.endsWith(`.${module}`)),
    );
    if (
      isImported ||
      texts.some(
        (text) =>
          text === `${stem}.py` ||
          (text.endsWith(`/${stem}.py`) && other.endsWith(text.replace(/^[./]+/, ''))),
      )
    )
      about.add(other);
  }
  return about;
}

/**
 * Whether a test may be about one of these files, by the texts of what it imports alone: no file of which this is not
 * true has one of them in its `about`.
 */
export function mayBeAbout(path: string, wanted: ReadonlySet<string>, facts: Facts): boolean {
  if (!path.endsWith('.py')) return true;
  const some = (all: ReadonlySet<string>) => [...wanted].some((one) => all.has(one));
  return [path, ...conftests(path, facts.files)].some((source) => {
    const near = maybe(source, facts);
    return some(near) || [...near].some((one) => some(maybe(one, facts)));
  });
}

const maybe = onceIn((path: string, facts: Facts): ReadonlySet<string> => {
  const text = facts.files.text(path) ?? '';
  const modules = mayImport(text, path).map((module) => `.${module}`);
  const files = new Set(text.match(/\w+(?=\.py)/g));
  const isMeant = ({ stem, end, dotted, parent }: Names): boolean =>
    // Most files are ruled out by the end of their name, without a look at the text.
    ((end === '' || files.has(end)) && text.includes(`${stem}.py`)) ||
    modules.some(
      (module) =>
        dotted.endsWith(module) ||
        (parent.endsWith(module) && (text.includes(stem) || text.includes(dotted.slice(parent.length + 1)))),
    );
  return new Set(namesIn(facts).flatMap((names) => (isMeant(names) ? names.other : [])));
});

/** Of pytest: those beside a file of tests and above it. */
export function conftests(path: string, files: Files): string[] {
  const found: string[] = [];
  for (let dir = posix.dirname(path); ; dir = posix.dirname(dir)) {
    const one = dir === '.' ? 'conftest.py' : `${dir}/conftest.py`;
    if (files.has(one)) found.push(one);
    if (dir === '.' || dir === '/') return found;
  }
}
