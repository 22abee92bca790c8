// CockroachDB: from one version to the next without skipping one that has to be passed, and never back.
import { readVersion } from '../../../constructs/cockroachdb/version';
import type { Thing } from '../objects';
import { containersOf } from '../shapes/pod';
import type { Change, Found, Upgrade } from './finding';

/**
 * Year and number of a release line. Two a year until 2023; three in 2024, four a year since. Since 24.2 every second line is an
 * "innovation" one that may be passed over (cockroachlabs.com/docs/releases): 24.2, then 25.1, 25.3, 26.1, ...
 */
type Line = readonly [year: number, number: number];

const isOptional = ([year, number]: Line): boolean => (year === 24 ? number === 2 : year > 24 && number % 2 === 1);
const linesOf = (year: number): number => (year < 24 ? 2 : year === 24 ? 3 : 4);
/** Before the years there were 1.0, 1.1, 2.0 and 2.1. */
const next = ([year, number]: Line): Line => {
  if (year < 19) return number === 0 ? [year, 1] : year === 1 ? [2, 0] : [19, 1];
  return number < linesOf(year) ? [year, number + 1] : [year + 1, 1];
};
const isBefore = (a: Line, b: Line): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/** Lines between two that a cluster has to run on its way. */
export function linesBetween(from: Line, to: Line): Line[] {
  const passed: Line[] = [];
  for (let line = next(from); isBefore(line, to); line = next(line)) if (!isOptional(line)) passed.push(line);
  return passed;
}

const show = ([year, number]: Line): string => `v${year}.${number}`;

export function databaseVersion({ before, after }: Change, { show: told }: Pick<Upgrade, 'show'>): Found[] {
  if (after.kind !== 'StatefulSet') return [];
  const [was, is] = [versionOf(before), versionOf(after)];
  if (!was || !is) return [];
  const found = (reason: string, wayOut: string): Found[] => [
    {
      rule: 'database-version',
      path: `spec.template.spec.containers[${is.container}].image`,
      reason: `CockroachDB ${told(was.tag)} → ${told(is.tag)}: ${reason}`,
      wayOut,
      commands: [],
    },
  ];
  if (isBefore(is.line, was.line))
    return found(
      'a database never goes back to an earlier line once the upgrade is final',
      'keep the version; before the upgrade is final, and only by one line, the old image may be put back by hand',
    );
  const between = linesBetween(was.line, is.line);
  return between.length
    ? found(
        `${between.map(show).join(', ')} must not be skipped`,
        `go there step by step: set the image tag to the last patch of ` +
          `${[...between, is.line].map(show).join(', then ')}, and let each upgrade end before the next`,
      )
    : [];
}

interface Version {
  readonly container: string;
  readonly tag: string;
  readonly line: Line;
}

/** Of the first container whose image is CockroachDB's, from whatever registry. */
function versionOf(object: Thing): Version | undefined {
  for (const { name, image } of containersOf(object)) {
    const tag = /(?:^|\/)cockroach[^/:@]*:([^@]+)/.exec(String(image))?.[1];
    const version = tag === undefined ? undefined : readVersion(tag);
    if (tag !== undefined && version && version.major < 100n)
      return { container: String(name), tag, line: [Number(version.major), Number(version.minor)] };
  }
  return undefined;
}
