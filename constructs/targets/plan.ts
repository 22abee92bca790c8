// What a target works on and gives back: objects with their stage and purpose.
import { isWebhookConfiguration, kindRank } from '../../kubernetes/kinds';
import type { KubeObject } from '../../kubernetes/object';
import { STAGES, type Lifecycle, type Stage } from '../common/stages';

export type Marks = Readonly<Record<string, string>>;

export interface Planned {
  readonly object: KubeObject;
  readonly stage: Stage;
  readonly lifecycle: Lifecycle;
}

/** Whether CustomResourceDefinitions are printed with the rest, alone, or not at all. */
export type CrdMode = 'include' | 'only' | 'skip';

export interface PlanOptions {
  readonly crds: CrdMode;
}

export interface Target {
  /** Whether Helm installs what is printed: it runs hooks, those for tests and at uninstall included, and makes the namespace. */
  readonly installedByHelm: boolean;
  /** Annotations that tell the one who applies an object what it is for. Patches can change them. */
  marks(planned: Planned): Marks;
  /** The objects that are printed, in the order in which they can be applied, under their final names. What else an entry carries stays with it. */
  plan<P extends Planned>(objects: readonly P[], options: PlanOptions): P[];
}

/** The object with the marks; an annotation that it has already wins. */
export function marked(object: KubeObject, marks: Marks): KubeObject {
  if (!Object.keys(marks).length) return object;
  const own: object = object.metadata.annotations ?? {};
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...own, ...Object.fromEntries(Object.entries(marks).filter(([key]) => !Object.hasOwn(own, key))) },
    },
  };
}

const STAGE_RANK = new Map<Stage, number>(STAGES.map((stage, index) => [stage, index]));
export const stageRank = (stage: Stage): number => STAGE_RANK.get(stage) ?? STAGES.length;

/** By stage, then Helm's install order, then name: no order depends on how the code is arranged. */
export function inOrder<P extends Planned>(objects: readonly P[]): P[] {
  const keyed = objects.map((planned) => {
    const { kind, metadata } = planned.object;
    return {
      planned,
      late: isWebhookConfiguration(kind) ? 1 : 0,
      stage: stageRank(planned.stage),
      rank: kindRank(kind),
      name: [kind, metadata.name, metadata.namespace ?? ''].join('\0'),
    };
  });
  keyed.sort((a, b) => a.late - b.late || a.stage - b.stage || a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return keyed.map(({ planned }) => planned);
}

export function selectCrds<P extends Planned>(objects: readonly P[], mode: CrdMode): readonly P[] {
  if (mode === 'include') return objects;
  return objects.filter(({ object }) => (object.kind === 'CustomResourceDefinition') === (mode === 'only'));
}
