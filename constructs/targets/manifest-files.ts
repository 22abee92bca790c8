// Files that hold manifests.
import { isCrd, isWebhookConfiguration, kindRank } from '../../kubernetes/kinds';
import { writeYaml, writeYamlStream } from '../../helm/yaml/write';
import type { Planned } from '../common/entry';
import { STAGES } from '../common/stages';
import { fileNames } from './file-names';
import { stageRank } from './plan';

/** Texts by file name: `NAME.k8s.yaml`, and `NAME.crds.k8s.yaml` where there are CustomResourceDefinitions. */
export function manifestFiles(name: string, objects: readonly { kind?: unknown }[]): Record<string, string> {
  const crds = objects.filter(isCrd);
  return {
    [`${name}.k8s.yaml`]: writeYamlStream(objects.filter((object) => !isCrd(object))),
    ...(crds.length ? { [`${name}.crds.k8s.yaml`]: writeYamlStream(crds) } : {}),
  };
}

/**
 * One file an object. They sort in the order in which they can be applied: stage,
 * Helm's install order of kinds, name; webhook configurations last.
 */
export function objectFiles(plan: readonly Planned[]): Record<string, string> {
  const names = fileNames(plan.map(({ object }) => object));
  return Object.fromEntries(
    plan.map(({ object, stage }) => {
      const place = isWebhookConfiguration(object.kind) ? `${STAGES.length}-webhooks` : `${stageRank(stage)}-${stage}`;
      return [`${place}-${String(kindRank(object.kind)).padStart(2, '0')}-${names.get(object) ?? ''}.yaml`, writeYaml(object)];
    }),
  );
}
