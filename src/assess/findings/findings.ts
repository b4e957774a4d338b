import type { Facts, Finding, Severity } from '../types.js';
import { OF_AZURE_ML } from './azureml.js';
import { OF_GATES } from './gates.js';
import { type Found, type Kind, lookAt } from './look.js';
import { OF_VERSIONS } from './retired.js';
import { OF_SECRETS } from './secrets.js';
import { OF_WORKFLOWS } from './workflows.js';

/** All that is looked for, in the order in which it is told within one severity. */
export const KINDS: readonly Kind[] = [
  ...OF_SECRETS,
  ...OF_GATES,
  ...OF_WORKFLOWS,
  ...OF_VERSIONS,
  ...OF_AZURE_ML,
];

/** So many places of one kind are told; one more says how many there are. */
const MOST = 5;
const ORDER: readonly Severity[] = ['high', 'medium', 'low'];

/** What should be mended, whatever the level is, worst first; `today` is YYYY-MM-DD. Never holds a secret it found. */
export function findingsOf(facts: Facts, today: string): readonly Finding[] {
  const look = lookAt(facts, today);
  const all = KINDS.flatMap((kind) => told(kind, kind.find(look)));
  return ORDER.flatMap((severity) => all.filter((finding) => finding.severity === severity));
}

function told(kind: Kind, places: readonly Found[]): Finding[] {
  const once = [
    ...new Map(places.map((place) => [`${place.path}:${place.line} ${place.says ?? ''}`, place])).values(),
  ];
  const worst = ORDER.flatMap((severity) =>
    once.filter((place) => (place.severity ?? kind.severity) === severity),
  );
  const findings = worst.map(({ path, line, severity, says, fix }): Finding => ({
    id: kind.id,
    severity: severity ?? kind.severity,
    path,
    line,
    says: says ?? kind.says,
    fix: fix ?? kind.fix,
  }));
  const rest = findings.slice(MOST);
  const [next] = rest;
  if (!next) return findings;
  const more = rest.length === 1 ? 'one more place' : `${rest.length} more places`;
  return [...findings.slice(0, MOST), { ...next, says: `${next.says} (${more} like this)` }];
}
