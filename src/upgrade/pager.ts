import type { Output } from '../cli/output.js';
import { gitAsPerson, personsEnvironment } from '../git/as-person.js';
import type { Ran } from './upgrade.js';

/** Shows the patch on standard output; in a terminal through the pager that git would take. */
export async function showPatch({ outcome, patch }: Ran, out: Output): Promise<void> {
  const { io, manner } = out;
  const terminal = io.stdout.isTTY === true;
  const colored = terminal && manner.color && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  const text = await patch(colored);
  if (!text || manner.quiet) return;
  const pager = terminal ? await pagerOf(outcome.dir) : '';
  if (!pager) {
    io.stdout.write(text);
    return;
  }
  const { execa } = await import('execa');
  // What a person configures as pager is a line for the shell, and git runs it so. Its settings are git's as well.
  const { exitCode } = await execa(pager, {
    shell: true,
    cwd: outcome.dir,
    env: { LESS: 'FRX', LV: '-c', ...personsEnvironment() },
    extendEnv: false,
    input: text,
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  });
  // So a shell says that it cannot run it.
  if (exitCode === 126 || exitCode === 127) io.stdout.write(text);
}

/** As `git var GIT_PAGER` says; nothing for one that only passes on. */
async function pagerOf(dir: string): Promise<string> {
  const { exitCode, stdout } = await gitAsPerson(dir, ['var', 'GIT_PAGER']);
  const pager = stdout.trim();
  return exitCode === 0 && pager !== 'cat' ? pager : '';
}
