// What every started part looks like to a test.

/** A running part. `stop` ends its processes and removes its folders; called twice it does nothing more. */
export interface Part {
  /** Where clients reach it: `host:port`, a URL or a socket, as its clients want it. */
  readonly address: string;
  /** The environment that its usual clients read. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The same stop for many callers: the first one runs, the others wait for it. */
export function once(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= stop());
}
