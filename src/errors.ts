/** Exit codes of the program; the design fixes their meaning. */
export const EXIT = { done: 0, act: 1, usage: 2, refused: 3, bug: 70 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Something a person did or must do. Its message says what was wrong and where, its hint the command that mends it.
 * Anything else that is thrown is a bug of ours.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** The same number: Yeoman's environment exits with `error.code`. */
  readonly code: ExitCode;

  constructor(
    message: string,
    readonly hint = '',
    readonly exitCode: ExitCode = EXIT.usage,
  ) {
    super(message);
    this.code = exitCode;
  }
}
