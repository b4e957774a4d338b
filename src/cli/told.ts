import { EXIT, UserError } from '../errors.js';
import { ownPackage } from '../version.js';

export interface Told {
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
}

/** An error as it stands on standard error; `where` tells it from those of other folders. */
export const errorText = ({ message, hint }: Omit<Told, 'exitCode'>, where?: string): string =>
  [`azmlops: ${where === undefined ? '' : `${where}: `}${message}`, ...(hint ? [hint] : [])].join('\n');

/** An error as a person can use it. Whatever is no UserError is a bug of ours, and says how to report it. */
export function tellable(error: unknown): Told {
  if (error instanceof UserError) return error;
  // @inquirer/prompts throws this on Ctrl-C; 130 is what a shell gives a program that an interrupt ended.
  if (error instanceof Error && error.name === 'ExitPromptError')
    return {
      message: 'Interrupted. Nothing was written.',
      hint: 'Start the command again; it begins anew.',
      exitCode: 130,
    };
  const { version, bugs } = ownPackage();
  const url = typeof bugs === 'string' ? bugs : bugs?.url;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    message: `This is a bug in azmlops.\n${trace}`,
    hint: `Report it${url ? ` at ${url}` : ' to whoever maintains the azmlops that you installed'}, with the text above, the command, and: azmlops ${version}, Node ${process.version}, ${process.platform}.`,
    exitCode: EXIT.bug,
  };
}
