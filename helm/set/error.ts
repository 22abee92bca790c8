// A mistake in a --set expression.

/** `message` is one line that names the flag and the expression and says how to mend it. */
export class SetError extends Error {
  override readonly name = 'SetError';

  constructor(
    /** `--set`, `--set-string`, … */
    readonly flag: string,
    readonly expression: string,
    /** What is wrong, without flag and expression. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${flag} ${JSON.stringify(expression)}: ${reason}`, options);
  }
}
