import { posix } from 'node:path';
import { type FileTree, textOf } from '../render/tree.js';

/**
 * What the Python that a shell text starts would tell other programs: modules after -m, files after python, and what
 * those import of the repository. An argument list reads like the command line that it makes: `az("ml", "job",
 * "create")` as `az("ml job create")`.
 */
export function pythonOf(tree: FileTree, commands: string): string[] {
  const seen = new Map<string, string>();
  const follow = (path: string) => {
    if (seen.has(path)) return;
    const code = withoutComments(textOf(tree.get(path)?.content ?? new Uint8Array()) ?? '');
    seen.set(path, code.replace(/["'],\s*f?["']/g, ' '));
    for (const module of importsOf(code, path)) fileOf(tree, module).forEach(follow);
  };
  for (const [, module, file] of commands.matchAll(
    /\bpython[\d.]*(?:\.exe)?["']?\s+(?:-m\s+([\w.]+)|([\w./-]+\.py)\b)/g,
  ))
    (module ? fileOf(tree, module.replaceAll('.', '/')) : [posix.normalize(file ?? '')])
      .filter((path) => tree.has(path))
      .forEach(follow);
  return [...seen.values()];
}

/** Modules that a file imports, as paths without an ending; names that are no modules are found nowhere. */
function importsOf(code: string, path: string): string[] {
  const from = [...code.matchAll(/^\s*from\s+(\.*)([\w.]*)\s+import\s+(?:\(([^)]*)\)|(.*))/gm)];
  const plain = [...code.matchAll(/^\s*import\s+(.+)/gm)].flatMap(([, names = '']) => words(names));
  return [
    ...plain.map((name) => name.replaceAll('.', '/')),
    ...from.flatMap(([, dots = '', module = '', many, few]) => {
      const folder = dots ? posix.join(posix.dirname(path), '../'.repeat(dots.length - 1)) : '';
      const base = posix.join(folder, module.replaceAll('.', '/'));
      return [base, ...words(many ?? few ?? '').map((name) => posix.join(base, name))];
    }),
  ];
}

const words = (names: string) => names.split(',').map((name) => name.trim().split(/\s/)[0] ?? '');

function fileOf(tree: FileTree, module: string): string[] {
  return ['', 'src/']
    .flatMap((root) => [
      `${root}${module}.py`,
      `${root}${module}/__init__.py`,
      `${root}${module}/__main__.py`,
    ])
    .filter((path) => tree.has(path));
}

/** Python without comments and docstrings; other strings stay, since commands are made of them. */
const withoutComments = (source: string) =>
  source.replace(/("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g, (token, triple) =>
    triple || token.startsWith('#') ? '' : token,
  );
