// A release as a cdk8s Chart: its components' objects, patched, in the order and with the marks of its target.
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ValuesError, type Issue } from '../../helm/check';
import { applyPatches, PatchError, type Patch } from './patches';
import { Manifest, type KubeObject } from './manifest';
import { WARNING } from './component';
import type { Release } from './release';
import { targets, type CrdMode, type TargetName } from '../targets';
import type { Planned } from '../targets/plan';

export interface ReleaseProps<V> {
  /** @default 'default', as Helm's */
  readonly namespace?: string;
  /** What the manifests are for. @default 'kubectl' */
  readonly target?: TargetName;
  /** Values as a Helm values file holds them; of a list, later ones win. @default the published defaults */
  readonly values?: V | readonly V[];
  /** Version of the cluster. @default DEFAULT_KUBE_VERSION */
  readonly kubeVersion?: string;
  /** APIs beyond Kubernetes' own that the cluster serves. @default none */
  readonly apiVersions?: readonly string[];
  /** Adds the Namespace of the release, first and never pruned. @default false */
  readonly createNamespace?: boolean;
  /** Whether CustomResourceDefinitions are among the objects. @default 'include' */
  readonly crds?: CrdMode;
  /** Changes for which no value exists, applied last. @default none */
  readonly patches?: readonly Patch[];
  /** What an unknown key in the values is. @default 'error' */
  readonly unknownValues?: 'error' | 'warn';
}

/**
 * Base of all releases. The construct's id is the release's name.
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export abstract class ReleaseChart extends Chart {
  readonly release: Release;
  private readonly target: TargetName;
  private readonly crds: CrdMode;
  private readonly patches: readonly Patch[];

  constructor(scope: Construct, id: string, props: ReleaseProps<unknown>) {
    const namespace = props.namespace ?? 'default';
    super(scope, id, { namespace, disableResourceNameHashes: true });
    this.release = { name: id, namespace, kubeVersion: props.kubeVersion, apiVersions: props.apiVersions, unknownValues: props.unknownValues };
    this.target = props.target ?? 'kubectl';
    this.crds = props.crds ?? 'include';
    this.patches = props.patches ?? [];
    if (props.createNamespace) {
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, annotations: { 'helm.sh/resource-policy': 'keep' } } };
      new Manifest(this, 'namespace', { object, stage: 'foundations', lifecycle: { stage: 'foundations', keep: true }, namespace });
    }
  }

  /** What users should know about their values, one sentence each. */
  get warnings(): string[] {
    return this.node.findAll().flatMap((construct) => construct.node.metadata.filter(({ type }) => type === WARNING)
      .map(({ data }) => (construct === this ? String(data) : `${construct.node.id}.${String(data)}`)));
  }

  /** The objects with their stages, in the order in which they can be applied. */
  plan(): Planned[] {
    const all = this.node.findAll().filter((construct): construct is Manifest => construct instanceof Manifest);
    const objects = this.patched(all.map((manifest) => manifest.toJson()));
    const planned = all.map(({ stage, lifecycle }, index) => ({ object: objects[index] as KubeObject, stage, lifecycle }));
    return targets[this.target].plan(planned, { crds: this.crds });
  }

  private patched(objects: readonly KubeObject[]): KubeObject[] {
    try {
      return applyPatches(objects, this.patches);
    } catch (error) {
      if (error instanceof PatchError) throw new PatchError(`${this.node.id}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** @returns the objects as plain data, in the order in which they can be applied */
  override toJson(): KubeObject[] {
    return this.plan().map(({ object }) => object);
  }
}

/** Runs each part and throws what their values got wrong together, paths prefixed with the part's key. */
export function collectIssues(found: readonly Issue[], parts: readonly (readonly [key: string, make: () => void])[]): void {
  const issues = [...found];
  for (const [key, make] of parts) {
    try {
      make();
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, path: [key, ...issue.path] })));
    }
  }
  if (issues.length) throw new ValuesError(issues);
}
