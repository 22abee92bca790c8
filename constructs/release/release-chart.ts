// A release as a cdk8s Chart: its components' objects, patched, in the order and with the marks of its target.
import { ApiObject, App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ValuesError, type Issue } from '../../helm/check';
import { applyPatches, type Patch } from './patches';
import { isManifest, Manifest } from '../common/manifest';
import type { KubeObject } from '../../kubernetes/object';
import { stageOf } from '../common/stages';
import { kubernetesStrings } from '../common/strings';
import { pathBelow, warningsOf } from '../common/component';
import { completeVersion, type Release } from '../common/release';
import { manifestFiles } from './files';
import { namespaceIssues, refuse } from '../common/checks';
import { targets, type ApplicationOptions, type CrdMode, type TargetName } from '../targets';
import { application } from '../targets/application';
import { applicationIssues } from '../targets/application-options';
import { chartFiles, type ChartFacts } from '../targets/helm-chart';
import { NAMESPACE } from '../targets/helm-namespace';
import { marked, type Planned } from '../targets/plan';
import { writeYaml } from '../../helm/yaml/write';

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
  /** With the target argocd: the Application, in a file of its own. @default none */
  readonly application?: ApplicationOptions;
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
  /** What is known of the chart that Helm installs. */
  protected readonly facts: Pick<ChartFacts, 'name' | 'version' | 'appVersion' | 'description'>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseProps<unknown>,
  ) {
    const namespace = props.namespace ?? 'default';
    const kubeVersion = props.kubeVersion === undefined ? undefined : completeVersion(props.kubeVersion);
    if (props.kubeVersion !== undefined && kubeVersion === undefined)
      throw new ValuesError([{ path: [], message: `kubeVersion must be a version such as 1.31.0, not "${props.kubeVersion}"` }]);
    refuse(namespaceIssues(namespace));
    super(scope, id, { namespace, disableResourceNameHashes: true });
    this.target = props.target ?? 'kubectl';
    if (props.application && this.target !== 'argocd')
      throw new ValuesError([{ path: [], message: `an Application is for the target argocd, not ${this.target}` }]);
    if (props.application && props.crds === 'only')
      throw new ValuesError([{ path: [], message: 'an Application is for all of a release, not for its CustomResourceDefinitions only' }]);
    if (props.application)
      refuse(applicationIssues(props.application).map(([option, message]) => ({ path: ['application', option], message })));
    this.facts = { name: id, version: '0.1.0', appVersion: '', description: `The release ${id}.` };
    const { installedByHelm } = targets[this.target];
    this.release = {
      name: id,
      namespace,
      kubeVersion,
      apiVersions: props.apiVersions,
      unknownValues: props.unknownValues,
      runsHooks: installedByHelm,
    };
    this.crds = props.crds ?? 'include';
    this.patches = props.patches ?? [];
    // Helm needs the namespace for its own record before it applies anything.
    if (props.createNamespace && !installedByHelm) {
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      new Manifest(this, 'namespace', { object, stage: 'foundations', lifecycle: { stage: 'foundations', keep: true }, namespace });
    }
  }

  /** True for a release, which tells the names and texts of its files. (`instanceof` is true for each chart of cdk8s.) */
  static isRelease(chart: unknown): chart is ReleaseChart {
    return Chart.isChart(chart) && 'chartFiles' in chart;
  }

  /** What users should know about their values, one sentence each. */
  get warnings(): string[] {
    return warningsOf(this);
  }

  /** The objects with their stages, in the order in which they can be applied. */
  plan(): Planned[] {
    return targets[this.target].plan(this.finished(), { crds: this.crds });
  }

  /** The Application that has Argo CD apply the release; undefined when none is asked for. */
  application(plan: readonly Planned[] = this.plan()): KubeObject | undefined {
    return this.props.application && application(this.release, plan, this.props.application);
  }

  /**
   * Texts by file name: `NAME.k8s.yaml`, `NAME.crds.k8s.yaml` where there are CustomResourceDefinitions, `NAME.application.yaml`
   * where it is asked for. With the target helm the files of a chart, below `NAME/`.
   * @param plan what `plan()` gave, where it is at hand
   */
  files(plan?: readonly Planned[]): Record<string, string> {
    const { id } = this.node;
    if (targets[this.target].installedByHelm)
      return Object.fromEntries(Object.entries(this.chartFiles()).map(([file, text]) => [`${id}/${file}`, text]));
    const planned = plan ?? this.plan();
    const apply = this.application(planned);
    return {
      ...manifestFiles(
        id,
        planned.map(({ object }) => object),
      ),
      ...(apply ? { [`${id}.application.yaml`]: writeYaml(apply) } : {}),
    };
  }

  /** Texts of a Helm chart that installs the release, by file name. */
  chartFiles(): Record<string, string> {
    const moved = this.movedTo(NAMESPACE);
    const others = moved.finished();
    const pairs = this.finished().map((planned, index) => ({ ...planned, moved: others[index]?.object ?? planned.object }));
    const notes = [...moved.notes(), ...notesOnWaiting(others)];
    return chartFiles(targets.helm.plan(pairs, { crds: this.crds }), {
      ...this.facts,
      release: this.release.name,
      namespace: this.release.namespace,
      notes,
    });
  }

  /** What Helm tells after an installation, line by line. */
  protected notes(): string[] {
    return [
      `${this.facts.name} is installed in the namespace ${this.release.namespace}.`,
      ...this.warnings.flatMap((warning) => ['', `WARNING: ${warning}`]),
    ];
  }

  /** The same release in another namespace. */
  private movedTo(namespace: string): ReleaseChart {
    const patches = this.patches.map((patch) =>
      patch.target.namespace === this.release.namespace ? { ...patch, target: { ...patch.target, namespace } } : patch,
    );
    const moved: unknown = Reflect.construct(this.constructor, [new App(), this.node.id, { ...this.props, namespace, patches }]);
    if (!ReleaseChart.isRelease(moved))
      throw new Error(`${this.constructor.name} cannot be made again for another namespace: its constructor takes scope, id and props`);
    return moved;
  }

  /** The objects as components made them, with the target's marks, patched. */
  private finished(): Planned[] {
    const all = this.manifests()
      .filter(
        ({ kind, name }, index, every) =>
          kind !== 'Namespace' || every.findIndex((other) => other.kind === kind && other.name === name) === index,
      )
      .map(plannedOf);
    const objects = this.patched(all.map((planned) => marked(planned.object, targets[this.target].marks(planned))));
    return all.flatMap((planned, index) => {
      const object = objects[index];
      return object === undefined ? [] : [{ ...planned, object }];
    });
  }

  private manifests(): ApiObject[] {
    return this.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
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
      return other === undefined
        ? []
        : [
            {
              path: [],
              message: `${other} and ${owner} would both make the ${manifest.kind} ${manifest.name}: give one of them another name`,
            },
          ];
    });
  }

  /** In their places; undefined where a patch took an object away. */
  private patched(objects: readonly KubeObject[]): (KubeObject | undefined)[] {
    return applyPatches(objects, this.patches, this.node.id).map((object, index) =>
      object === undefined || object === objects[index] ? object : kubernetesStrings(object),
    );
  }

  /**
   * @returns the objects as plain data, in the order in which they can be applied
   * @throws Error with the target helm: applied as a stream, what is there for tests and for uninstall would run at once
   */
  override toJson(): KubeObject[] {
    if (targets[this.target].installedByHelm)
      throw new Error(`${this.node.path}: the target helm writes a chart, no stream of manifests: use ManifestApp, or files()`);
    return this.plan().map(({ object }) => object);
  }
}

/** Helm waits for all pods before it runs what comes after an installation; what makes the data ready may be just that. */
function notesOnWaiting(objects: readonly Planned[]): string[] {
  const awaited = objects
    .filter(({ stage, lifecycle: { hook } }) => stage === 'data' && hook?.events.includes('post-install'))
    .map(({ object }) => `${object.kind} ${object.metadata.name}`);
  return awaited.length
    ? [
        '',
        `The first installation must not wait (--wait, --atomic, --rollback-on-failure): Helm would run the ${awaited.join(' and the ')} only after all pods are ready, and they are ready only after it has run. Upgrades may wait.`,
      ]
    : [];
}

/** An object that others added to the release goes with its kind, or last. */
function plannedOf(manifest: ApiObject): Planned {
  if (isManifest(manifest)) return { object: manifest.toJson(), stage: manifest.stage, lifecycle: manifest.lifecycle };
  const object = manifest.toJson() as KubeObject;
  return { object, stage: stageOf(object, {}, 'apps'), lifecycle: {} };
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
