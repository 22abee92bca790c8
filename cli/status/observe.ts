// What a cluster tells of a release beside its own objects: pods, events, claims, Secrets that it reads.
import { referencesOf } from '../../kubernetes/references';
import { podSpecOf } from '../../kubernetes/pods';
import { ask, itemsIn, type ClusterFlags } from '../cluster/kubectl';
import { at, maps, type Plain, type Thing } from '../diff/objects';

export interface Observed {
  readonly pods: readonly Thing[];
  readonly replicaSets: readonly Thing[];
  readonly jobs: readonly Thing[];
  readonly claims: readonly Thing[];
  /** Warnings, the last one first. */
  readonly events: readonly Plain[];
  /** What could not be looked at, one sentence each. */
  readonly notes: readonly string[];
}

const KINDS = 'pods,replicasets.apps,jobs.batch,persistentvolumeclaims,events';

export function observe(namespaces: readonly string[], flags: ClusterFlags): Observed {
  const notes: string[] = [];
  const items = namespaces.flatMap((namespace) => {
    const { status, stdout, complaints } = ask(['get', KINDS, '--output=json', `--namespace=${namespace}`], flags);
    if (status !== 0)
      notes.push(`not all pods, events and claims in ${namespace} are known: ${complaints[0] ?? `kubectl ended with ${status}`}`);
    return itemsIn(stdout) as Thing[];
  });
  const of = (kind: string): Thing[] => items.filter((item) => item.kind === kind);
  return {
    pods: of('Pod'),
    replicaSets: of('ReplicaSet'),
    jobs: of('Job'),
    claims: of('PersistentVolumeClaim'),
    events: of('Event')
      .filter((event) => event['type'] === 'Warning')
      .toSorted((a, b) => (lastSeen(a) < lastSeen(b) ? 1 : -1)),
    notes,
  };
}

/** When an event was last seen. */
export const lastSeen = (event: Plain): string =>
  [at(event, 'series', 'lastObservedTime'), event['lastTimestamp'], event['eventTime'], at(event, 'metadata', 'creationTimestamp')].find(
    (time) => typeof time === 'string',
  ) as string;

/** Secrets that pods and Ingresses of the release read, and others; those that are not there are left out. */
export function secretsOf(objects: readonly Thing[], others: readonly { namespace: string; name: string }[], flags: ClusterFlags): Thing[] {
  const names = new Map<string, Set<string>>();
  const add = (namespace: string, name: unknown): void => {
    if (typeof name === 'string' && name) names.set(namespace, (names.get(namespace) ?? new Set()).add(name));
  };
  for (const object of objects) {
    const { namespace = 'default' } = object.metadata;
    for (const reference of referencesOf(podSpecOf(object)))
      if (reference.startsWith('Secret/')) add(namespace, reference.slice('Secret/'.length));
    if (object.kind === 'Ingress') for (const { secretName } of maps(at(object, 'spec', 'tls'))) add(namespace, secretName);
    if (object.kind === 'Certificate') add(namespace, at(object, 'spec', 'secretName'));
  }
  for (const { namespace, name } of others) add(namespace, name);
  return [...names].flatMap(
    ([namespace, wanted]) =>
      itemsIn(
        ask(
          ['get', 'secrets', ...wanted, '--output=json', '--show-managed-fields', '--ignore-not-found', `--namespace=${namespace}`],
          flags,
        ).stdout,
      ) as Thing[],
  );
}
