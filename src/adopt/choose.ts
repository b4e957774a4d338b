import type { GivenAnswers } from '../answers/resolve.js';
import type { Output } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import type { Counts } from '../answers/target.js';
import type { Profile } from '../profile/profile.js';
import type { Candidate } from './map/roles.js';

/** What was taken for a role, and what else it could have been. */
export interface Choice {
  readonly taken: string | undefined;
  /** As likely as the one that is taken, when nobody said which. */
  readonly others: readonly string[];
}

/** Asks somebody at a terminal; undefined where nobody is. */
export type Asker = ((message: string, among: readonly string[]) => Promise<string>) | undefined;

export function askerAt({ io }: Output, yes: boolean): Asker {
  if (yes || io.stdin.isTTY !== true) return undefined;
  return async (message, among) => {
    const { select } = await import('@inquirer/prompts');
    const choices = among.map((value) => ({ value, name: seen(value) }));
    return select({ message, choices, loop: false }, { input: io.stdin, output: io.stderr });
  };
}

/** The surest candidate; where several are, the one that is said, or else the first. */
export async function choose(message: string, candidates: readonly Candidate[], ask: Asker): Promise<Choice> {
  const [first] = candidates;
  const alike = candidates.filter(({ weight }) => weight === first?.weight).map(({ path }) => path);
  if (alike.length < 2) return { taken: first?.path, others: [] };
  if (ask) return { taken: await ask(message, alike), others: [] };
  return { taken: first?.path, others: alike.slice(1) };
}

/** Asks for the target as `new` does. */
export async function askTarget(
  given: GivenAnswers,
  about: {
    readonly level: number;
    readonly folder: string;
    readonly profile: Profile;
    readonly counts?: Counts;
  },
  { io }: Output,
): Promise<string> {
  const { askFor } = await import('../answers/ask.js');
  const asked = await askFor(['target'], { given, ...about }, { input: io.stdin, output: io.stderr });
  return String(asked.get('target')?.value ?? '');
}
