// What is known of the builds, and what may be done to it: the seam between those who decide and the place where it is written down.
import type { BuildRecord, FinalState, RunningState } from './record';

/** A notice for a build's callback address, kept until it is answered. */
export interface Notice {
  /** Orders the notices of one build: 0 pending, 1 final. */
  readonly step: 0 | 1;
  readonly build: string;
  /** Host of the address. */
  readonly host: string;
  /** Sealed: address, authorization and body. */
  readonly sealed: string;
  readonly attempts: number;
  readonly notBefore: number;
  /** Milliseconds that were spent on sending and waiting. Not a time of day: a clock that jumps gives nothing up. */
  readonly spent: number;
  /** Of those, with a receiver that refused it without a break: 403, 404, 410. */
  readonly refused?: number | undefined;
  /** It was answered, and is only sent again. */
  readonly delivered?: boolean;
  /** How often it is sent again. */
  readonly repeats?: number;
}

/** Both notices of one build, as far as they are not answered. */
export interface Notices {
  readonly pending?: Notice | undefined;
  readonly final?: Notice | undefined;
}

/** What changes together; `null` removes a notice, what is not named stays. */
export interface NoticeChange {
  readonly pending?: Notice | null;
  readonly final?: Notice | null;
  readonly record?: Partial<BuildRecord>;
}

/** A file that must reach the store under `object`. */
export interface HandOver {
  readonly object: string;
  readonly file: string;
  readonly attempts: number;
  readonly notBefore: number;
}

/** A build that is taken in: all of it is written down, or nothing. */
export interface Acceptance {
  readonly record: BuildRecord;
  /** Sealed. */
  readonly payload: string;
  readonly notice: Notice | undefined;
}

export interface Accepted {
  readonly record: BuildRecord;
  /** Whether it was not there before. */
  readonly fresh: boolean;
}

export interface End {
  readonly state: FinalState;
  readonly reason?: string | undefined;
  readonly endedAt: number;
}

/** Told each build that has changed, by whomever: as it is, and as it was; `undefined` for one that is new, or gone. */
export type Watcher = (record: BuildRecord | undefined, before: BuildRecord | undefined) => void;

/**
 * Reading answers from memory, at once. Every intent decides on what is there in that moment, with no other change in between,
 * and resolves once the outcome will be found again after a crash.
 */
export interface Records {
  get(key: string): BuildRecord | undefined;
  /** In no order, as all that is not said to have one. */
  all(): BuildRecord[];
  /** Builds that have not ended. */
  open(): BuildRecord[];
  /** Builds with this build UUID, deleted ones included. */
  withUuid(uuid: string): BuildRecord[];
  /** Builds of an app, deleted ones included. */
  ofApp(appId: string): BuildRecord[];
  /**
   * Builds that were accepted before one with this sequence, the newest first,
   * deleted ones included. Read it before anything is awaited.
   */
  newest(before?: number): Iterable<BuildRecord>;
  /** Sealed; `undefined` once the build has ended. */
  payload(key: string): Promise<string | undefined>;
  /** All that are not answered. */
  notices(): Notice[];
  noticesOf(key: string): Notices;
  /** Highest build number that became `latest` of a repository, or was about to. */
  latestOf(repository: string): string | undefined;

  /** Greater than that of any build there is. */
  nextSequence(): number;
  /** `decide` gives the build that is there already, or a new one; it may be asked again where somebody else was first. */
  accept(decide: () => BuildRecord | Acceptance): Promise<Accepted>;
  /**
   * Moves a build on; `update` may decide on the record as it is at that moment.
   * `undefined` when the build is gone, the state may not follow (somebody else was first), or `update` wants nothing.
   */
  transition(
    key: string,
    update: Partial<BuildRecord> | ((current: BuildRecord) => Partial<BuildRecord> | undefined),
  ): Promise<BuildRecord | undefined>;
  /** Moves a build on to a phase. It may be lost with the machine: the build then begins from the one before. */
  enter(key: string, update: Partial<BuildRecord> & { readonly state: RunningState }): Promise<BuildRecord | undefined>;
  /** Ends a build: state, notice and what must reach the store in one; the payload goes. `undefined` as `transition` has it. */
  end(
    key: string,
    end: End,
    more: (next: BuildRecord) => { readonly notice: Notice | undefined; readonly handOvers: readonly HandOver[] },
  ): Promise<BuildRecord | undefined>;
  changeNotices(key: string, decide: (notices: Notices, record: BuildRecord | undefined) => NoticeChange): Promise<void>;
  /** Writes down whom `latest` belongs to; `undefined` gives a claim back. */
  claimLatest(repository: string, number: string | undefined): Promise<void>;
  /** Removes the record of a build that has ended. */
  forget(key: string): Promise<void>;

  watch(watcher: Watcher): void;
  /** From now on a write that fails twice is not tried again: the process ends. */
  giveUp(): void;
  close(): Promise<void>;
}

/** What waits to be uploaded. */
export interface HandOvers {
  handOvers(): HandOver[];
  handOver(object: string): HandOver | undefined;
  /** The upload failed, and is tried again. Nothing happens when another file has taken the object's place. */
  postpone(entry: HandOver, notBefore: number): Promise<void>;
  /** The store has it. Resolves with whether no other file has taken its place. */
  uploaded(entry: HandOver): Promise<boolean>;
  withdraw(object: string): Promise<void>;
}

/** The write that hands a file over, in the same step as what depends on it. The file then belongs to the uploads. */
export function handOverOf(object: string, file: string): HandOver {
  return { object, file, attempts: 0, notBefore: 0 };
}
