// One Kubernetes object of a release: plain data as its component wrote it, with what it is for.
import { ApiObject, type ApiObjectProps, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { kubernetesStrings } from './strings';
import type { Lifecycle, Stage } from './stages';

/** Any Kubernetes object as plain JSON. Components type theirs with `kubernetes-types`. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object; readonly annotations?: object };
}

const CLUSTER_SCOPED = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'PersistentVolume', 'StorageClass', 'PriorityClass',
  'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration', 'APIService', 'ClusterIssuer', 'IngressClass']);

/** True for a kind that lives in no namespace. */
export const isClusterScoped = (kind: string): boolean => CLUSTER_SCOPED.has(kind);

export interface ManifestProps {
  readonly object: KubeObject;
  readonly stage: Stage;
  readonly lifecycle: Lifecycle;
  readonly namespace: string;
}

/**
 * An ApiObject that prints what it was given: keys in the order written, nothing dropped.
 * (cdk8s sorts keys and drops nulls, which would alter what a user passes through.)
 */
export class Manifest extends ApiObject {
  readonly stage: Stage;
  readonly lifecycle: Lifecycle;
  private readonly source: KubeObject;
  private readonly operations: JsonPatch[] = [];

  constructor(scope: Construct, id: string, props: ManifestProps) {
    const { object } = props;
    const metadata = isClusterScoped(object.kind) ? object.metadata : { ...object.metadata, namespace: object.metadata.namespace ?? props.namespace };
    super(scope, id, { apiVersion: object.apiVersion, kind: object.kind, metadata } as ApiObjectProps);
    this.source = object;
    this.stage = props.stage;
    this.lifecycle = props.lifecycle;
  }

  /** RFC 6902 operations, applied to the finished object. */
  override addJsonPatch(...operations: JsonPatch[]): void {
    this.operations.push(...operations);
  }

  override toJson(): KubeObject {
    const { name, namespace, ...rest } = this.metadata.toJson() as { name: string; namespace?: string };
    const metadata = { name, ...(namespace !== undefined && !isClusterScoped(this.kind) ? { namespace } : {}), ...rest };
    const object = kubernetesStrings({ ...this.source, metadata });
    return this.operations.length ? (JsonPatch.apply(object, ...this.operations) as KubeObject) : object;
  }
}
