// One Kubernetes object of a release as a construct: plain data as its chart made it, which others may add to.
import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import type { KubeObject } from '../../kubernetes/object';
import type { Entry } from './entry';
import { lifecycleOf, withLifecycle } from './lifecycle';
import type { Lifecycle, Stage } from './stages';

/**
 * An ApiObject that prints what it was given: keys in the order written, nothing dropped.
 * (cdk8s sorts keys and drops nulls, which would alter what a user passes through.)
 * Labels and annotations that others add through `metadata` come after its own.
 */
export class Manifest extends ApiObject {
  private readonly operations: JsonPatch[] = [];

  constructor(
    scope: Construct,
    id: string,
    /** As the chart made it. */
    readonly entry: Entry,
  ) {
    const { apiVersion, kind, metadata } = entry.object;
    super(scope, id, { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } });
    withLifecycle(this, entry.lifecycle);
  }

  get stage(): Stage {
    return this.entry.stage;
  }

  get lifecycle(): Lifecycle {
    return lifecycleOf(this);
  }

  /** Whether others asked for a change. */
  get isChanged(): boolean {
    const { name: _name, namespace: _namespace, ...added } = this.metadata.toJson() as KubeObject['metadata'];
    return this.operations.length > 0 || Object.values(added).some((value) => value !== undefined);
  }

  /** RFC 6902 operations, applied to the finished object. */
  override addJsonPatch(...operations: JsonPatch[]): void {
    this.operations.push(...operations);
  }

  override toJson(): KubeObject {
    return this.change(this.entry.object);
  }

  /** Changes the object, or the same one for another namespace, as others asked for. */
  change(source: KubeObject): KubeObject {
    const { name: _name, namespace: _namespace, labels, annotations, ...added } = this.metadata.toJson() as KubeObject['metadata'];
    const { metadata } = source;
    const object = {
      ...source,
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

/** True for an object that a chart made. (`instanceof` is true for each ApiObject of cdk8s.) */
export const isManifest = (construct: unknown): construct is Manifest => ApiObject.isApiObject(construct) && 'entry' in construct;
