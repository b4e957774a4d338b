import type { Acts, ActShape } from '../../levels/acts.js';
import type { Act, Facts } from '../types.js';
import { besideLine, hangsOnComparison } from './comparison.js';

/** Which of the classes of maturity.yml an act belongs to. */
export interface Classifier {
  (act: Act): readonly string[];
}

type Compiled = Omit<ActShape, 'kind'> & { readonly name: string; readonly fits: (act: Act) => boolean };

/** Regular expressions are asked once per text: chains reach the same acts over and over. */
export function classifier(acts: Acts, facts: Facts): Classifier {
  const shapes = new Map<string, Compiled[]>();
  for (const name of Object.keys(acts))
    for (const shape of shapesOf(acts, name, new Set())) {
      const list = shapes.get(shape.kind) ?? [];
      list.push({ ...shape, name, fits: fitting(shape, facts) });
      shapes.set(shape.kind, list);
    }
  const texts = new Map<string, (text: string) => readonly Compiled[]>();
  for (const [kind, list] of shapes) texts.set(kind, matcher(list));
  return (act) => {
    const found = texts.get(act.kind)?.(act.text) ?? [];
    return found.length ? [...new Set(found.filter(({ fits }) => fits(act)).map(({ name }) => name))] : [];
  };
}

function shapesOf(acts: Acts, name: string, via: Set<string>): ActShape[] {
  if (via.has(name)) return [];
  via.add(name);
  return (acts[name]?.any ?? []).flatMap((shape) =>
    'act' in shape ? shapesOf(acts, shape.act, via) : [shape],
  );
}

function matcher(list: readonly Compiled[]): (text: string) => readonly Compiled[] {
  const compiled = list.map((shape) => ({
    shape,
    wanted: new RegExp(shape.text),
    unwanted: shape.not === undefined ? undefined : new RegExp(shape.not),
  }));
  const any = new RegExp(list.map(({ text }) => `(?:${text})`).join('|'));
  const known = new Map<string, readonly Compiled[]>();
  return (text) => {
    let found = known.get(text);
    if (!found) {
      found = any.test(text)
        ? compiled
            .filter(({ wanted, unwanted }) => wanted.test(text) && !unwanted?.test(text))
            .map(({ shape }) => shape)
        : [];
      known.set(text, found);
    }
    return found;
  };
}

function fitting({ file, through, beside, compares }: ActShape, facts: Facts): (act: Act) => boolean {
  const way = through === undefined ? undefined : new RegExp(through);
  const place = file === undefined ? undefined : new RegExp(file);
  const near = beside === undefined ? undefined : new RegExp(beside);
  return (act) =>
    (!place || place.test(act.path)) &&
    (!way || way.test(act.path) || act.way.some(({ as, path }) => way.test(as) || way.test(path))) &&
    (!near || besideLine(facts.files.text(act.path) ?? '', act.line, near) !== undefined) &&
    (!compares || hangsOnComparison(facts.files.text(act.path) ?? '', act.line));
}
