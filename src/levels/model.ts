import { parse } from 'yaml';
import { type Acts, actClassesOf } from './acts.js';
import { type Brought, broughtOf } from './brought.js';
import { reader, type Reader } from './read.js';
import { actsOf, ruleOf, type Rule } from './rule.js';

/** What a repository must meet for a level: one of the alternatives. */
export interface Condition {
  readonly says: string;
  readonly any: readonly (
    { readonly characteristic: string; readonly holds: number } | { readonly evidence: readonly Rule[] }
  )[];
}

export interface Level extends Brought {
  readonly number: number;
  readonly name: string;
  readonly summary: string;
  readonly definition: readonly Condition[];
  readonly challenges: readonly { readonly theme: string; readonly text: string }[];
  readonly next: readonly string[];
  /** What only people can do; `until` is the last level at which it is still theirs to do. */
  readonly people: readonly { readonly text: string; readonly until: number }[];
  /** Per characteristic, what it holds in a repository emitted at this level; null cannot be seen. */
  readonly holds: Readonly<Record<string, number | null>>;
}

export interface Characteristic {
  readonly id: string;
  readonly dimension: string;
  /** One sentence per level, by level number; null where the row asks for nothing. */
  readonly statements: readonly (string | null)[];
  readonly starts: number;
  readonly seen: boolean;
  readonly toldUntil?: number;
  readonly needs: readonly Rule[];
  readonly partly: readonly Rule[];
  /** By level number; null where a level asks for nothing that the one before did not. */
  readonly evidence: readonly (readonly Rule[] | null)[];
  /** By level number: the shortest way to meet that level's evidence. */
  readonly next: readonly (string | null)[];
}

export interface Dimension {
  readonly id: string;
  readonly name: string;
  /** Whether its rows count for a level, or are only told. */
  readonly counted: boolean;
}

export interface Source {
  readonly title: string;
  readonly url?: string;
  /** What this source says otherwise than the model here. */
  readonly differs: readonly { readonly level: number; readonly text: string }[];
}

export interface Model {
  readonly version: 1;
  readonly sources: readonly Source[];
  readonly dimensions: readonly Dimension[];
  readonly acts: Acts;
  readonly levels: readonly Level[];
  readonly characteristics: readonly Characteristic[];
}

const NUMBERS = [0, 1, 2, 3, 4];
const THEMES = [
  'reproducibility',
  'quality and security',
  'scalability',
  'deployment',
  'model quality',
  'degradation',
  'retraining',
];

/**
 * Reads maturity.yml: checked, with `same` resolved.
 *
 * @throws Error that names the place in the file, what stands there and what is expected.
 */
export function parseModel(text: string, file = 'maturity.yml'): Model {
  const top = reader(parse(text), file);
  top.keys(['version', 'sources', 'dimensions', 'acts', 'levels', 'characteristics']);
  if (top.number('version') !== 1) top.fail('version: 1 is the only schema known here');
  const model: Model = {
    version: 1,
    sources: top.list('sources').map(sourceOf),
    dimensions: top.list('dimensions').map(dimensionOf),
    acts: actClassesOf(top.map('acts')),
    levels: top.list('levels').map(levelOf),
    characteristics: top.list('characteristics').map(characteristicOf),
  };
  checkReferences(model, top);
  return model;
}

function sourceOf(at: Reader): Source {
  at.keys(['title', 'url', 'differs']);
  const url = at.has('url') ? { url: at.text('url') } : {};
  const differs = at.list('differs').map((entry) => ({
    level: entry.number('level'),
    text: entry.text('text'),
  }));
  return { title: at.text('title'), ...url, differs };
}

function dimensionOf(at: Reader): Dimension {
  at.keys(['id', 'name', 'counted']);
  return { id: at.text('id'), name: at.text('name'), counted: at.flag('counted') };
}

function levelOf(at: Reader, index: number): Level {
  at.keys([
    ...['number', 'name', 'summary', 'definition', 'challenges', 'next', 'people', 'holds'],
    ...['resources', 'environments', 'variables'],
  ]);
  const number = at.number('number');
  if (number !== index) at.fail(`number is ${number}; levels stand in order from 0, so this is ${index}`);
  const challenges = at.list('challenges').map((entry) => {
    entry.keys(['theme', 'text']);
    return { theme: entry.oneOf('theme', THEMES), text: entry.text('text') };
  });
  const definition = at.list('definition').map((entry) => {
    entry.keys(['says', 'any']);
    return { says: entry.text('says'), any: entry.some('any').map(alternativeOf) };
  });
  const holds = at.map('holds');
  return {
    number,
    name: at.text('name'),
    summary: at.text('summary'),
    definition,
    challenges,
    next: at.texts('next'),
    people: at.list('people').map((entry) => {
      entry.keys(['text', 'until']);
      return { text: entry.text('text'), until: entry.has('until') ? entry.levelNumber('until') : 4 };
    }),
    ...broughtOf(at),
    holds: Object.fromEntries(
      holds.names().map((id) => [id, holds.isNull(id) ? null : holds.levelNumber(id)]),
    ),
  };
}

function alternativeOf(at: Reader): Condition['any'][number] {
  if (at.has('evidence')) {
    at.keys(['evidence']);
    return { evidence: at.some('evidence').map(ruleOf) };
  }
  at.keys(['characteristic', 'holds']);
  return { characteristic: at.text('characteristic'), holds: at.levelNumber('holds') };
}

export function characteristicOf(at: Reader): Characteristic {
  at.keys([
    ...['id', 'dimension', 'statements', 'starts', 'seen', 'told-until'],
    ...['needs', 'partly', 'evidence', 'next'],
  ]);
  const starts = at.levelNumber('starts');
  const perLevel = <T>(key: string, read: (levels: Reader, name: string) => T): (T | null)[] => {
    if (!at.has(key)) return NUMBERS.map(() => null);
    const levels = at.map(key);
    levels.keys(NUMBERS.map((n) => `L${n}`));
    return NUMBERS.map((n) => (levels.has(`L${n}`) ? read(levels, `L${n}`) : null));
  };
  const evidence = perLevel('evidence', (levels, name) => levels.list(name).map(ruleOf));
  const next = perLevel('next', (levels, name) => levels.text(name));
  const raw = at.map('statements');
  const own = NUMBERS.map((n) => raw.text(`L${n}`));
  own.forEach((text, n) => {
    if (n === 0 && text === 'same') raw.fail('L0: nothing stands before it that could be the same');
    const asks = n > starts && text !== 'same' && text !== 'none';
    if (at.flag('seen') && asks && !evidence[n]) at.fail(`L${n} asks for something, but has no evidence`);
    if (n > starts && evidence[n]?.length && !next[n])
      at.fail(`next has no L${n}, and its evidence asks for something`);
  });
  const told = at.has('told-until') ? { toldUntil: at.levelNumber('told-until') } : {};
  return {
    id: at.text('id'),
    dimension: at.text('dimension'),
    statements: own.map((_, n) => sentence(own, n)),
    starts,
    seen: at.flag('seen'),
    ...told,
    needs: at.has('needs') ? at.some('needs').map(ruleOf) : [],
    partly: at.has('partly') ? at.some('partly').map(ruleOf) : [],
    evidence,
    next,
  };
}

function sentence(own: readonly string[], level: number): string | null {
  const text = own
    .slice(0, level + 1)
    .reverse()
    .find((entry) => entry !== 'same');
  return text === undefined || text === 'none' ? null : text;
}

function checkReferences(model: Model, at: Reader): void {
  const ids = model.characteristics.map(({ id }) => id);
  const dimensions = model.dimensions.map(({ id }) => id);
  const twice = [...ids, ...dimensions].find((id, i, all) => all.indexOf(id) !== i);
  if (twice) at.fail(`the id ${twice} stands twice`);
  if (model.levels.length !== NUMBERS.length) at.fail(`levels: ${model.levels.length} of 5`);
  for (const { id, dimension } of model.characteristics) {
    if (!dimensions.includes(dimension)) at.fail(`${id}: dimension ${dimension} is not in dimensions`);
  }
  const rules = [
    ...model.characteristics.flatMap(({ id, needs, partly, evidence }) =>
      [...needs, ...partly, ...evidence.flatMap((some) => some ?? [])].map((rule) => ({ id, rule })),
    ),
    ...model.levels.flatMap(({ number, definition }) =>
      definition
        .flatMap(({ any }) => any)
        .flatMap((one) => ('evidence' in one ? one.evidence : []))
        .map((rule) => ({ id: `levels[${number}].definition`, rule })),
    ),
  ];
  for (const { id, rule } of rules)
    for (const act of actsOf(rule)) if (!model.acts[act]) at.fail(`${id}: act ${act} is not in acts`);
  for (const level of model.levels) {
    const missing = ids.filter((id) => level.holds[id] === undefined);
    const unknown = Object.keys(level.holds).filter((id) => !ids.includes(id));
    if (missing.length) at.fail(`levels[${level.number}].holds lacks ${missing.join(', ')}`);
    if (unknown.length) at.fail(`levels[${level.number}].holds names unknown ${unknown.join(', ')}`);
    for (const condition of level.definition)
      for (const alternative of condition.any)
        if ('characteristic' in alternative && !ids.includes(alternative.characteristic))
          at.fail(`levels[${level.number}].definition names unknown ${alternative.characteristic}`);
  }
}
