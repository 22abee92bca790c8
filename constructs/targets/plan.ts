// Orders and marks of objects, of which the targets choose.
import { isWebhookConfiguration, kindRank } from '../../kubernetes/kinds';
import type { KubeObject } from '../../kubernetes/object';
import type { Planned } from '../common/entry';
import { STAGES, type Stage } from '../common/stages';

export type Marks = Readonly<Record<string, string>>;

/** Whether CustomResourceDefinitions are printed with the rest, alone, or not at all. */
export const CRD_MODES = ['include', 'only', 'skip'] as const;
export type CrdMode = (typeof CRD_MODES)[number];

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
