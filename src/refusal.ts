import { EXIT, UserError } from './errors.js';

/** What the operating system refuses is no bug of ours. */
export function refusalOf(error: unknown, dir: string): unknown {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (!code || !syscall) return error;
  const what: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    ENAMETOOLONG: 'the path is too long',
    ENOTDIR: 'a part of the path is no folder',
    ENOTEMPTY: 'another program wrote there meanwhile',
  };
  return new UserError(
    `Cannot write ${dir}: ${what[code] ?? code}${path && path !== dir ? ` (${path})` : ''}.`,
    'Make it writable, or name another folder.',
    EXIT.refused,
  );
}

/** Looks at the disk; what it refuses is told as that. */
export function looking<T>(dir: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw refusalOf(error, dir);
  }
}
