import type { FileEntry, FileTree, Mode } from '../render/tree.js';

/** What happens to one path. `keep`: the team's edit stays as it is. `keep-deleted`: the team's deletion holds. */
export type Fate =
  'add' | 'update' | 'merge' | 'move' | 'remove' | 'unchanged' | 'keep' | 'keep-deleted' | 'conflict';

export interface MergeEntry {
  readonly path: string;
  readonly fate: Fate;
  /** One sentence for a person. */
  readonly reason: string;
}

export interface MergeReport {
  /** Every path of base, ours or theirs that the merge looked at, in the order of paths. */
  readonly entries: readonly MergeEntry[];
  /** Paths with fate `conflict`. */
  readonly conflicts: readonly string[];
  /** What the lift had to say about the team's side. */
  readonly notes: readonly string[];
}

/** How the sides are called between conflict markers. */
export interface Labels {
  readonly ours: string;
  readonly base: string;
  readonly theirs: string;
}

/** "This path is now that path": a file, or a folder ending in `/`, which takes the team's own files along. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Pure; applied to base and to ours after the moves. */
export type Lift = (tree: FileTree) => { readonly tree: FileTree; readonly notes: readonly string[] };

export interface MergeRequest {
  /** The tree that the repository was last rendered to. */
  readonly base: FileTree;
  /** The tree rendered now. */
  readonly theirs: FileTree;
  readonly moves?: readonly Move[];
  readonly lift?: Lift;
  readonly labels: Labels;
  readonly dryRun?: boolean;
}

/** Three versions of one file's bytes that all differ; the line ends of base and theirs are the team's already. */
export interface Sides {
  readonly base?: Uint8Array;
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

/**
 * What a merge of one file's content came to: merged bytes; or a conflict, with the bytes that go into the work tree
 * (markers, or the team's own bytes with the new file `beside` them when markers would break the file).
 */
export type Merged =
  | { readonly kind: 'clean'; readonly content: Uint8Array; readonly reason: string }
  | {
      readonly kind: 'conflict';
      readonly content: Uint8Array;
      readonly beside?: Uint8Array;
      readonly reason: string;
    };

export type { FileEntry, FileTree };

/** What HEAD has at a path; a folder ('040000') or a submodule ('160000') may stand where a file was looked for. */
export interface HeadEntry {
  readonly mode: Mode | '040000' | '160000';
  readonly oid: string;
  /** Of files and links. */
  readonly content?: Uint8Array;
}

/** What is to stand at one path after the merge, against what HEAD has there. Between the deciding and the writing. */
export interface Change {
  readonly path: string;
  readonly before?: HeadEntry;
  /** What goes into the work tree; absent: nothing. */
  readonly after?: FileEntry;
  /** A conflict: stages 1, 2 and 3 of the index. */
  readonly stages?: {
    readonly base?: FileEntry;
    readonly ours?: FileEntry;
    readonly theirs?: FileEntry;
  };
  /** The template's new file beside a conflict: in the work tree, not in the index. */
  readonly beside?: true;
}
