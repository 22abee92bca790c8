// One Kubernetes object of a release: plain data as its component wrote it, with what it is for.
import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { isClusterScoped } from '../../kubernetes/kinds';
import type { KubeObject } from '../../kubernetes/object';
import { kubernetesStrings } from './strings';
import type { Lifecycle, Stage } from './stages';

export interface ManifestProps {
  readonly object: KubeObject;
  readonly stage: Stage;
  readonly lifecycle: Lifecycle;
  readonly namespace: string;
}

/**
 * An ApiObject that prints what it was given: keys in the order written, nothing dropped.
 * (cdk8s sorts keys and drops nulls, which would alter what a user passes through.)
 * Labels and annotations that others add through `metadata` come after its own.
 * @throws ValuesError when a label or annotation is a list or a map
 */
export class Manifest extends ApiObject {
  readonly stage: Stage;
  readonly lifecycle: Lifecycle;
  private readonly source: KubeObject;
  private readonly operations: JsonPatch[] = [];

  constructor(scope: Construct, id: string, props: ManifestProps) {
    const { apiVersion, kind, metadata } = props.object;
    const namespace = isClusterScoped(kind) ? undefined : (metadata.namespace ?? props.namespace);
    super(scope, id, { apiVersion, kind, metadata: { name: metadata.name, namespace } });
    this.source = kubernetesStrings({ ...props.object, metadata: { name: metadata.name, namespace, ...withoutPlace(metadata) } });
    this.stage = props.stage;
    this.lifecycle = props.lifecycle;
  }

  /** RFC 6902 operations, applied to the finished object. */
  override addJsonPatch(...operations: JsonPatch[]): void {
    this.operations.push(...operations);
  }

  override toJson(): KubeObject {
    const { metadata } = this.source;
    const { labels, annotations, ...added } = withoutPlace(this.metadata.toJson() as KubeObject['metadata']);
    const object = {
      ...this.source,
      metadata: {
        ...metadata,
        ...added,
        ...(labels ? { labels: { ...metadata.labels, ...labels } } : {}),
        ...(annotations ? { annotations: { ...metadata.annotations, ...annotations } } : {}),
      },
    };
    return this.operations.length ? (JsonPatch.apply(structuredClone(object), ...this.operations) as KubeObject) : object;
  }
}

/** True for an object that tells its stage. (`instanceof` is true for each ApiObject of cdk8s.) */
export const isManifest = (construct: unknown): construct is Manifest => ApiObject.isApiObject(construct) && 'lifecycle' in construct;

function withoutPlace({
  name: _name,
  namespace: _namespace,
  ...rest
}: KubeObject['metadata']): Omit<KubeObject['metadata'], 'name' | 'namespace'> {
  return rest;
}
