// What a cluster has of a release: the objects that are printed now, and whatever bears the release's labels.
import { writeYamlStream } from '../../helm/yaml/write';
import { InputError } from '../usage';
import { ask, itemsIn, type ClusterFlags } from './kubectl';

/**
 * Kinds of which releases have objects, by the names that kubectl takes. What
 * controllers make of them is left out again when it is read.
 */
const RESOURCES = [
  'namespaces',
  'networkpolicies',
  'poddisruptionbudgets',
  'serviceaccounts',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'clusterroles',
  'clusterrolebindings',
  'roles',
  'rolebindings',
  'services',
  'daemonsets',
  'pods',
  'deployments',
  'horizontalpodautoscalers',
  'statefulsets',
  'jobs',
  'cronjobs',
  'ingresses',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
];

/** Prometheus' chart uses the second one. */
const LABELS = ['app.kubernetes.io/instance', 'release'];

export interface Live {
  /** The objects, as kubectl prints a list of them. */
  readonly text: string;
  /** What could not be looked at, one sentence each. */
  readonly notes: readonly string[];
}

interface Item {
  readonly kind: string;
  readonly metadata: { readonly uid?: string; readonly namespace?: string; readonly name: string };
}

/**
 * @param objects the release as it is printed now
 * @throws InputError with what kubectl complains of
 */
export function readLive(objects: readonly object[], release: string, namespaces: readonly string[], flags: ClusterFlags): Live {
  const notes: string[] = [];
  const get = ['get', '--output=json', '--show-managed-fields', '--ignore-not-found'];
  const items = new Map<string, Item>();
  const take = (stdout: string): void => {
    for (const item of itemsIn(stdout) as Item[])
      items.set([item.kind, item.metadata.namespace ?? '', item.metadata.name].join('\0'), item);
  };

  const there = ask([...get, '--filename=-'], flags, writeYamlStream(objects));
  const unknown = there.complaints.flatMap((line) => /no matches for kind "([^"]+)"/.exec(line)?.[1] ?? []);
  const other = there.complaints.find((line) => !/no matches for kind|ensure CRDs are installed first|^Warning: /.test(line));
  if (other !== undefined && there.status !== 0) throw new InputError([`kubectl get: ${other}`]);
  for (const kind of new Set(unknown)) notes.push(`the cluster knows no ${kind}: those of the release seem to be new`);
  take(there.stdout);

  for (const namespace of namespaces) {
    for (const label of LABELS) {
      const { status, stdout, complaints } = ask(
        [...get, RESOURCES.join(','), `--namespace=${namespace}`, `--selector=${label}=${release}`],
        flags,
      );
      if (status !== 0)
        notes.push(
          `not all objects that bear ${label}=${release} in ${namespace} are known: ${complaints[0] ?? `kubectl ended with ${status}`}`,
        );
      take(stdout);
    }
  }
  return { text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...items.values()] }), notes };
}
