import type { Follow } from '../hops/follow.js';
import type { Chain, Files } from '../types.js';

/** What the Azure Pipelines of a repository start and do; empty without any. */
export function azurePipelinesChains(files: Files, follow: Follow): Chain[] {
  void files;
  void follow;
  return [];
}

/** What of them cannot be seen from files, one sentence each. */
export function pipelinesNotes(files: Files): string[] {
  void files;
  return [];
}
