// The plan of a takeover, for the person who decides on it.
import { titleOf, type Reference } from '../diff/objects';
import { fieldLines } from '../diff/print/text';
import type { Plan } from './plan';

/** @param folder that the backup is written to */
export function printPlan(plan: Plan, target: string, folder: string): string {
  const { report, helm, revisions } = plan;
  const restarts = new Set(report.restarts.map(titleOf));
  const lines = [
    `Taking over ${report.release} (${report.chart}) in namespace ${report.namespace}, ${report.cluster}, for ${target}.`,
    `Helm has ${revisions === 1 ? 'one revision' : `${revisions} revisions`} of it; the last one is ` +
      `${helm.version}, of the chart ${helm.chart}.`,
    '',
    ...section(
      'Refused, so that nothing is done',
      plan.refusals.map((sentence) => `! ${sentence}`),
    ),
    `Recreated: none. ${plan.same.length} objects change their owner, and nothing else.`,
    ...section(
      'Objects that change',
      plan.changed.flatMap((change) => [
        `~ ${titleOf(change)}${restarts.has(titleOf(change)) ? ' (pods restart)' : ''}`,
        ...change.fields.flatMap((field) => fieldLines(field, '    ')),
      ]),
    ),
    ...section(
      'Fields that somebody else than Helm has set, and that stay',
      plan.foreign.flatMap(({ object, fields }) => [titleOf(object), ...fields.flatMap((field) => fieldLines(field, '    '))]),
    ),
    ...section(
      'New',
      plan.added.map((object) => `+ ${titleOf(object)}${object.kind === 'Job' ? ' (runs once)' : ''}`),
    ),
    ...section(
      'Deleted',
      plan.gone.map((object) => `- ${titleOf(object)}`),
    ),
    ...section('Stay, though the release no longer has them', staying(plan)),
    ...section('Values of Helm’s release that the values do not give (what they are is not shown)', [
      ...plan.lacking.missing.map((path) => `- ${path}`),
      ...plan.lacking.other.map((path) => `~ ${path}: is another`),
    ]),
    ...section(
      'Keys that only the cluster has; save them',
      plan.keys.map(({ command }) => `$ ${command}`),
    ),
    '',
    `Before the first write, ${folder} gets a copy of every object and of Helm's records. It holds secrets: keep it to yourself.`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function staying({ kept, unmark }: Plan): string[] {
  const told = new Set(kept.map(titleOf));
  return [
    ...kept.map((deletion) => `${titleOf(deletion)}: ${deletion.kept}`),
    ...unmark.filter((object: Reference) => !told.has(titleOf(object))).map((object) => `${titleOf(object)}: it loses Helm's marks only`),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length ? [`${title}:`, ...lines.map((line) => `  ${line}`)] : [];
