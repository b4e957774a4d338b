const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Why a cron of GitHub's never comes, undefined when it does: five fields, no `@daily`. */
export function cronNever(cron: string): string | undefined {
  const refused = `GitHub refuses the cron "${cron.slice(0, 60)}"`;
  const fields = cron.trim().toLowerCase().split(/\s+/);
  if (cron.length > 200 || fields.length !== 5) return refused;
  const [minutes, hours, days, months, weekdays] = [
    valuesOf(fields[0], 0, 59),
    valuesOf(fields[1], 0, 23),
    valuesOf(fields[2], 1, 31),
    valuesOf(fields[3], 1, 12, MONTHS),
    valuesOf(fields[4], 0, 7, DAYS),
  ];
  if (!minutes || !hours || !days || !months || !weekdays) return refused;
  // With a weekday too, either is enough.
  if (!fields[4]?.startsWith('*')) return undefined;
  const comes = [...months].some((month) => [...days].some((day) => day <= (LONGEST_MONTH[month - 1] ?? 0)));
  return comes ? undefined : `the day of its cron "${cron.slice(0, 60)}" is in no month`;
}

/** What a field stands for; undefined when it stands for nothing. */
function valuesOf(
  field = '',
  least: number,
  most: number,
  names: readonly string[] = [],
): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return undefined;
    const [, from, to, step] = match;
    const first = from === undefined ? least : numberOf(from, names, least);
    const last = to === undefined ? (from === undefined || step ? most : first) : numberOf(to, names, least);
    if (!(first >= least && last <= most && first <= last) || Number(step ?? 1) < 1) return undefined;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

function numberOf(text: string, names: readonly string[], least: number): number {
  const index = names.indexOf(text);
  return index === -1 ? (/^\d{1,2}$/.test(text) ? Number(text) : NaN) : index + (least === 1 ? 1 : 0);
}
