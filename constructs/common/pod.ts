// The one pod-spec builder: every pod of the product goes through it.
import type { Container, LocalObjectReference, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import { isTrue } from '../../helm/print';
import { isTable, setKey } from '../../helm/yaml/values';

/** A pod spec with nothing settled yet; lists and maps that are empty are left out. */
export type PodParts = Partial<PodSpec>;

/** Fields in the order in which people read a pod; what is not named here follows as given. */
const ORDER = [
  'hostNetwork',
  'hostPID',
  'priorityClassName',
  'schedulerName',
  'runtimeClassName',
  'restartPolicy',
  'imagePullSecrets',
  'serviceAccountName',
  'automountServiceAccountToken',
  'securityContext',
  'initContainers',
  'containers',
  'terminationGracePeriodSeconds',
  'volumes',
  'nodeSelector',
  'affinity',
  'tolerations',
  'topologySpreadConstraints',
] as const;

const CONTAINER_ORDER = [
  'name',
  'image',
  'imagePullPolicy',
  'command',
  'args',
  'securityContext',
  'env',
  'envFrom',
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resources',
  'volumeMounts',
] as const;

/** Builds a pod spec: one order of fields, nothing empty, passed-through parts untouched. */
export function podSpec(parts: PodParts): PodSpec {
  const spec = arrange(parts, ORDER) as unknown as PodSpec;
  return {
    ...spec,
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(container) } : {}),
    ...(spec.containers ? { containers: spec.containers.map(container) } : {}),
  };
}

/** What is no map, which somebody gave by mistake, is passed on for a server to refuse. */
const container = (given: Container): Container => (isTable(given) ? (arrange(given, CONTAINER_ORDER) as unknown as Container) : given);

/** A pod template; empty labels and annotations are left out. */
export function podTemplate(metadata: { labels?: object; annotations?: object }, parts: PodParts): PodTemplateSpec {
  const { labels, annotations } = metadata;
  return {
    metadata: {
      ...(isTrue(labels) ? { labels: labels as Record<string, string> } : {}),
      ...(isTrue(annotations) ? { annotations: annotations as Record<string, string> } : {}),
    },
    spec: podSpec(parts),
  };
}

/** Pull secrets of a pod: the chart's own one for its credentials, then those the user names. */
export function pullSecrets(own: string | undefined, named: unknown): LocalObjectReference[] | undefined {
  const list = [...(own ? [{ name: own }] : []), ...(Array.isArray(named) ? (named as LocalObjectReference[]) : [])];
  return list.length ? list : undefined;
}

function arrange(given: object, order: readonly string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const source = given as Record<string, unknown>;
  for (const key of order) if (!isEmpty(source[key])) out[key] = source[key];
  for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(out, key) && !isEmpty(value)) setKey(out, key, value);
  return out;
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'object' && !isTrue(value));
