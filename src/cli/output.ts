import type { Readable, Writable } from 'node:stream';
import { seenLines } from './seen.js';

/** What the program hears and says; the tests and Yeoman's door bring their own. */
export interface Io {
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Manner {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** Results on standard output, everything else on standard error; one JSON document and nothing else with --json. */
export class Output {
  constructor(
    readonly io: Io,
    readonly manner: Manner,
  ) {}

  /** A line of the result. */
  result(line = ''): void {
    if (!this.manner.json && !this.manner.quiet) this.io.stdout.write(`${line}\n`);
  }

  /** The result as data. */
  data(document: unknown): void {
    if (this.manner.json) this.io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  }

  /** What somebody must know even with --quiet; it may quote a path, or git. */
  warn(line: string): void {
    this.io.stderr.write(`${seenLines(line)}\n`);
  }

  bold(text: string): string {
    const { stdout, env } = this.io;
    const colored = this.manner.color && stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
    return colored ? `\u001b[1m${text}\u001b[22m` : text;
  }

  get width(): number {
    // A terminal that does not know its width says 0.
    return Math.min(Math.max(this.io.stdout.columns || 80, 40), 110);
  }

  /** Lines that are seen at once; undefined where nothing scrolls away, or nobody knows. */
  get height(): number | undefined {
    const { isTTY, rows } = this.io.stdout;
    return (isTTY && rows) || undefined;
  }
}

/** Text in lines of at most `width` characters, all but the first indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
