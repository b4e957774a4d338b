import { posix } from 'node:path';
import type { Script } from '../hops/follow.js';
import { flagsOf } from '../hops/programs.js';
import type { Scope } from './scope.js';
import { textOfValue } from './values.js';

/** `bash` and `sh` are `bash -eo pipefail {0}` and `sh -e {0}`; what is written out is taken as it stands. */
export function flagsIn(shell: string): Pick<Script, 'errexit' | 'pipefail'> {
  const known = shell === '' || !/\s/.test(shell) || shell.includes('${{');
  return known ? { errexit: true, pipefail: shell === 'bash' } : flagsOf(shell.split(/\s+/));
}

export function languageOf(shell: string): Script['language'] {
  if (/^(?:\S*\/)?python/.test(shell)) return 'python';
  return /^(?:pwsh|powershell)/.test(shell) ? 'powershell' : 'shell';
}

/** Variables of the runner; those of the start only where the text asks for them, as they differ from start to start. */
export function runnersOwn(text: string, scope: Scope): Record<string, string> {
  const own: Record<string, string> = { CI: 'true', GITHUB_ACTIONS: 'true' };
  const relative = (folder: string) => posix.relative(`/${scope.dir}`, `/${folder}`) || '.';
  if (text.includes('GITHUB_WORKSPACE')) own.GITHUB_WORKSPACE = relative('');
  if (scope.action !== undefined) own.GITHUB_ACTION_PATH = relative(scope.action);
  if (text.includes('GITHUB_EVENT_NAME')) own.GITHUB_EVENT_NAME = scope.event.name;
  const ref = text.includes('GITHUB_REF') ? textOfValue(scope.event.ref) : undefined;
  if (ref !== undefined) {
    own.GITHUB_REF = ref;
    own.GITHUB_REF_NAME = ref.replace(/^refs\/(?:heads|tags)\//, '');
  }
  return own;
}
