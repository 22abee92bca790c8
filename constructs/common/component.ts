// What every component is made of: its definition (chart facts, values, helpers) and the construct that holds its objects.
import { Construct, type IConstruct } from 'constructs';
import { ValuesError } from '../../helm/check';
import type { Fields, Group, ValuesInput } from '../../helm/schema';
import type { Definition } from './chart';
import { prepareValues } from './prepare';
import { Manifest } from './manifest';
import type { KubeObject } from '../../kubernetes/object';
import type { Context } from './context';
import type { Release } from './release';
import { onlyForHelm, stageOf, type Lifecycle, type Stage } from './stages';

export interface ComponentProps<S extends Group<Fields, boolean>> {
  readonly release: Release;
  /** The user's values for this component, below its own name. @default the published defaults */
  readonly values?: ValuesInput<S>;
  /** `global` of the umbrella chart. @default none */
  readonly global?: Readonly<Record<string, unknown>>;
}

/** Metadata type under which warnings hang in the construct tree. */
export const WARNING = 'cdk8s-estafette:warning';

/** Warnings of a construct and of everything below it; those of parts begin with the part's path. */
export const warningsOf = (root: IConstruct): string[] =>
  root.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === WARNING)
        .map(({ data }) => (construct === root ? String(data) : `${pathBelow(root, construct)}.${String(data)}`)),
    );

/** Keys of the values that a part goes by. */
export const pathBelow = (root: IConstruct, part: IConstruct): string =>
  part.node.path.slice(root.node.path.length + 1).replaceAll('/', '.');

/**
 * A part of a release that can be used alone: `new CockroachDb(chart, 'db', { release, values })`.
 * @throws ValuesError when the values do not fit, all mistakes at once.
 */
export abstract class Component<S extends Group<Fields, boolean>> extends Construct {
  /** The stage of what is neither configuration nor a key: the component's workloads and services. */
  protected abstract readonly stage: Stage;
  protected readonly context: Context<S>;
  private readonly namespace: string;

  constructor(scope: Construct, id: string, definition: Definition<S>, props: ComponentProps<S>) {
    super(scope, id);
    this.namespace = props.release.namespace;
    const warn = (path: string, message: string): void => this.node.addMetadata(WARNING, `${path}: ${message}`);
    const { values, warnings } = prepareValues(definition, props.release, (props.values ?? {}) as Record<string, unknown>, props.global);
    for (const warning of warnings) this.node.addMetadata(WARNING, warning);
    this.context = { release: props.release, chart: definition.chart, values, warn };
  }

  /** What users should know about their values, one sentence each, with the path of the value in front. */
  get warnings(): string[] {
    return warningsOf(this);
  }

  /**
   * Adds an object to the release; nothing for undefined, so that a resource file can decide not to make one,
   * nor for what only hooks run when the release runs none.
   * @throws ValuesError when the component has an object of that kind and name already
   */
  protected add(object: KubeObject | undefined, lifecycle: Lifecycle = {}): void {
    if (!object || (!this.context.release.runsHooks && onlyForHelm(lifecycle.hook))) return;
    const id = `${object.kind}-${object.metadata.namespace ?? ''}-${object.metadata.name}`;
    if (this.node.tryFindChild(id))
      throw new ValuesError([
        { path: [], message: `two objects would be called ${object.kind}/${object.metadata.name}: give one of them another name` },
      ]);
    new Manifest(this, id, { object, lifecycle, stage: stageOf(object, lifecycle, this.stage), namespace: this.namespace });
  }
}
