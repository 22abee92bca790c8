// The state of a release for people, on one screen, and for programs.
import { titleOf } from '../diff/objects';
import type { Judgement, Progress } from './judge';
import { TROUBLES, type Problem, type Trouble } from './problem';

const TITLES: Readonly<Record<Trouble, string>> = {
  missing: 'Missing',
  changed: 'Changed',
  failed: 'Failed',
  notReady: 'Not ready',
  certificate: 'Certificates that end',
  claim: 'Claims nearly full',
  keys: 'Keys not saved',
};

/** More would not fit on a screen; the JSON has all. */
const OBJECTS = 10;
const LINES = 4;

export function printStatus({ release, chart, namespace, cluster, objects, problems, unknown }: Judgement): string {
  const sections = TROUBLES.flatMap((trouble) =>
    section(
      TITLES[trouble],
      problems.filter((problem) => problem.trouble === trouble),
    ),
  );
  const sum = problems.length
    ? `${problems.length === 1 ? 'One thing is' : `${problems.length} things are`} not as it should be; ${objects} objects are there.`
    : `All is well: ${objects} objects are there.`;
  return [`${release} (${chart}) in namespace ${namespace}, ${cluster}:`, ...sections, ...unknown.map((sentence) => `? ${sentence}`), sum]
    .map((line) => `${line}\n`)
    .join('');
}

function section(title: string, problems: readonly Problem[]): string[] {
  if (!problems.length) return [];
  const more = problems.length - OBJECTS;
  return [title, ...problems.slice(0, OBJECTS).flatMap(problemLines), ...(more > 0 ? [`  and ${more} more: --output json has all`] : [])];
}

function problemLines(problem: Problem): string[] {
  const { message, details } = problem;
  const more = details.length - LINES;
  return [
    `  ${titleOf(problem)} ${message}`,
    ...details.slice(0, LINES).map((line) => `    ${line}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

/** A roll-out on one line. */
export function progressLine({ ready, all, waiting }: Progress): string {
  const first = waiting[0];
  const others = waiting.length - 1;
  return `${ready} of ${all} objects are ready${
    first ? `; waits for ${titleOf(first)}: ${first.message}${others > 0 ? `, and for ${others} more` : ''}` : ''
  }`;
}

/**
 * {
 *   formatVersion: 1, release, chart, namespace, cluster, well,
 *   objects,                                             how many are there
 *   problems: [{ trouble, OBJECT, message, details: [text], stuck? }],  stuck: it does not come right by itself
 *   unknown: [text]                                      what could not be looked at
 * }
 * trouble is one of missing, changed, failed, notReady, certificate, claim, keys. OBJECT stands for apiVersion, kind, namespace (missing
 * for what is cluster-scoped) and name. The shape is a promise: members are added, never renamed or removed.
 */
export const statusJson = (judgement: Judgement): string =>
  `${JSON.stringify({ formatVersion: 1, well: !judgement.problems.length, ...judgement }, undefined, 2)}\n`;
