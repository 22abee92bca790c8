// The targets by name.
import { argocd } from './argocd';
import { helm } from './helm';
import { kubectl } from './kubectl';
import type { Target } from './target';

export const targets = { kubectl, argocd, helm } satisfies Record<string, Target>;
export type TargetName = keyof typeof targets;
export type { ApplicationOptions } from './application-options';
export type { CrdMode } from './plan';
export type { LiveWishes } from './target';
