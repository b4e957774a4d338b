import type { Decided } from './decide.js';

/** A sentence each of what somebody should know of single columns, besides what the profile says. */
export function notesOf(columns: readonly Decided[]): string[] {
  void columns;
  return [];
}
