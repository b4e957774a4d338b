import { posix } from 'node:path';
import { type Constants, positional } from './values.js';

/** What is so in a shell when a command begins. */
export interface Now {
  readonly constants: Constants;
  /** Relative to where the text began; undefined when a `cd` went where files do not show. */
  readonly dir: string | undefined;
  /** Why nothing after this is done. */
  readonly ended: string | undefined;
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/** What the builtins of a shell change. */
export class State implements Now {
  constants: Constants;
  dir: string | undefined = '';
  ended: string | undefined;
  /** A failure in any line ends the shell: `set -e`. */
  errexit: boolean;
  pipefail: boolean;
  /** It has been so somewhere before. */
  strict: boolean;
  /** What a trap makes of every failure. */
  trap: string | undefined;

  constructor({ constants, errexit, pipefail }: Pick<Now, 'constants' | 'errexit' | 'pipefail'>) {
    this.constants = constants;
    this.errexit = errexit;
    this.pipefail = pipefail;
    this.strict = errexit;
  }

  now(): Now {
    const { dir, ended, errexit, pipefail } = this;
    return { constants: new Map(this.constants), dir, ended, errexit, pipefail };
  }

  /** As it was: what another shell did, this one does not know. */
  back(before: Now): void {
    Object.assign(this, before);
  }

  builtin(name: string, words: readonly string[], line: number): void {
    switch (name) {
      case 'cd':
      case 'pushd':
        this.dir = moved(
          this.dir,
          words.slice(1).find((word) => !word.startsWith('-') || word === '-'),
        );
        return;
      case 'popd':
        this.dir = undefined;
        return;
      case 'set':
      case 'shopt':
        return this.set(words);
      case 'exit':
      case 'return':
        this.ended = `after \`${words.join(' ')}\` in line ${line}`;
        return;
      case 'shift':
        return this.shift(Number(words[1] ?? 1));
      case 'trap':
        if (/(?:^|[\s;&|])exit 0\b/.test(words[1] ?? '') && words.slice(2).some((on) => TRAPPED.test(on)))
          this.trap = '`trap … exit 0`';
        return;
      case 'unset':
      case 'read':
        for (const word of words.slice(1)) this.constants.delete(word);
    }
  }

  private set(words: readonly string[]): void {
    for (const [index, word] of words.entries()) {
      const before = words[index - 1];
      if (word === 'errexit') this.errexit = before === '-o';
      else if (word === 'pipefail') this.pipefail = before?.startsWith('-') ?? true;
      else if (/^\+\w*e/.test(word)) this.errexit = false;
      else if (/^-\w*e/.test(word)) this.errexit = true;
    }
    this.strict ||= this.errexit;
  }

  private shift(by: number): void {
    const all = this.constants.get('@');
    if (all === undefined) return;
    const values = all === '' ? [] : all.split('\u0000');
    this.constants = positional(values.slice(by), this.constants);
  }
}

const TRAPPED = /^(?:EXIT|ERR|0)$/;

function moved(dir: string | undefined, to: string | undefined): string | undefined {
  if (dir === undefined || to === undefined) return undefined;
  // The root of the repository by its usual names.
  const home =
    /^\$(?:\{?(?:GITHUB_WORKSPACE|BUILD_SOURCESDIRECTORY|SYSTEM_DEFAULTWORKINGDIRECTORY|PWD)\}?)\/?/;
  const plainTo = to.replace(home, '');
  if (/^[/~$]|\$|^-/.test(plainTo)) return undefined;
  const joined = posix.join(dir, plainTo);
  return joined === '.' ? '' : joined.replace(/\/$/, '');
}
