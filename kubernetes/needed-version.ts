// Which versions of Kubernetes take an object: by the API that it is of, and by what stands in its pods.
import { podSpecOf } from './pods';
import type { KubeObject } from './object';

/** First minor version that serves it, and the first that does so no more; only what came or went since 1.16. */
const SERVED: Readonly<Record<string, readonly [since: number, until?: number]>> = {
  'autoscaling/v2': [23],
  'autoscaling/v2beta1': [8, 25],
  'autoscaling/v2beta2': [12, 26],
  'batch/v1/CronJob': [21],
  'batch/v1beta1': [8, 25],
  'certificates.k8s.io/v1': [19],
  'discovery.k8s.io/v1': [21],
  'discovery.k8s.io/v1beta1': [16, 25],
  'extensions/v1beta1': [1, 22],
  'flowcontrol.apiserver.k8s.io/v1': [29],
  'networking.k8s.io/v1/Ingress': [19],
  'networking.k8s.io/v1/IngressClass': [19],
  'networking.k8s.io/v1beta1': [14, 22],
  'policy/v1': [21],
  'policy/v1beta1': [5, 25],
  'rbac.authorization.k8s.io/v1beta1': [6, 22],
};
const OLDEST = 16;
/** Init containers that run beside the others. */
const SIDECARS = 29;
/** Pods with users of their own (`hostUsers: false`). */
const USER_NAMESPACES = 33;

/** The versions that take all of the objects, as Chart.yaml says it, such as `>=1.21.0-0`. */
export function neededVersions(objects: readonly KubeObject[]): string {
  const served = objects.map(({ apiVersion, kind }) => SERVED[`${apiVersion}/${kind}`] ?? SERVED[apiVersion] ?? [OLDEST]);
  const since = Math.max(OLDEST, ...served.map(([first]) => first), ...objects.map(podsSince));
  const until = Math.min(...served.map(([, last]) => last ?? Infinity));
  return `>=1.${since}.0-0${Number.isFinite(until) ? ` <1.${until}.0-0` : ''}`;
}

function podsSince(object: KubeObject): number {
  const { hostUsers, initContainers } = (podSpecOf(object) ?? {}) as { readonly hostUsers?: unknown; readonly initContainers?: unknown };
  if (hostUsers === false) return USER_NAMESPACES;
  const isSidecar = (container: unknown): boolean => (container as { readonly restartPolicy?: unknown } | null)?.restartPolicy === 'Always';
  return Array.isArray(initContainers) && initContainers.some(isSidecar) ? SIDECARS : OLDEST;
}
