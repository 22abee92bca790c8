// What a part is: a real program that the integration tests use.

export interface Part {
  readonly name: string;
  /** The version that is installed; after `>=` the oldest that will do. */
  readonly version: string;
  /** Where it is; undefined when it is not there. */
  find(): string | undefined;
  /** @throws Error that says which part, what was tried and where the log is */
  install(): Promise<void>;
}
