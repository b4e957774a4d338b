import { posix } from 'node:path';
import type { Simple } from './nodes.js';
import type { State } from './state.js';
import { type Constants, quoted } from './values.js';

/** One command of a shell text, with what is known of it from the lines around. */
export interface ShellCommand {
  /** Quotes taken off, constants filled in: what is not known stays as it is written, `$NAME`. */
  readonly words: readonly string[];
  /** The words on one line, as a person would type them. */
  readonly text: string;
  readonly line: number;
  /** Relative to where the text began; undefined when a `cd` went where files do not show. */
  readonly dir: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly off?: string;
  readonly swallowed?: string;
  /** What a heredoc feeds it. */
  readonly input?: { readonly text: string; readonly line: number };
}

const LONGEST = 2000;

/** What is found on the way through a shell text. */
export class Told {
  readonly out: ShellCommand[] = [];
  readonly writes = new Set<string>();
  told = 0;

  constructor(readonly state: State) {}

  protected add(
    words: readonly string[],
    node: Simple,
    { off: never, ended }: { readonly off?: string; readonly ended: string | undefined },
    local: Constants,
    passedOver: string | undefined,
  ): void {
    const first = words[0] ?? '';
    if (first === '') return;
    this.told++;
    const off =
      never ??
      ended ??
      (words.some((word) => /^--dry-run(?:=(?!none|false).*)?$/.test(word))
        ? '`--dry-run`: nothing is changed'
        : undefined) ??
      (words.includes('--help') ? '`--help`: only asks how' : undefined);
    const swallowed = passedOver ?? this.state.trap;
    const env = Object.fromEntries(
      [...this.state.constants, ...local].filter(([name]) => /^[A-Za-z_]\w*$/.test(name)),
    );
    this.out.push({
      words,
      text: words.map(quoted).join(' ').slice(0, LONGEST),
      line: node.line,
      dir: this.state.dir,
      env,
      ...(off === undefined ? {} : { off }),
      ...(swallowed === undefined ? {} : { swallowed }),
      ...(node.input ? { input: node.input } : {}),
    });
    if (first === 'tee' || first === 'cp' || first === 'mv') {
      const last = words.at(-1);
      if (last !== undefined) this.writes.add(posix.normalize(last));
    }
  }
}
