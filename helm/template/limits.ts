// How much a template may use. Values files come from users: no text may hang or exhaust the process.
import { Failure } from './errors';

export const LIMITS = {
  /** Work of one `evaluate` with everything nested in it: nodes evaluated, loop rounds, data walked through, characters. */
  steps: 1_000_000,
  /** Characters of one text; a Kubernetes object may not pass 1.5 MB anyway. */
  text: 8_000_000,
  /** Elements of a list made by a function. */
  list: 500_000,
  /** Blocks, parentheses and template calls inside each other. */
  nesting: 400,
  /** Templates inside templates: `template`, `include`, `tpl`. */
  templates: 100,
  /** Levels of maps and lists inside each other that are printed or copied. */
  data: 500,
} as const;

/** Refuses a text before it is made. */
export function checkTextSize(length: number): void {
  if (length > LIMITS.text) throw new Failure(`the text would be longer than ${LIMITS.text} characters`);
}

/** Refuses a list before it is made. */
export function checkListSize(length: number): void {
  if (length > LIMITS.list) throw new Failure(`the list would be longer than ${LIMITS.list} elements`);
}

/** Evaluation is synchronous, so one meter serves; helpers that evaluate again spend from the same budget. */
let spent = 0;

/** Counts work done, so that no template runs for long. */
export function spend(steps = 1): void {
  spent += steps;
  if (spent > LIMITS.steps) throw new Failure(`the template takes more than ${LIMITS.steps} steps`, 'give it less to do');
}

/** Starts a new budget. */
export function startSpending(): void {
  spent = 0;
}

/**
 * Counts a value inside data that is walked through. Refuses data that is nested too deep or holds itself, and small data
 * that holds the same list over and over, which is endless to walk through.
 */
export function visitData(depth: number): void {
  if (depth > LIMITS.data) throw new Failure(`the data is nested deeper than ${LIMITS.data} levels or holds itself`);
  spend();
}
