// A release as a cdk8s Chart: its components' objects, patched, in the order and with the marks of its target.
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ValuesError, type Issue } from '../../helm/check';
import { applyPatches, type Patch } from './patches';
import { Manifest, type KubeObject } from './manifest';
import { kubernetesStrings } from './strings';
import { pathBelow, warningsOf } from './component';
import { completeVersion, type Release } from './release';
import { targets, type CrdMode, type TargetName } from '../targets';
import { marked, type Planned } from '../targets/plan';

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
  /** Adds the Namespace of the release, first and never pruned; for Helm it is left to `helm install --create-namespace`. @default false */
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
    const kubeVersion = props.kubeVersion === undefined ? undefined : completeVersion(props.kubeVersion);
    if (props.kubeVersion !== undefined && kubeVersion === undefined) throw new ValuesError([{ path: [], message: `kubeVersion must be a version such as 1.31.0, not "${props.kubeVersion}"` }]);
    super(scope, id, { namespace, disableResourceNameHashes: true });
    this.target = props.target ?? 'kubectl';
    const { installedByHelm } = targets[this.target];
    this.release = { name: id, namespace, kubeVersion, apiVersions: props.apiVersions, unknownValues: props.unknownValues, runsHooks: installedByHelm };
    this.crds = props.crds ?? 'include';
    this.patches = props.patches ?? [];
    // Helm needs the namespace for its own record before it applies anything.
    if (props.createNamespace && !installedByHelm) {
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      new Manifest(this, 'namespace', { object, stage: 'foundations', lifecycle: { stage: 'foundations', keep: true }, namespace });
    }
  }

  /** What users should know about their values, one sentence each. */
  get warnings(): string[] {
    return warningsOf(this);
  }

  /** The objects with their stages, in the order in which they can be applied. */
  plan(): Planned[] {
    return targets[this.target].plan(this.finished(), { crds: this.crds });
  }

  /** The objects as components made them, with the target's marks, patched. */
  private finished(): Planned[] {
    const all = this.manifests().filter(({ kind, name }, index, every) => kind !== 'Namespace' || every.findIndex((other) => other.kind === kind && other.name === name) === index)
      .map((manifest): Planned => ({ object: manifest.toJson(), stage: manifest.stage, lifecycle: manifest.lifecycle }));
    const objects = this.patched(all.map((planned) => marked(planned.object, targets[this.target].marks(planned))));
    return all.map((planned, index) => ({ ...planned, object: objects[index] ?? planned.object }));
  }

  private manifests(): Manifest[] {
    return this.node.findAll().filter((construct): construct is Manifest => construct instanceof Manifest);
  }

  /** Objects that two components would make; a Namespace may be asked for twice. */
  protected nameIssues(): Issue[] {
    const owners = new Map<string, string>();
    return this.manifests().flatMap((manifest): Issue[] => {
      if (manifest.kind === 'Namespace') return [];
      const owner = manifest.node.scope ? pathBelow(this, manifest.node.scope) : '';
      const key = [manifest.kind, manifest.apiGroup, manifest.metadata.namespace ?? '', manifest.name].join('/');
      const other = owners.get(key);
      owners.set(key, owner);
      return other === undefined ? [] : [{ path: [], message: `${other} and ${owner} would both make the ${manifest.kind} ${manifest.name}: give one of them another name` }];
    });
  }

  private patched(objects: readonly KubeObject[]): KubeObject[] {
    return applyPatches(objects, this.patches, this.node.id).map((object, index) => (object === objects[index] ? object : kubernetesStrings(object)));
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
