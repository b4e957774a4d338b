import type { Context } from './context.js';
import { toNotebook } from './notebook.js';
import type { Body, Root, Rule } from './root.js';
import type { FileTree, Mode } from './tree.js';

const encoder = new TextEncoder();

/**
 * Lays the overlays of levels 0 to `level` of all roots over each other, a later file replacing the one at its path.
 * Pure: no disk, clock, environment or chance.
 *
 * @throws Error naming the template that could not be filled: a bug of its author.
 */
export function renderOverlays(roots: readonly Root[], level: number, context: Context): FileTree {
  const partials = new Map(roots.flatMap((root) => Object.entries(root.partials)));
  const rules = roots.flatMap((root) => root.rules);
  const include = (name: string): string => {
    const body = partials.get(`${context.task}/${name}`) ?? partials.get(name);
    if (body === undefined) throw new Error(`no partial ${name}`);
    return String(fill(body));
  };
  const fill = (body: Body): string | Uint8Array =>
    typeof body === 'function' ? body(context, print, include) : body;

  const tree: FileTree = new Map();
  for (let overlay = 0; overlay <= level; overlay++)
    for (const root of roots)
      for (const template of root.templates) {
        if (template.level !== overlay || !wanted(template.path, rules, level, context)) continue;
        try {
          const filled = fill(template.body);
          const text = template.notebook ? toNotebook(String(filled)) : filled;
          const mode: Mode = template.executable ? '100755' : '100644';
          const content = typeof text === 'string' ? encoder.encode(text) : text;
          tree.set(emittedPath(template.path, context), { content, mode });
        } catch (error) {
          const where = `${root.name} level-${overlay}/${template.path}`;
          throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
        }
      }
  return tree;
}

function wanted(path: string, rules: readonly Rule[], level: number, context: Context): boolean {
  return rules
    .filter((rule) => rule.path === path || (rule.path.endsWith('/') && path.startsWith(rule.path)))
    .every(
      (rule) =>
        (rule.if === undefined || context[rule.if as keyof Context]) &&
        (rule.unless === undefined || !context[rule.unless as keyof Context]) &&
        level <= (rule.until ?? level),
    );
}

function emittedPath(path: string, context: Context): string {
  return path.replaceAll('_package_', context.pkg).replaceAll('_app_', context.app);
}

function print(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`a template prints ${typeof value}`);
}
