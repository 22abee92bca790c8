// What a queue is made with.
import type { IntakeOptions } from './accept';
import type { EndingOptions } from './ending';
import type { BuildRecord } from '../state/record';
import type { PlacedContext } from './run';

export interface QueueOptions extends EndingOptions, IntakeOptions {
  readonly maximum: number;
  /** Time that one build may run, over all its attempts. */
  readonly timeoutMs: number;
  readonly graceMs: number;
  /** Pause after an attempt that lost its engine; it doubles with each. @default 2,000 ms */
  readonly attemptPauseMs?: number;
  /** Whether the engine is there. */
  readonly ping: () => Promise<void>;
  readonly run: (context: PlacedContext) => Promise<void>;
  /** Builds outlive this process: those that run are gone on with, and none is interrupted when it ends. @default false */
  readonly adopts?: boolean;
  /** Told the log of an attempt after which the build waits again. */
  readonly handedBack?: (record: BuildRecord, file: string) => Promise<void>;
}
