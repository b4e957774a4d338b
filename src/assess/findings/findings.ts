import type { Facts, Finding } from '../types.js';

/** What should be mended, whatever the level is; `today` is YYYY-MM-DD. */
export function findingsOf(facts: Facts, today: string): readonly Finding[] {
  void facts;
  void today;
  return [];
}
