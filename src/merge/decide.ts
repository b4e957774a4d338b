import type { FileEntry, Mode } from '../render/tree.js';
import { sameBytes, sameEntry } from './same.js';
import type { Fate } from './types.js';

/** What the team has at a path; a folder of its own, or a submodule, may stand where a file was looked for. */
export type Ours = FileEntry | 'folder' | 'submodule' | undefined;

export interface Stages {
  readonly base?: FileEntry;
  readonly ours?: FileEntry;
  readonly theirs?: FileEntry;
}

export type Decision =
  /** `result` is what stands there afterwards; absent: no file. */
  | {
      readonly kind: 'settled';
      readonly fate: Exclude<Fate, 'conflict' | 'move'>;
      readonly result?: FileEntry;
      readonly reason: string;
    }
  /** No side that still matters has it: nothing to do, nothing to tell. */
  | { readonly kind: 'gone' }
  /** Both sides changed the content: the bytes have to be merged. */
  | {
      readonly kind: 'both';
      readonly base?: FileEntry;
      readonly ours: FileEntry;
      readonly theirs: FileEntry;
      readonly mode: Mode;
    }
  /** The team's `result` stays; the template's file, where it has one, goes `beside` it. */
  | {
      readonly kind: 'conflict';
      readonly result?: FileEntry;
      readonly beside?: FileEntry;
      readonly stages: Stages;
      readonly reason: string;
    };

/** The fate of one path, from what each side has there. Looks at nothing else, and has an answer for everything. */
export function decide(base: FileEntry | undefined, ours: Ours, theirs: FileEntry | undefined): Decision {
  if (ours === 'folder' || ours === 'submodule') return noFileOfOurs(base, ours, theirs);
  if (!ours) return theirs ? withoutOurs(base, theirs) : { kind: 'gone' };
  if (!theirs) return withoutTheirs(base, ours);
  if (sameEntry(ours, theirs))
    return settled(
      'unchanged',
      ours,
      sameEntry(base, ours) ? 'Nobody changed it.' : 'You and the template have the same.',
    );
  if (!base) return bothAdded(ours, theirs);
  if (sameEntry(base, ours)) return settled('update', theirs, onlyTheTemplate(base, theirs));
  if (sameEntry(base, theirs)) return settled('keep', ours, 'Only you changed it.');
  return bothChanged(base, ours, theirs);
}

function withoutOurs(base: FileEntry | undefined, theirs: FileEntry): Decision {
  if (!base) return settled('add', theirs, 'New in the template.');
  const meanwhile = sameEntry(base, theirs)
    ? 'the template has not changed it since.'
    : 'the template has changed it since.';
  return settled('keep-deleted', undefined, `You deleted it; ${meanwhile}`);
}

function withoutTheirs(base: FileEntry | undefined, ours: FileEntry): Decision {
  if (!base) return settled('keep', ours, 'It is yours alone.');
  if (sameEntry(base, ours)) return settled('remove', undefined, 'The template no longer has it.');
  return {
    kind: 'conflict',
    result: ours,
    stages: { base, ours },
    reason: 'You changed it, and the template no longer has it: yours stays.',
  };
}

function noFileOfOurs(
  base: FileEntry | undefined,
  ours: 'folder' | 'submodule',
  theirs: FileEntry | undefined,
): Decision {
  if (!theirs) return { kind: 'gone' };
  if (sameEntry(base, theirs))
    return settled(
      'keep-deleted',
      undefined,
      `You have a ${ours} there; the template has not changed it since.`,
    );
  return {
    kind: 'conflict',
    beside: theirs,
    stages: { theirs },
    reason: `You have a ${ours} where the template has a file: yours stays.`,
  };
}

function bothAdded(ours: FileEntry, theirs: FileEntry): Decision {
  if (isLink(ours) || isLink(theirs))
    return keepBoth(
      { ours, theirs },
      'You and the template each added it, one of them as a link: yours stays.',
    );
  if (sameBytes(ours.content, theirs.content))
    return settled('keep', ours, 'You and the template added the same content; your file mode stays.');
  return { kind: 'both', ours, theirs, mode: ours.mode };
}

function bothChanged(base: FileEntry, ours: FileEntry, theirs: FileEntry): Decision {
  if (isLink(base) || isLink(ours) || isLink(theirs))
    return keepBoth(
      { base, ours, theirs },
      'Both you and the template changed it, and it is a link on at least one side: yours stays.',
    );
  const mode = ours.mode === base.mode ? theirs.mode : ours.mode;
  if (sameBytes(ours.content, theirs.content) || sameBytes(base.content, theirs.content))
    return mode === ours.mode
      ? settled('keep', ours, 'What the template changed in it, you have already.')
      : settled('merge', { content: ours.content, mode }, `Your content stays; ${modeWords(mode)}`);
  if (sameBytes(base.content, ours.content))
    return mode === theirs.mode
      ? settled('update', theirs, 'Only the template changed it.')
      : settled(
          'merge',
          { content: theirs.content, mode },
          'The template changed the content; your file mode stays.',
        );
  return { kind: 'both', base, ours, theirs, mode };
}

function keepBoth(stages: Required<Omit<Stages, 'base'>> & Stages, reason: string): Decision {
  return { kind: 'conflict', result: stages.ours, beside: stages.theirs, stages, reason };
}

function onlyTheTemplate(base: FileEntry, theirs: FileEntry): string {
  return sameBytes(base.content, theirs.content) && !isLink(base) && !isLink(theirs)
    ? `Only the template changed it: ${modeWords(theirs.mode)}`
    : 'Only the template changed it.';
}

function modeWords(mode: Mode): string {
  return mode === '100755' ? 'it is now executable.' : 'it is no longer executable.';
}

function settled(
  fate: Exclude<Fate, 'conflict' | 'move'>,
  result: FileEntry | undefined,
  reason: string,
): Decision {
  return { kind: 'settled', fate, ...(result && { result }), reason };
}

function isLink(entry: FileEntry): boolean {
  return entry.mode === '120000';
}
