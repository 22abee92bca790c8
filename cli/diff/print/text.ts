// The comparison for a terminal: what a server refuses, then object by object, then the sum.
import { writeYaml } from '../../../helm/yaml/write';
import { pathText, type FieldChange } from '../compare';
import { titleOf } from '../objects';
import type { Finding, ObjectChange, Report } from '../report';
import { sequenceDiff } from '../sequence';
import { summaryOf } from './summary';

export type Paint = (kind: 'added' | 'removed' | 'changed' | 'refused' | 'title', text: string) => string;
export const plain: Paint = (_kind, text) => text;

const CODES = { added: 32, removed: 31, changed: 33, refused: 31, title: 1 } as const;
export const coloured: Paint = (kind, text) => `\u001B[${CODES[kind]}m${text}\u001B[0m`;

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

export interface TextOptions {
  readonly paint?: Paint;
  /** Lists what a server refuses, in front. @default false */
  readonly upgrade?: boolean;
}

export function printText(report: Report, { paint = plain, upgrade = false }: TextOptions = {}): string {
  const lines = [
    ...(report.cluster === undefined ? [] : [`Compared with ${report.cluster}:`]),
    ...(upgrade ? report.refused.flatMap((finding) => refused(finding, paint)) : []),
    ...report.objects.flatMap((object) => objectLines(object, report, paint)),
    ...summaryOf(report),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const refused = (finding: Finding, paint: Paint): string[] => [
  paint('refused', `! ${titleOf(finding)} ${finding.path}: ${finding.reason}`),
  `    ${finding.wayOut}`,
  ...finding.commands.map((command) => `    $ ${command}`),
  '',
];

function objectLines(object: ObjectChange, report: Report, paint: Paint): string[] {
  const restarts = report.restarts.some(
    ({ kind, namespace, name }) => kind === object.kind && namespace === object.namespace && name === object.name,
  );
  const note = object.previousName
    ? ` (was ${object.previousName}: runs again)`
    : restarts
      ? object.kind === 'Pod'
        ? ' (has to be made anew)'
        : ' (pods restart)'
      : '';
  return [
    `${paint(object.change, MARKS[object.change])} ${paint('title', titleOf(object))}${note}`,
    ...object.fields.flatMap((field) => fieldLines(field, '    ', paint)),
  ];
}

/** A field on one line, a text of several lines or a whole part of an object on lines of their own. */
export function fieldLines({ path, hidden, ...values }: FieldChange, pad: string, paint: Paint = plain): string[] {
  const name = pathText(path);
  if (hidden) return [`${pad}${paint(hidden, MARKS[hidden])} ${name}: ${hidden} (hidden)`];
  const { before, after } = values;
  if (typeof before === 'string' && typeof after === 'string' && (before.includes('\n') || after.includes('\n'))) {
    return [`${pad}${paint('changed', MARKS.changed)} ${name}:`, ...textLines(before, after, `${pad}    `, paint)];
  }
  if (before === undefined) return valueLines('added', name, after, pad, paint);
  if (after === undefined) return valueLines('removed', name, before, pad, paint);
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  if (was.length + is.length < 160)
    return [`${pad}${paint('changed', MARKS.changed)} ${name}: ${paint('removed', oneLine(before))} → ${paint('added', oneLine(after))}`];
  return [...valueLines('removed', name, before, pad, paint), ...valueLines('added', name, after, pad, paint)];
}

const oneLine = (value: unknown): string => (typeof value === 'string' && /^[^\s"'{}[\],]+$/.test(value) ? value : JSON.stringify(value));

function valueLines(change: 'added' | 'removed', name: string, value: unknown, pad: string, paint: Paint): string[] {
  const head = `${pad}${paint(change, MARKS[change])} ${name}:`;
  if (typeof value === 'object' && value !== null && JSON.stringify(value).length > 100)
    return [
      head,
      ...writeYaml(value)
        .trimEnd()
        .split('\n')
        .map((line) => `${pad}    ${paint(change, line)}`),
    ];
  if (typeof value === 'string' && value.includes('\n'))
    return [
      head,
      ...value
        .trimEnd()
        .split('\n')
        .map((line) => `${pad}    ${paint(change, line)}`),
    ];
  return [`${head} ${paint(change, oneLine(value))}`];
}

/** Lines that differ, each after a minus or plus; a line of dots where some stay the same in between. */
function textLines(before: string, after: string, pad: string, paint: Paint): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let reached = 0;
  return sequenceDiff(old, now).flatMap(({ from, to }, index) => {
    const gap = index > 0 && (from ?? reached) > reached ? [`${pad}...`] : [];
    reached = from === undefined ? reached : from + 1;
    return [
      ...gap,
      ...(from === undefined ? [] : [`${pad}${paint('removed', `- ${old[from] ?? ''}`)}`]),
      ...(to === undefined ? [] : [`${pad}${paint('added', `+ ${now[to] ?? ''}`)}`]),
    ];
  });
}
