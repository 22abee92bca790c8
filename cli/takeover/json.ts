// The plan of a takeover as JSON, for programs. The shape is a promise: members are added, never renamed or removed.
import { fieldForJson, numbers } from '../diff/print/json';
import { keyOf } from '../diff/objects';
import type { ObjectChange, Report } from '../diff/report';
import type { Backup } from './backup';
import { thingOf, type Plan } from './plan';
import type { UndoPlan } from './undo';

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
      changed: changesForJson(changed, report),
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

/**
 * {
 *   formatVersion: 1, release, chart, namespace, cluster, target, backup,       target: of the takeover; backup: the folder
 *   records,                                                                    how many of Helm's records come back
 *   restored: [OBJECT],                                                         get Helm as their owner
 *   changed: [{ OBJECT, restarts, fields: [FIELD] }],                           those of them that become what they were
 *   recreated: [OBJECT], deleted: [OBJECT]
 * }
 */
export function undoJson({ report, restored, recreated, deleted }: UndoPlan, backup: Backup): string {
  const { release, chart, namespace, cluster, target, folder, records } = backup;
  return `${JSON.stringify(
    {
      formatVersion: 1,
      release,
      chart,
      namespace,
      cluster,
      target,
      backup: folder,
      records: records.length,
      restored,
      changed: changesForJson(report.objects, report),
      recreated,
      deleted,
    },
    numbers,
    2,
  )}\n`;
}

const keyed = (object: Parameters<typeof thingOf>[0]): string => keyOf(thingOf(object));

function changesForJson(changes: readonly ObjectChange[], { restarts }: Report): object[] {
  const restarting = new Set(restarts.map(keyed));
  return changes.map(({ apiVersion, kind, namespace, name, fields }) => ({
    apiVersion,
    kind,
    namespace,
    name,
    restarts: restarting.has(keyed({ apiVersion, kind, namespace, name })),
    fields: fields.map(fieldForJson),
  }));
}
