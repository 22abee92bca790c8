// The plan of a takeover as JSON, for programs. The shape is a promise: members are added, never renamed or removed.
import { fieldForJson, numbers } from '../diff/print/json';
import { keyOf } from '../diff/objects';
import { thingOf, type Plan } from './plan';

/**
 * {
 *   formatVersion: 1, release, chart, namespace, cluster, target, backup,       backup: the folder
 *   helm: { chart, revision, revisions },                                       its last revision, and how many there are
 *   refused: [text],                                                            why nothing can be done; empty when it can
 *   same: [OBJECT],                                                             change their owner, and nothing else
 *   changed: [{ OBJECT, restarts, fields: [FIELD] }],                           restarts: whether its pods are replaced
 *   foreign: [{ OBJECT, fields: [FIELD] }],                                     set by somebody else than Helm: they stay
 *   added: [OBJECT], deleted: [OBJECT],
 *   kept: [{ OBJECT, kept }],                                                   no longer of the release: why it is not deleted
 *   unmarked: [OBJECT],                                                         stay, and lose Helm's marks only
 *   values: { missing: [text], different: [text] },                             paths of Helm's values that the values do not give
 *   keys: [{ OBJECT, save }]                                                    Secrets with keys that nobody has saved, and the command
 * }
 * OBJECT stands for apiVersion, kind, namespace (missing for what is cluster-scoped) and name, FIELD for { path, change, before?, after?,
 * hidden? }. Secret values are never there: such a field has hidden: true.
 */
export function planJson(plan: Plan, target: string, backup: string): string {
  const { report, helm, revisions, same, changed, foreign, added, gone, kept, unmark, refusals, lacking, keys } = plan;
  const { release, chart, namespace, cluster } = report;
  const keyed = (object: Parameters<typeof thingOf>[0]): string => keyOf(thingOf(object));
  const restarts = new Set(report.restarts.map(keyed));
  const told = new Set(kept.map(keyed));
  return `${JSON.stringify(
    {
      formatVersion: 1,
      release,
      chart,
      namespace,
      cluster,
      target,
      backup,
      helm: { chart: helm.chart, revision: helm.version, revisions },
      refused: refusals,
      same,
      changed: changed.map(({ apiVersion, kind, namespace: place, name, fields }) => ({
        apiVersion,
        kind,
        namespace: place,
        name,
        restarts: restarts.has(keyed({ apiVersion, kind, namespace: place, name })),
        fields: fields.map(fieldForJson),
      })),
      foreign: foreign.map(({ object, fields }) => ({ ...object, fields: fields.map(fieldForJson) })),
      added,
      deleted: gone,
      kept,
      unmarked: unmark.filter((object) => !told.has(keyed(object))),
      values: { missing: lacking.missing, different: lacking.other },
      keys: keys.map(({ secret: { apiVersion, kind, namespace: place, name }, command }) => ({
        apiVersion,
        kind,
        namespace: place,
        name,
        save: command,
      })),
    },
    numbers,
    2,
  )}\n`;
}
