// The errors of the template evaluator: one for users, with its place, and one for functions, which do not know theirs.

/** A template that could not be read or evaluated. The place is that of the fault in the text given to `evaluate`. */
export class TemplateError extends Error {
  /** Line in the text, counted from 1. */
  readonly line: number;
  /** Column in that line, counted from 1. */
  readonly column: number;
  /** The function that failed or is not known, when one is to blame. */
  readonly functionName?: string;
  /** What is wrong, without the place. */
  readonly problem: string;
  /** How to mend it, when that is known. */
  readonly mend?: string;

  constructor(
    problem: string,
    place: { readonly line: number; readonly column: number },
    details: { readonly functionName?: string; readonly mend?: string; readonly cause?: unknown } = {},
  ) {
    const mend = details.mend === undefined ? '' : `; ${details.mend}`;
    super(`${problem} at ${place.line}:${place.column}${mend}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TemplateError';
    this.line = place.line;
    this.column = place.column;
    this.problem = problem;
    if (details.functionName !== undefined) this.functionName = details.functionName;
    if (details.mend !== undefined) this.mend = details.mend;
  }
}

/** What a template function throws; the evaluator adds the function's name and the place. */
export class Failure extends Error {
  /** How to mend it, when that is known. */
  readonly mend?: string;
  /** True for the words of `fail` and `required`, which are the chart's or the user's own. */
  readonly isMessage: boolean;

  constructor(message: string, mend?: string, options: ErrorOptions & { readonly isMessage?: boolean } = {}) {
    super(message, options);
    this.name = 'Failure';
    this.isMessage = options.isMessage ?? false;
    if (mend !== undefined) this.mend = mend;
  }
}

/** An error at an offset in a text. */
export function templateError(
  text: string,
  position: number,
  problem: string,
  details: { readonly functionName?: string; readonly mend?: string; readonly cause?: unknown } = {},
): TemplateError {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return new TemplateError(problem, { line, column }, details);
}
