import { seen } from '../cli/seen.js';
import { UserError } from '../errors.js';

/** A refusal of a data file: where (the file as the user named it, and its line), what is wrong, what to do. */
export const refusal = (shown: string, line: number | undefined, wrong: string, hint: string): UserError =>
  new UserError(`${seen(shown)}${line === undefined ? '' : `:${line}`}: ${wrong}`, hint);

/** What the disk says when it does not let a file be read. */
export function unreadable(error: unknown, shown: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!code || !syscall) return error;
  const what: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    ENAMETOOLONG: 'the path is too long',
    ELOOP: 'its links lead in a circle',
  };
  return refusal(
    shown,
    undefined,
    `it cannot be read: ${what[code] ?? code}.`,
    'Make it readable, or name another file.',
  );
}
