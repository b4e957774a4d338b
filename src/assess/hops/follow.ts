import type { Act, Hop, Place } from '../types.js';

/** A text that something automatic runs: an inline step, a make recipe, a script of the repository. */
export interface Script {
  readonly text: string;
  readonly language: 'shell' | 'powershell' | 'python';
  /** The line on which its first line stands. */
  readonly at: Place;
  /** The folder it runs in, '' or `app`, relative to the root. */
  readonly dir: string;
  /** Constants that are known there. A value that is known only as one of several is left out. */
  readonly env: Readonly<Record<string, string>>;
  readonly way: readonly Hop[];
  readonly off?: string;
  readonly swallowed?: string;
  /** Whether a failure before a `|` stops the text (`bash -o pipefail`); without a word on it, yes. */
  readonly pipefail?: boolean;
  /** Whether a failure in any line stops the text (`bash -e`); without a word on it, yes. */
  readonly errexit?: boolean;
}

/** An act whose job and place in the job are the caller's to say. */
export type Reached = Omit<Act, 'step'>;

/** Where Python is started from: its folder, what is known there, and whether it happens and can stop anything. */
export interface From {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly off?: string;
  readonly swallowed?: string;
}

/** What a text or a file leads to, in order, each command before what it starts; never throws, bounded, and cycles end. */
export interface Follow {
  script(script: Script): Reached[];
  /** A Python file or notebook of the repository, run as a program. */
  python(path: string, way: readonly Hop[], from: From): Reached[];
}
