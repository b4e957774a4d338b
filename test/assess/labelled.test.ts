import { describe, expect, it } from 'vitest';
import { assess } from '../../src/assess/evaluate/assess.js';
import { findingsOf } from '../../src/assess/findings/findings.js';
import { factsOfTree, model } from './assessed.js';
import { labelled, placeOf, treeOf } from './labelled.js';

const seen = new Map(
  labelled.map((one) => {
    const facts = factsOfTree(treeOf(one), one.labels.within);
    return [one.id, { assessed: assess(facts, model), findings: findingsOf(facts, '2026-11-23') }];
  }),
);

describe.each(labelled)('$id', (one) => {
  const { labels } = one;
  const { assessed, findings } = seen.get(one.id)!;

  it('has machine learning, a level and dimensions as labelled', () => {
    const { ml, level, dimensions } = assessed;
    expect({ ml, level, dimensions }).toEqual({
      ml: labels.ml,
      level: labels.level,
      dimensions: labels.dimensions,
    });
  });

  it.each(Object.entries(labels.rows))('%s', (id, row) => {
    const found = assessed.rows.find((each) => each.id === id)!;
    const told = found.evidence.map(({ path, line, found: text }) => `${path}:${line} ${text}`);
    const nearly = found.nearly.map(({ path, line, found: text }) => `${path}:${line} ${text}`);
    expect(
      { holds: found.holds, label: found.label },
      `${row.why}\nevidence: ${told.join('\n          ')}\nnearly: ${nearly.join('\n        ')}`,
    ).toEqual({ holds: row.holds, label: row.label });
    const places = found.evidence.map((each) => `${each.path}:${each.line}`);
    for (const shown of row.shows ?? []) {
      const wanted = [shown].flat().map((place) => placeOf(one, place));
      expect(
        wanted.some(({ path, line }) => places.includes(`${path}:${line}`)),
        `none of ${JSON.stringify(shown)}: ${row.why}\n${told.join('\n')}`,
      ).toBe(true);
    }
  });

  it('has evidence only where a line is', () => {
    for (const row of assessed.rows)
      for (const { path, line } of [...row.evidence, ...row.nearly]) {
        const entry = treeOf(one).get(path);
        expect(entry, `${row.id} ${path}`).toBeDefined();
        const lines = Buffer.from(entry!.content).toString().split('\n').length;
        expect(line, `${row.id} ${path}`).toBeGreaterThan(0);
        expect(line, `${row.id} ${path}`).toBeLessThanOrEqual(lines);
      }
  });

  if (labels.notes)
    it('names what is not followed', () => {
      for (const word of labels.notes ?? []) expect(assessed.notes.join('\n')).toContain(word);
    });

  it.each(labels.findings)('a finding about $matches in $path', ({ matches, path }) => {
    const told = findings.map((each) => `${each.path}: ${each.id}, ${each.says}`);
    expect(
      told.filter((text) => text.startsWith(`${path}: `) && new RegExp(matches, 'i').test(text)),
      told.join('\n'),
    ).not.toEqual([]);
  });
});

it.each(labelled.filter(({ labels }) => !labels.ml))(
  '$id meets nothing without machine learning',
  ({ id }) => {
    const { rows } = seen.get(id)!.assessed;
    expect(rows.filter(({ label }) => label === 'met' || label === 'partly')).toEqual([]);
  },
);
