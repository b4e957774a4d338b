import { importStatements } from '../../python/rewrite-imports.js';
import { attributesOf, namesOf } from '../../python/names.js';
import { parsePython } from '../../python/parse.js';
import { readNotebook } from '../../notebook/notebook.js';
import { textOf } from '../../render/tree.js';
import type { Stage } from '../step.js';

interface Lifted {
  readonly step: string;
  readonly path: string;
  readonly module: string;
  readonly body: string;
}

/** A note for each name that the template's code defined, that the team's no longer does, and that the package needs. */
export function lostNames({ step, path, module, body }: Lifted, text: string, stage: Stage): string[] {
  const has = namesOf(parsePython(text)).binds;
  const gone = [...namesOf(parsePython(body)).binds].filter((name) => !has.has(name));
  if (!gone.length) return [];
  const glue = namesOf(parsePython(module.replace(body, ''))).reads;
  const users = new Map(gone.map((name) => [name, glue.has(name) ? [path] : []]));
  for (const [user, code] of pythonOf(stage))
    for (const name of usedFrom(code, step, stage.answers.package))
      if (user !== path) users.get(name)?.push(user);
  return [...users].flatMap(([name, places]) =>
    places.length
      ? [
          `${path} no longer defines ${name}, which is used in ${places.join(', ')}: follow the new name there, or keep the old one.`,
        ]
      : [],
  );
}

function* pythonOf({ after }: Stage): Generator<[string, string]> {
  for (const [path, { content }] of after) {
    const text = /\.(py|ipynb)$/.test(path) ? textOf(content) : undefined;
    if (text === undefined) continue;
    if (path.endsWith('.py')) yield [path, text];
    // The notebook's own import follows the module.
    else
      for (const cell of readNotebook(text)?.cells ?? [])
        if (cell.kind === 'code' && !cell.tags.length) yield [path, cell.source];
  }
}

/** Names of one module of the package that a file imports, or reads as attributes of it. */
function usedFrom(text: string, step: string, pkg: string): Set<string> {
  const code = parsePython(text);
  const used = new Set<string>();
  for (const { items } of importStatements(code))
    for (const { module, name, as } of items) {
      if (module === `.${step}` || module === `${pkg}.${step}`) used.add(name);
      if ((module === '.' || module === pkg) && name === step)
        for (const attribute of attributesOf(code, as ?? name)) used.add(attribute);
    }
  return used;
}
