// The targets by name.
import { kubectl } from './kubectl';
import type { Target } from './plan';

export const targets = { kubectl } satisfies Record<string, Target>;
export type TargetName = keyof typeof targets;
export type { CrdMode } from './plan';
