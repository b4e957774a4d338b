import type { Characteristic } from '../../levels/model.js';
import type { Rule } from '../../levels/rule.js';
import type { Context, Verdict } from '../rules/context.js';
import { meets } from '../rules/meets.js';
import type { AssessedRow, Evidence, Label } from '../types.js';

const MOST_EVIDENCE = 12;
const MOST_NEARLY = 6;

/** What of one row a repository holds, on what evidence, and the shortest way on. */
export function assessRow(row: Characteristic, context: Context): AssessedRow {
  const unseen = { id: row.id, label: 'cannot be seen' as const, holds: null, next: null, nearly: [] };
  if (!row.seen) return { ...unseen, evidence: [] };
  if (row.needs.length && !row.needs.some((rule) => meets(rule, context).met))
    return { ...unseen, evidence: [] };

  const levels = row.evidence.map((rules) => rules?.map((rule) => meets(rule, context)));
  const missing = levels.findIndex((verdicts, level) => level > row.starts && !areMet(verdicts));
  const reached = missing === -1 ? row.evidence.length - 1 : missing - 1;
  const asksFirst = row.evidence.findIndex((rules, level) => level > row.starts && rules?.length);
  const partly = row.partly.map((rule) => meets(rule, context));
  const half = reached < asksFirst && partly.length > 0 && areMet(partly);
  const holds = half ? Math.max(reached, row.starts + 1) : reached;

  const shown = levels.flatMap((verdicts, level) =>
    level <= holds && areMet(verdicts) ? (verdicts ?? []) : [],
  );
  const label: Label = missing === -1 ? 'met' : holds > row.starts ? 'partly' : 'not met';
  return {
    id: row.id,
    label,
    holds,
    ...(half ? { half } : {}),
    evidence: unlike([...shown, ...(half ? partly : [])].flatMap(({ evidence }) => evidence)).slice(
      0,
      MOST_EVIDENCE,
    ),
    next: missing === -1 ? null : (row.next[missing] ?? null),
    nearly:
      missing === -1
        ? []
        : unlike(
            (levels[missing] ?? []).flatMap(({ met, nearly }) => (met ? [] : nearly)),
            WHY,
          ).slice(0, MOST_NEARLY),
  };
}

const areMet = (verdicts: readonly Verdict[] | undefined) => (verdicts ?? []).every(({ met }) => met);

/** Another way to the same place shows nothing more. */
const WAY = / \(by way of [^]*?\)(?=$|, but )/;
/** Of what does not count, one line has to be read once for each reason, whatever it might have been. */
const WHY = /^[^]*, but /;

/** What happens, and its name before it: `deploys` says no more of a line than `deploys a model`, nor the other way. */
const NAMED = /^([^`:]*): (?=(?:runs|calls|uses) `)/;

function unlike(evidence: readonly Evidence[], apart = WAY): Evidence[] {
  const seen = new Map<string, string[]>();
  return evidence.filter(({ path, line, found }) => {
    const what = found.replace(apart, '');
    const name = NAMED.exec(what)?.[1] ?? '';
    const key = `${path}:${line}:${what.replace(NAMED, '')}`;
    const known = seen.get(key) ?? [];
    seen.set(key, [...known, name]);
    return !known.some((one) => one.startsWith(name) || name.startsWith(one));
  });
}

/** Whether all rules are met. */
export const allMet = (rules: readonly Rule[], context: Context) =>
  rules.every((rule) => meets(rule, context).met);
