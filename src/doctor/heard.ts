import { seen } from '../cli/seen.js';
import { type Answer, notAsked } from './check.js';
import type { Called } from './program.js';

/** The message of a program that could not reach the other side: gh, az, and the libraries below them. */
const OFFLINE =
  /error connecting to|could not resolve|no such host|name resolution|getaddrinfo|failed to resolve|network is unreachable|connection (refused|reset|aborted|timed out|error)|timed? ?out|dial tcp|max retries exceeded|no route to host|failed to establish a new connection/i;

/** What is not there, as gh and az say it. */
const ABSENT = /HTTP 404|not ?found|does not exist|could not be found/i;

/** The one line of what a program says that tells most. */
export function reasonOf(called: Called): string {
  if (called.kind === 'missing') return 'the program is not there';
  if (called.kind === 'silent') return called.why;
  const text = called.stderr.trim() || called.stdout.trim();
  if (OFFLINE.test(text)) return 'the other side cannot be reached';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const line = lines.find((each) => /error|HTTP \d{3}|fail/i.test(each)) ?? lines.find(Boolean);
  if (line === undefined) return `exit ${called.exitCode}`;
  return seen(line.length > 160 ? `${line.slice(0, 159)}…` : line);
}

export const isOffline = (called: Called): boolean =>
  called.kind === 'ran' && called.exitCode !== 0 && OFFLINE.test(`${called.stderr}\n${called.stdout}`);

export const isAbsent = (called: Called): boolean =>
  called.kind === 'ran' &&
  called.exitCode !== 0 &&
  !isOffline(called) &&
  ABSENT.test(`${called.stderr}\n${called.stdout}`);

/** Data of an answer in JSON; undefined when it is none. */
export function jsonOf(called: Called): unknown {
  if (called.kind !== 'ran' || called.exitCode !== 0) return undefined;
  try {
    return JSON.parse(called.stdout);
  } catch {
    return undefined;
  }
}

export const unheard = (called: Called, about?: string): Answer =>
  notAsked(reasonOf(called), undefined, about);
