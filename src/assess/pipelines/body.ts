import type { Follow } from '../hops/follow.js';
import { expand } from './expand.js';
import { entries, items, type Node, scalar, type Source } from './node.js';
import { parametersOf, type Reading, scopeOf, templateOf, type Variables, variablesOf } from './scope.js';

export interface Surroundings {
  readonly reading: Reading;
  readonly variables: Variables;
  readonly follow: Follow;
  readonly off?: string | undefined;
}

export type Part = 'stages' | 'jobs' | 'steps';

/** What a file holds at its top, or the file that it extends. */
export function bodyOf(
  source: Source,
  parameters: ReadonlyMap<string, Node>,
  around: Surroundings,
): Readonly<Record<Part, readonly Node[]>> & { readonly around: Surroundings } {
  const { reading, variables } = around;
  const scope = scopeOf(reading, variables, parameters);
  const value = source.value as Record<string, unknown>;
  const extending = entries(expand(source, value.extends, ['extends'], scope));
  const template = extending.get('template');
  const named = scalar(template);
  if (template && named !== undefined) {
    const found = templateOf(template, named, reading, 'extends');
    if (typeof found !== 'object') return { stages: [], jobs: [], steps: [], around };
    const given = parametersOf(found, extending.get('parameters'), reading);
    const own = expand(
      found,
      (found.value as Record<string, unknown>).variables,
      ['variables'],
      scopeOf(reading, variables, given),
    );
    return bodyOf(found, given, { ...around, variables: variablesOf(own, variables, reading) });
  }
  const part = (key: Part) => listOf(expand(source, value[key], [key], scope), key, around);
  return { stages: part('stages'), jobs: part('jobs'), steps: part('steps'), around };
}

/** A list with the templates in it put in their place; one that is not there is a node that says so. */
export function listOf(node: Node | undefined, key: Part, around: Surroundings): Node[] {
  return items(node).flatMap((each): Node[] => {
    const template = entries(each).get('template');
    const named = scalar(template);
    if (!template || named === undefined) return [each];
    const found = templateOf(template, named, around.reading);
    if (found === undefined) return [];
    if (typeof found === 'string')
      return [{ ...each, line: each.line, is: new Map([['missing', template]]) }];
    const given = parametersOf(found, entries(each).get('parameters'), around.reading);
    const scope = scopeOf(around.reading, around.variables, given);
    return listOf(expand(found, (found.value as Record<string, unknown>)[key], [key], scope), key, around);
  });
}
