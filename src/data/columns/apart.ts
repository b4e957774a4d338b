/** A value is a piece of the file's text and keeps all of that text alive; what this gives does not. */
export const apart = (value: string): string => Buffer.from(value, 'utf8').toString('utf8');
