// When an object is applied, and what it is for. Components say it; targets turn it into order and marks.
import type { KubeObject } from '../../kubernetes/object';

/** In this order. No object waits for one of a later stage. */
export const STAGES = ['crds', 'foundations', 'admission', 'keys', 'data', 'migrate', 'apps'] as const;
export type Stage = (typeof STAGES)[number];

/** Helm's own moments for an object that is not simply part of the release. */
export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test';
export interface Hook {
  readonly events: readonly HookEvent[];
  /** Lower runs first. @default 0 */
  readonly weight?: number;
  readonly deletePolicy?: readonly ('before-hook-creation' | 'hook-succeeded' | 'hook-failed')[];
}

/** Keys that are in the cluster only. */
export interface MadeKeys {
  readonly namespace: string;
  /** Of the Secret. */
  readonly name: string;
  /** The command that saves the keys as values, and sets the annotation. */
  readonly backup: string;
}
/** Annotation that the command of the backup sets, to the time. */
export const KEYS_ANNOTATION = 'cdk8s-estafette/keys-saved';

export interface Lifecycle {
  /** @default by the object's kind (foundations), else the component's own stage */
  readonly stage?: Stage;
  /**
   * Survives the removal of the release: keys, TLS secrets, claims, the namespace of the jobs.
   * @default true for claims and CRDs, else false
   */
  readonly keep?: boolean;
  /**
   * A controller makes it where it is missing, and writes what counts in it: who
   * compares live objects with what was printed must not print it.
   * @default false
   */
  readonly writtenByController?: boolean;
  /** Helm makes it before it installs a chart, as it does the namespace of the release. @default false */
  readonly madeByHelm?: boolean;
  /** Hosts that its program calls without being told: names that are built in. For people who look at the release. @default none */
  readonly calls?: readonly string[];
  /** Of a Job that makes keys in the cluster: the Secret that they are in, and the command that saves them. @default it makes none */
  readonly makesKeys?: MadeKeys;
  /** How the published chart runs it. An object whose only events are test, delete or rollback is printed by the helm target alone. */
  readonly hook?: Hook;
  /**
   * What makes a Job another Job, in place of its content: any plain data. Whatever else changes, it does not run again.
   * @default its spec and what it reads from Secrets and ConfigMaps of the release
   */
  readonly identity?: unknown;
}

const FOUNDATIONS = new Set([
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'StorageClass',
  'PriorityClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'BackendConfig',
]);
const KEYS = new Set(['Certificate', 'Issuer', 'ClusterIssuer']);

/** The stage of an object for which a component names none. */
export function stageOf(object: KubeObject, lifecycle: Lifecycle, own: Stage): Stage {
  if (lifecycle.stage) return lifecycle.stage;
  if (object.kind === 'CustomResourceDefinition') return 'crds';
  if (FOUNDATIONS.has(object.kind)) return 'foundations';
  return KEYS.has(object.kind) ? 'keys' : own;
}

const KEPT = new Set(['PersistentVolumeClaim', 'CustomResourceDefinition']);

/** Whether an object stays when the release, or the component it belongs to, is removed. */
export const isKept = (object: KubeObject, lifecycle: Lifecycle): boolean => lifecycle.keep ?? KEPT.has(object.kind);

/** Events that only Helm knows: a plain stream must not hold such an object. */
export const onlyForHelm = (hook: Hook | undefined): boolean =>
  hook !== undefined && hook.events.every((event) => /^(test|(pre|post)-(delete|rollback))$/.test(event));
