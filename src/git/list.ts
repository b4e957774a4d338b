import { spawn } from 'node:child_process';
import { environment, FIXED } from './git.js';

export interface Listed {
  /** What is between the NULs; paths that are not UTF-8 are left out. */
  readonly records: readonly string[];
  /** There are more than were asked for. */
  readonly more: boolean;
  readonly notUtf8: number;
  /** What git said when it could not list; then there may be no records. */
  readonly failed?: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What a git command says that answers with `-z`, up to so many records: then git is stopped. Without execa, whose
 * loading takes longer than git does. Never rejects: `failed` says why there is no answer.
 */
export function listWithGit(dir: string, args: readonly string[], most: number): Promise<Listed> {
  return new Promise((resolve) => {
    const records: string[] = [];
    let notUtf8 = 0;
    let more = false;
    let rest: Buffer = Buffer.alloc(0);
    let heard = '';
    const child = spawn('git', ['--literal-pathspecs', ...FIXED, ...args], {
      cwd: dir,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (more) return;
      const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
      const end = bytes.lastIndexOf(0) + 1;
      rest = bytes.subarray(end);
      const whole = bytes.subarray(0, Math.max(0, end - 1));
      if (!end) return;
      for (const record of decoded(whole)) {
        if (record === undefined) notUtf8++;
        else if (records.length < most) records.push(record);
        else more = true;
      }
      if (more) child.kill();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (heard.length < 2000) heard += chunk.toString();
    });
    const end = (failed?: string) =>
      resolve({ records, more, notUtf8, ...(failed === undefined ? {} : { failed }) });
    child.on('error', (error) => end(error.message));
    child.on('close', (code) =>
      end(code === 0 || more ? undefined : heard.trim() || `git ended with ${code}`),
    );
  });
}

/** Records between NULs, undefined for those that are not UTF-8. */
function decoded(bytes: Buffer): (string | undefined)[] {
  try {
    return utf8.decode(bytes).split('\0');
  } catch {
    const all: (string | undefined)[] = [];
    for (let from = 0; from <= bytes.length;) {
      const nul = bytes.indexOf(0, from);
      const to = nul < 0 ? bytes.length : nul;
      try {
        all.push(utf8.decode(bytes.subarray(from, to)));
      } catch {
        all.push(undefined);
      }
      from = to + 1;
    }
    return all;
  }
}
