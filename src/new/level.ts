import { UserError } from '../errors.js';

/** A level as a flag gives it. */
export function levelFrom(text: string | undefined, flag: string, highest: number): number | undefined {
  if (text === undefined) return undefined;
  // Number() would also take "01" and "1e0".
  if (!/^\d$/.test(text) || Number(text) > highest)
    throw new UserError(
      `${flag}: ${JSON.stringify(text)} is no level.`,
      `Levels: 0 to ${highest}; azmlops levels explains them.`,
    );
  return Number(text);
}
