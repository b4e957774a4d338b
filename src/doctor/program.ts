import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, extname, isAbsolute, join } from 'node:path';
import { personsEnvironment } from '../git/as-person.js';

/** What came of asking a program; `why` where it did not answer. */
export type Called =
  | { readonly kind: 'ran'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'silent'; readonly why: string };

export interface CallOptions {
  /** Where it runs; without it, beside the program: what lies in a repository then says nothing to it. */
  readonly cwd?: string;
  /** Seconds. */
  readonly limit: number;
}

export interface Caller {
  (program: string, args: readonly string[], options: CallOptions): Promise<Called>;
  /** Where the program is, or undefined. */
  find: (program: string) => string | undefined;
  /** Ends whatever still runs. */
  stop: () => void;
}

/** No answer that is looked at comes near. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Nobody is asked anything, nothing is installed on the way, and what is said is for a program to read. */
const QUIET = {
  NO_COLOR: '1',
  LC_ALL: 'C.UTF-8',
  GH_PROMPT_DISABLED: '1',
  GH_NO_UPDATE_NOTIFIER: '1',
  GH_PAGER: 'cat',
  AZURE_CORE_NO_COLOR: 'true',
  AZURE_CORE_ONLY_SHOW_ERRORS: 'true',
  AZURE_CORE_COLLECT_TELEMETRY: 'false',
  AZURE_CORE_LOGIN_EXPERIENCE_V2: 'off',
  AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
  UV_NO_PROGRESS: '1',
} as const;

/** They would ask about another repository than that of the folder, or change the form of the answer. */
const ELSEWHERE = /^(GH_REPO|GH_DEBUG|DEBUG|GH_FORCE_TTY|CLICOLOR_FORCE|FORCE_COLOR|AZURE_CORE_OUTPUT)$/i;

/** Calls programs of the PATH, each in a process group of its own, so that all of it can be ended. */
export function callerOn(path = process.env.PATH ?? process.env.Path ?? ''): Caller {
  const running = new Set<number>();
  const known = new Map<string, string | undefined>();
  const find = (program: string): string | undefined => {
    if (!known.has(program)) known.set(program, onPath(program, path));
    return known.get(program);
  };
  const call = async (program: string, args: readonly string[], options: CallOptions): Promise<Called> => {
    const file = find(program);
    if (file === undefined) return { kind: 'missing' };
    const { execa } = await import('execa');
    const child = execa(file, [...args], {
      cwd: options.cwd ?? dirname(file),
      env: { ...environment(), ...QUIET },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      maxBuffer: MOST_BYTES,
      windowsHide: true,
      // A group of its own: az is a script that starts another program, and both must end. No terminal to ask on either.
      detached: process.platform !== 'win32',
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((done) => {
      timer = setTimeout(() => done('late'), options.limit * 1000);
    });
    // What the program started may hold its output open after it has ended, so its end is not waited for.
    const result = await Promise.race([child, late]);
    clearTimeout(timer);
    if (pid !== undefined) {
      running.delete(pid);
      if (result === 'late') kill(pid);
    }
    if (result === 'late') return { kind: 'silent', why: `no answer within ${options.limit} seconds` };
    if (result.isMaxBuffer) {
      if (pid !== undefined) kill(pid);
      return { kind: 'silent', why: `${program} said more than is read` };
    }
    if (result.exitCode === undefined)
      return { kind: 'silent', why: `${program} did not run (${result.signal ?? result.code ?? 'unknown'})` };
    return { kind: 'ran', exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  };
  return Object.assign(call, { find, stop: () => [...running].forEach(kill) });
}

function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(personsEnvironment()).filter(([name]) => !ELSEWHERE.test(name)));
}

function kill(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // It has ended already; macOS says EPERM of what has ended and was not waited for.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Folders that are not absolute are passed over: what lies in a repository is never run. */
function onPath(program: string, path: string): string | undefined {
  const windows = process.platform === 'win32';
  const endings = windows ? (process.env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';') : [''];
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const ending of endings) {
      const file = join(folder, extname(program) && windows ? program : program + ending.toLowerCase());
      if (isProgram(file)) return file;
    }
  }
  return undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
