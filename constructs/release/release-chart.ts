// A release as a cdk8s Chart: its objects as constructs, to which others may add before the target prints them.
import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ValuesError } from '../../helm/check';
import { nameOf, type KubeObject } from '../../kubernetes/object';
import type { ChartDefinition } from '../common/chart';
import { addManifests } from '../common/component';
import type { Entry, NeededSecret } from '../common/entry';
import { readingWith, type Reader } from '../common/live-value';
import type { Made } from '../common/make';
import { isManifest, type Manifest } from '../common/manifest';
import type { Release } from '../common/release';
import { hidingValues } from '../common/hide/library';
import { refuseBytes, type Bytes } from '../common/plain-values';
import { uniqueNames } from '../common/unique-names';
import { targets } from '../targets';
import type { Render } from '../targets/target';
import { additionsOf } from './additions';
import { inputsOf, type Inputs, type ReleaseProps } from './inputs';
import { plainProps } from './props';
import { filesOf, makeRelease, render } from './render';

/**
 * A release of any chart. The construct's id is the release's name. Each object is an ApiObject, those of a component below a construct of
 * its key: `release.node.findChild('api')`. What is added anywhere below, or changed in an object, is printed with the rest.
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export class ReleaseChart extends Chart {
  readonly release: Release;
  /** What users should know about their values, one sentence each. */
  readonly warnings: readonly string[];
  private readonly inputs: Inputs;
  private readonly made: Made;
  private readonly bytes: readonly Bytes[];
  /** What the chart made; some of it may have been taken away. */
  private readonly own: ReadonlySet<Manifest>;

  constructor(
    scope: Construct,
    id: string,
    private readonly definition: ChartDefinition,
    given: ReleaseProps<unknown>,
  ) {
    const { props, bytes } = hidingValues(definition, {}, () => plainProps(given));
    const inputs = hidingValues(definition, {}, () => inputsOf(definition, id, props));
    const made = hidingValues(definition, inputs.values, () => makeRelease(definition, inputs));
    super(scope, id, { namespace: inputs.release.namespace, disableResourceNameHashes: true });
    this.inputs = inputs;
    this.made = made;
    this.bytes = bytes;
    this.release = inputs.release;
    this.warnings = made.warnings;
    const taken = made.entries.filter((entry) => targets[inputs.target].takes(entry));
    addManifests(this, uniqueNames(taken).entries);
    this.own = new Set(this.node.findAll().filter(isManifest));
  }

  /** True for a release, which tells the names and texts of its files. (`instanceof` is true for each chart of cdk8s.) */
  static isRelease(chart: unknown): chart is ReleaseChart {
    return Chart.isChart(chart) && 'files' in chart && 'plan' in chart;
  }

  /** The release as its target prints it, as it is now. @throws ValuesError, PatchError */
  render(): Render {
    const { release, inputs, made, definition } = this;
    const there = this.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    const isOwn = (construct: ApiObject): construct is Manifest => isManifest(construct) && this.own.has(construct);
    const additions = additionsOf(
      there.filter((construct) => !isOwn(construct)),
      { release, path: this.node.path, taken: definition.values.fields, ownValues: inputs.ownValues },
    );
    const entries = there.filter(isOwn).map(entryOf);
    const left = new Set(entries.map(({ key }) => key));
    const removed = new Set([...this.own].map(({ entry }) => entry.key).filter((key) => !left.has(key)));
    const rendered = hidingValues(definition, inputs.values, () => render(definition, inputs, { ...made, entries, removed }, additions));
    refuseBytes(
      this.bytes,
      rendered.plan.map(({ object }) => object),
    );
    return rendered;
  }

  /** Secrets that must exist before the release is applied; none while its secrets are printed. */
  get needed(): readonly NeededSecret[] {
    return this.inputs.secretMode === 'omit' ? this.render().needed : [];
  }

  /** The objects with their stages, in the order in which they can be applied. */
  plan(): readonly Entry[] {
    return this.render().plan;
  }

  /**
   * Texts by file name: `NAME.k8s.yaml`, `NAME.crds.k8s.yaml` where there are CustomResourceDefinitions, `NAME.application.yaml`
   * where it is asked for. With the target helm the files of a chart, below `NAME/`.
   * @param rendered what `render()` gave, where it is at hand
   */
  files(rendered: Render = this.render()): Record<string, string> {
    return filesOf(rendered, this.inputs);
  }

  /**
   * @returns the objects as plain data, in the order in which they can be applied
   * @throws Error with a target whose files are something only together
   */
  override toJson(): KubeObject[] {
    if (targets[this.inputs.target].prints === 'folder')
      throw new Error(
        `${this.node.path}: the target ${this.inputs.target} writes a chart, no stream of manifests: use ManifestApp, or files()`,
      );
    return this.plan().map(({ object }) => object);
  }
}

/** An object of the chart, as others changed it. */
function entryOf(construct: Manifest): Entry {
  const { entry, lifecycle } = construct;
  const refuse = (): never => {
    const message = `${nameOf(entry.object)} is of the chart: live values of your own are for objects that are added to the release`;
    throw new ValuesError([{ path: [], message }]);
  };
  const reader: Reader = { release: { name: '', namespace: '' }, value: refuse };
  return {
    ...entry,
    object: readingWith(reader, () => construct.toJson()),
    lifecycle,
    ...(readingWith(reader, () => construct.isChanged) ? { change: (object: KubeObject) => construct.change(object) } : {}),
  };
}
