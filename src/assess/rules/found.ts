import type { Acts } from '../../levels/acts.js';
import type { Act, Chain, Evidence } from '../types.js';

const LONGEST = 120;
/** A hop is read as a name on the way, not as the command that it is: path and line lead to that. */
const LONGEST_HOP = 40;
const VERBS = { command: 'runs', call: 'calls', asset: 'uses', uses: 'uses' } as const;
const STARTS = {
  change: 'on a change',
  'pull-request': 'on a pull request',
  schedule: 'on a schedule',
  event: 'on an event',
  hand: 'by hand',
  person: 'by a person',
} as const;

/** A text of the repository, on one line and not too long. */
export function cut(text: string, longest = LONGEST): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1).trimEnd()}…` : line;
}

/** What an act is evidence of, with the way that leads to it. */
export function actEvidence(act: Act, name: string, acts: Acts): Evidence {
  const way = act.way.length
    ? ` (by way of ${act.way.map(({ as }) => cut(as, LONGEST_HOP)).join(', ')})`
    : '';
  const says = acts[name]?.says ?? name;
  return { path: act.path, line: act.line, found: `${says}: ${VERBS[act.kind]} \`${cut(act.text)}\`${way}` };
}

export function startEvidence(chain: Chain, start: Chain['started'][number]): Evidence {
  const what = chain.system === 'person' ? 'is run' : 'starts';
  return { path: start.path, line: start.line, found: `${chain.name} ${what} ${STARTS[start.by]}` };
}
