import { parse, YAMLParseError } from 'yaml';
import { UserError } from '../errors.js';
import { type ActClass, shapeOf } from '../levels/acts.js';
import { type Characteristic, characteristicOf, type Model } from '../levels/model.js';
import { reader, type Reader } from '../levels/read.js';
import { actsOf, type Rule, ruleOf } from '../levels/rule.js';
import type { Files } from './types.js';

const FILE = '.azmlops/maturity.yml';
const KNOWN = ['version', 'acts', 'characteristics'];

/**
 * The model with what the repository's own `.azmlops/maturity.yml` adds: further shapes of acts, further rules of a
 * row (all must hold beside ours), and rows of its own. It has the schema of our maturity.yml, each part optional.
 *
 * @throws UserError (2) that names the place in the file.
 */
export function overlaid(model: Model, files: Files): { model: Model; notes: readonly string[] } {
  const path = `${files.within}${FILE}`;
  const found = files.has(path) ? path : FILE;
  if (!files.has(found)) return { model, notes: [] };
  const text = files.text(found);
  if (text === undefined) return broken(`${found}: it cannot be read as text`);
  try {
    return laidOver(model, reader(parse(text) ?? {}, found), found);
  } catch (error) {
    if (error instanceof YAMLParseError)
      return broken(`${found}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0] ?? ''}`);
    if (error instanceof UserError) throw error;
    return broken(error instanceof Error ? error.message : String(error));
  }
}

function broken(what: string): never {
  throw new UserError(what, 'Correct it; docs/assess.md says what may stand there.');
}

function laidOver(model: Model, top: Reader, file: string): { model: Model; notes: string[] } {
  top.keys(KNOWN);
  if (top.has('version') && top.number('version') !== 1) top.fail('version: 1 is the only schema known here');
  const notes: string[] = [];
  const acts: Record<string, ActClass> = { ...model.acts };
  if (top.has('acts')) {
    const given = top.map('acts');
    for (const name of given.names()) {
      const entry = given.map(name);
      entry.keys(['says', 'judges', 'any']);
      const any = entry.some('any').map(shapeOf);
      const known = acts[name];
      if (known && (entry.has('judges') || entry.has('says')))
        entry.fail('what an act says and whether it judges is not changed; give only any');
      acts[name] = known
        ? { ...known, any: [...known.any, ...any] }
        : { says: entry.text('says'), ...(entry.has('judges') ? { judges: true as const } : {}), any };
      notes.push(`${file} adds ${any.length} to what counts as "${acts[name].says}".`);
    }
    for (const [name, { any }] of Object.entries(acts))
      for (const shape of any)
        if ('act' in shape && !acts[shape.act]) given.fail(`${name}: act ${shape.act} is not in acts`);
  }
  const rows = [...model.characteristics];
  for (const entry of top.has('characteristics') ? top.list('characteristics') : []) {
    const at = rows.findIndex(({ id }) => id === entry.text('id'));
    const known = rows[at];
    const row = known ? tightened(known, entry) : added(model, entry);
    const unknown = [...row.needs, ...row.partly, ...row.evidence.flatMap((rules) => rules ?? [])]
      .flatMap(actsOf)
      .find((act) => !acts[act]);
    if (unknown !== undefined) entry.fail(`act ${unknown} is not in acts`);
    if (known) rows[at] = row;
    else rows.push(row);
    notes.push(known ? `${file} asks for more of ${row.id}.` : `${file} adds the row ${row.id}.`);
  }
  return { model: { ...model, acts, characteristics: rows }, notes };
}

function tightened(row: Characteristic, entry: Reader): Characteristic {
  entry.keys(['id', 'evidence', 'next']);
  const evidence = [...row.evidence];
  const next = [...row.next];
  const levels = entry.map('evidence');
  levels.keys(evidence.map((_, n) => `L${n}`));
  evidence.forEach((rules, n) => {
    if (!levels.has(`L${n}`)) return;
    if (!row.seen) levels.fail(`L${n}: files cannot show this row`);
    const more: Rule[] = levels.some(`L${n}`).map(ruleOf);
    evidence[n] = [...(rules ?? []), ...more];
    if (entry.has('next') && entry.map('next').has(`L${n}`)) next[n] = entry.map('next').text(`L${n}`);
    next[n] ??= `Meet what ${FILE} asks for.`;
  });
  return { ...row, evidence, next };
}

function added(model: Model, entry: Reader): Characteristic {
  const row = characteristicOf(entry);
  const dimension = model.dimensions.find(({ id }) => id === row.dimension);
  if (!dimension?.counted) {
    const counted = model.dimensions.filter((one) => one.counted).map(({ id }) => id);
    entry.fail(`dimension: one of ${counted.join(', ')} is expected, not ${row.dimension}`);
  }
  return row;
}
