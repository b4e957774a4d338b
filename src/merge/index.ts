export { UserError } from '../errors.js';
export { mergeInto } from './merge-into.js';
export type { FileEntry, FileTree, Mode } from '../render/tree.js';
export type { Fate, Labels, Lift, MergeEntry, MergeReport, MergeRequest, Move } from './types.js';
