// Places that builds run in: who has one, and how many are free.

export interface Running {
  controller: AbortController;
  /** The registry has the image: a stop is too late. */
  pushed: boolean;
  /** Nothing of it runs any more, and its end is being written down. */
  vacated: boolean;
  /** No other build may run beside it. */
  readonly alone: boolean;
  done: Promise<void>;
}

/** Where ends are written down slowly, no more builds wait for it than may run. */
export function freePlaces(builds: Iterable<Running>, maximum: number): number {
  const all = [...builds];
  return Math.min(maximum - all.filter(({ vacated }) => !vacated).length, 2 * maximum - all.length);
}
