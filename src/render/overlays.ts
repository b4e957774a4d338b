import type { Context } from './context.js';
import { toNotebook } from './notebook.js';
import type { Body, Root, Rule, Template } from './root.js';
import type { FileTree, Mode } from './tree.js';

const encoder = new TextEncoder();

/**
 * Lays the overlays of levels 0 to `level` of all roots over each other, a later file replacing the one at its path.
 * Pure: no disk, clock, environment or chance.
 *
 * @throws Error naming the template that could not be filled: a bug of its author.
 */
export function renderOverlays(roots: readonly Root[], level: number, context: Context): FileTree {
  const fill = filler(roots, context);
  const tree: FileTree = new Map();
  for (const { path, root, template } of placed(roots, level, context)) {
    try {
      const filled = fill(template.body);
      const text = template.notebook ? toNotebook(String(filled)) : filled;
      const mode: Mode = template.executable ? '100755' : '100644';
      const content = typeof text === 'string' ? encoder.encode(text) : text;
      tree.set(path, { content, mode });
    } catch (error) {
      const where = `${root.name} level-${template.level}/${template.path}`;
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
  }
  return tree;
}

/** Where a path of the rendered tree comes from. */
export interface Origin {
  /** The lowest level that has the path. */
  readonly since: number;
  /** The template that made it: of the highest overlay and the last root that have it. */
  readonly root: string;
  readonly template: Template;
  /** Names of the partials that it took in, those of partials too. */
  readonly partials: () => string[];
}

/** The origin of every path that `renderOverlays` makes of the same arguments. Fills nothing. */
export function originsOf(roots: readonly Root[], level: number, context: Context): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const { path, root, template } of placed(roots, level, context)) {
    const since = origins.get(path)?.since ?? template.level;
    const partials = (): string[] => {
      const names = new Set<string>();
      filler(roots, context, (name) => names.add(name))(template.body);
      return [...names];
    };
    origins.set(path, { since, root: root.name, template, partials });
  }
  return origins;
}

interface Placed {
  readonly path: string;
  readonly root: Root;
  readonly template: Template;
}

/** The templates that are laid, one over the other, in this order. */
function* placed(roots: readonly Root[], level: number, context: Context): Generator<Placed> {
  const rules = roots.flatMap((root) => root.rules);
  for (let overlay = 0; overlay <= level; overlay++)
    for (const root of roots)
      for (const template of root.templates)
        if (template.level === overlay && wanted(template.path, rules, level, context))
          yield { path: emittedPath(template.path, context), root, template };
}

function filler(roots: readonly Root[], context: Context, taken?: (name: string) => void) {
  const partials = new Map(roots.flatMap((root) => Object.entries(root.partials)));
  const include = (name: string): string => {
    const own = `${context.task}/${name}`;
    const found = partials.has(own) ? own : name;
    const body = partials.get(found);
    if (body === undefined) throw new Error(`no partial ${name}`);
    taken?.(found);
    return String(fill(body));
  };
  const fill = (body: Body): string | Uint8Array =>
    typeof body === 'function' ? body(context, print, include) : body;
  return fill;
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
