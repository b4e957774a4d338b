import type { Asset, Files, Hop, Place, PythonFacts } from '../types.js';
import type { Reached } from './follow.js';

/** Where something is run: the folder, what is known there, how one came there, and whether it happens at all. */
export interface Where {
  /** Relative to the root; undefined when files do not show it. */
  readonly dir: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly way: readonly Hop[];
  readonly off?: string | undefined;
  readonly swallowed?: string | undefined;
  /** What is being followed already, so that cycles end. */
  readonly active: readonly string[];
}

export interface ShellOptions {
  readonly language?: 'shell' | 'powershell';
  readonly words?: readonly string[];
  readonly pipefail?: boolean | undefined;
  readonly errexit?: boolean | undefined;
}

/** What the readers of make, dvc, Azure ML … are given to hand on what they find. */
export interface Trail {
  readonly files: Files;
  asset(path: string): Asset | undefined;
  facts(path: string): PythonFacts;
  add(act: Reached): void;
  /** Whether a command or call of this text is worth telling. */
  matters(kind: 'command' | 'call', text: string): boolean;
  shell(text: string, at: Place, where: Where, options?: ShellOptions): void;
  command(words: readonly string[], text: string, at: Place, where: Where): void;
  python(path: string, where: Where, words?: readonly string[]): void;
  /** A script of the repository, in whatever language; nothing where it is not there. */
  file(
    path: string | undefined,
    words: readonly string[],
    text: string,
    at: Place,
    where: Where,
    flags?: ShellOptions,
  ): void;
  /** One hop further, or undefined when it goes round in a circle or too deep. */
  enter(where: Where, key: string, hop: Hop): Where | undefined;
}

/** An act as it happens there. */
export function actAt(kind: Reached['kind'], text: string, at: Place, where: Where): Reached {
  return {
    kind,
    text: text.slice(0, 2000),
    path: at.path,
    line: at.line,
    way: where.way,
    ...(where.dir === undefined ? {} : { dir: where.dir }),
    ...(where.off === undefined ? {} : { off: where.off }),
    ...(where.swallowed === undefined ? {} : { swallowed: where.swallowed }),
  };
}

/** Whether two acts say the same, by the same way. */
export const isSame = (a: Reached, b: Reached): boolean =>
  a.line === b.line &&
  a.path === b.path &&
  a.kind === b.kind &&
  a.dir === b.dir &&
  a.off === b.off &&
  a.swallowed === b.swallowed &&
  (a.way === b.way ||
    (a.way.length === b.way.length &&
      a.way.every((hop, at) => {
        const other = b.way[at];
        return hop === other || (hop.as === other?.as && hop.line === other.line && hop.path === other.path);
      })));
