// The Application that has Argo CD apply a release from git.
import type { KubeObject } from '../../kubernetes/object';
import { isWebhookConfiguration } from '../../kubernetes/kinds';
import { isKept } from '../common/stages';
import { OWN_CLUSTER, type ApplicationOptions } from './application-options';
import type { Planned } from '../common/entry';

interface Place {
  readonly name: string;
  readonly namespace: string;
}

/**
 * An Application of the release's name that keeps the cluster as git has it.
 * It has no finalizer: deleted, it leaves what it applied.
 * @param planned the objects of the release, all that its files hold
 */
export function application({ name, namespace }: Place, planned: readonly Planned[], options: ApplicationOptions): KubeObject {
  const {
    repoURL,
    path = 'dist',
    targetRevision = 'HEAD',
    project = 'default',
    applicationNamespace = 'argocd',
    destinationServer: server = OWN_CLUSTER,
  } = options;
  const ignoreDifferences = rewritten(planned);
  const spec = {
    project,
    source: { repoURL, targetRevision, path, directory: { include: `{${name}.k8s.yaml,${name}.crds.k8s.yaml}` } },
    destination: { server, namespace },
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      // With server-side apply, what the user never set stays with whoever sets it.
      syncOptions: ['ServerSideApply=true', 'RespectIgnoreDifferences=true'],
      retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
    },
    ...(ignoreDifferences.length ? { ignoreDifferences } : {}),
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: applicationNamespace },
    spec,
  } as KubeObject;
}

interface Ignored {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly jsonPointers?: readonly string[];
  readonly jqPathExpressions?: readonly string[];
}

type Plain = Readonly<Record<string, unknown>>;

/** What controllers write into objects of the release, object by object: only there a difference means nothing. And Jobs that ran. */
function rewritten(planned: readonly Planned[]): Ignored[] {
  const jobs = new Set(
    planned
      .filter(({ object, lifecycle }) => object.kind === 'Job' && lifecycle.identity !== undefined)
      .map(({ object }) => object.metadata.namespace),
  );
  return [...byControllers(planned), ...[...jobs].map(settled)];
}

/**
 * A Job known by its identity keeps its name when its pod changes, which a server refuses of a Job that is there. All of the
 * namespace at once: the name of any other Job follows its pod, and a project more needs no other Application.
 */
const settled = (namespace: string | undefined): Ignored => ({
  group: 'batch',
  kind: 'Job',
  ...(namespace ? { namespace } : {}),
  jsonPointers: UNCHANGEABLE.map((field) => `/spec/${field}`),
});

/** What a server never takes a change of. */
const UNCHANGEABLE = [
  'template',
  'selector',
  'completions',
  'completionMode',
  'podFailurePolicy',
  'successPolicy',
  'backoffLimitPerIndex',
  'managedBy',
] as const;

function byControllers(planned: readonly Planned[]): Ignored[] {
  const scaled = new Set(
    planned.filter(({ object }) => object.kind === 'HorizontalPodAutoscaler').map(({ object }) => scaleTarget(object)),
  );
  return planned.flatMap(({ object, lifecycle }): Ignored[] => {
    const {
      kind,
      metadata: { name, namespace },
    } = object;
    const at: Ignored = {
      group: object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '',
      kind,
      name,
      ...(namespace ? { namespace } : {}),
    };
    const { spec = {}, data } = object as KubeObject & { readonly spec?: Plain; readonly data?: unknown };
    if (isWebhookConfiguration(kind)) return [{ ...at, jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'] }];
    // An empty Secret that stays is there for a controller to fill.
    if (kind === 'Secret' && isKept(object, lifecycle) && data === undefined) return [{ ...at, jsonPointers: ['/data'] }];
    if (scaled.has(`${kind}/${namespace ?? ''}/${name}`) && spec.replicas !== undefined)
      return [{ ...at, jsonPointers: ['/spec/replicas'] }];
    // The API server completes claim templates, which cannot change anyway.
    if (kind === 'StatefulSet' && Array.isArray(spec.volumeClaimTemplates) && spec.volumeClaimTemplates.length) {
      return [
        {
          ...at,
          jqPathExpressions: [
            '.spec.volumeClaimTemplates[]?.apiVersion',
            '.spec.volumeClaimTemplates[]?.kind',
            '.spec.volumeClaimTemplates[]?.status',
          ],
        },
      ];
    }
    return [];
  });
}

function scaleTarget(autoscaler: KubeObject): string {
  const { spec } = autoscaler as KubeObject & {
    readonly spec?: { readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string } };
  };
  return `${spec?.scaleTargetRef?.kind ?? ''}/${autoscaler.metadata.namespace ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`;
}
