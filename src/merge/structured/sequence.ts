/**
 * One order from three: keys that either side deleted are gone, keys that a side inserted follow what they follow
 * there, the team's first. No key stands twice in a list. Undefined when both sides moved keys, and differently.
 */
export function mergeOrder(
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
): string[] | undefined {
  const [inBase, inOurs, inTheirs] = [new Set(base), new Set(ours), new Set(theirs)];
  const stays = (key: string) => !inBase.has(key) || (inOurs.has(key) && inTheirs.has(key));
  const common = (keys: readonly string[]) =>
    keys.filter((key) => inBase.has(key) && inOurs.has(key) && inTheirs.has(key)).join('\0');
  const [was, here, there] = [common(base), common(ours), common(theirs)];
  if (here !== was && there !== was && here !== there) return undefined;

  const teamLeads = there === was || here !== was;
  const [frame, other] = teamLeads ? [ours, theirs] : [theirs, ours];
  const result = frame.filter(stays);
  let at = 0;
  for (const key of other.filter(stays)) {
    const place = result.indexOf(key);
    if (place >= 0) {
      at = place + 1;
      continue;
    }
    if (teamLeads) while (at < result.length && !inTheirs.has(result[at]!)) at++;
    result.splice(at++, 0, key);
  }
  return result;
}
