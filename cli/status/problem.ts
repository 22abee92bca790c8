// What is not as it should be, whoever finds it.
import type { Reference } from '../diff/objects';

/** In the order in which they are told. */
export const TROUBLES = ['missing', 'changed', 'failed', 'notReady', 'certificate', 'claim', 'keys'] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface Problem extends Reference {
  readonly trouble: Trouble;
  /** What is wrong, half a sentence. */
  readonly message: string;
  /** Why, or what to do: one line each. */
  readonly details: readonly string[];
  /** It does not come right by itself. @default it may */
  readonly stuck?: boolean;
}
