import type { Acts } from '../../levels/acts.js';
import { calledElsewhere } from '../github/notes.js';
import type { Act, Chain, Evidence, Facts } from '../types.js';

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

/** Names of workflows are often plain words, such as "data": without this they read as part of the sentence. */
const KINDS = {
  github: 'workflow ',
  'azure-pipelines': 'pipeline ',
  azureml: 'schedule ',
  person: '',
} as const;

/** A text of the repository, on one line and not too long. */
export function cut(text: string, longest = LONGEST): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1).trimEnd()}…` : line;
}

/** What an act is evidence of, with the way that leads to it. */
export function actEvidence(act: Act, name: string, acts: Acts): Evidence {
  const way = act.way.length
    ? ` (by way of ${act.way.map(({ as }) => code(cut(as, LONGEST_HOP))).join(', ')})`
    : '';
  const says = acts[name]?.says ?? name;
  return {
    path: act.path,
    line: act.line,
    found: `${says}: ${VERBS[act.kind]} ${code(cut(act.text))}${way}`,
  };
}

export function startEvidence(chain: Chain, start: Chain['started'][number]): Evidence {
  const what = chain.system === 'person' ? 'is run' : 'starts';
  return {
    path: start.path,
    line: start.line,
    found: `${named(chain, start.path)}${what} ${STARTS[start.by]}`,
  };
}

/** Why a chain does not count for a rule that wants it started otherwise. */
export function startedOtherwise(chain: Chain, { chains, files }: Pick<Facts, 'chains' | 'files'>): string {
  if (chain.system === 'person')
    return calledElsewhere(files).size
      ? 'only a person runs it, unless a workflow that is in another repository does'
      : 'only a person runs it';
  // A workflow may be several chains, for starts that lead to different jobs.
  const started = chains.filter(({ path }) => path === chain.path).flatMap((one) => one.started);
  const starts = new Set(started.filter(({ off }) => off === undefined).map(({ by }) => STARTS[by]));
  return `${named(chain)}${starts.size ? `starts only ${[...starts].join(' and ')}` : 'never starts'}`;
}

/** A chain before its verb; nothing where the path `after` which it stands is its name. */
export const named = ({ name, system }: Chain, after?: string): string =>
  name === after ? '' : `${KINDS[system]}${code(name)} `;

/** As code in a sentence; a backtick of its own would end it too early. */
const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``;
