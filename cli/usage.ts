// Errors that end a command, and how they reach the person who typed it.

import { printErrors } from './output';

/** Exit codes: 0 fine, 1 the input is wrong, 2 wrong usage. */
export const EXIT = { ok: 0, input: 1, usage: 2 } as const;

/** The command line itself is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was given is wrong: a file, a value, a patch. One line a mistake. */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(
    readonly lines: readonly string[],
    options?: ErrorOptions,
  ) {
    super(lines.join('\n'), options);
  }
}

/**
 * Says on stderr what went wrong and sets the exit code; a stack trace is for DEBUG only.
 * Errors are recognized by name: each command is a bundle with classes of its own.
 */
export function reportError(thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  process.exitCode = error.name === 'UsageError' ? EXIT.usage : EXIT.input;
  let lines: readonly string[] = [error.message];
  if (error.name === 'InputError') ({ lines } = error as InputError);
  else if (!['UsageError', 'PatchError', 'FolderError', 'OutputError', 'WriteError'].includes(error.name) && !('syscall' in error))
    lines = [process.env.DEBUG ? String(error.stack) : `${error.message} (a fault of cdk8s-estafette; DEBUG=1 shows where)`];
  printErrors(lines);
}
