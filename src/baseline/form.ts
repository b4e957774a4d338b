import { createHash } from 'node:crypto';

/** The first line of an unpacked baseline. */
export const MAGIC = 'azmlops baseline 1\n';

/** SHA-256 of what follows it, in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
