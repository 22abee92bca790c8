// Build args become ARG lines after every FROM, wherever the Dockerfile's syntax has one.
import { BuildFailure } from '../errors';
import { parseDockerfile } from './instructions';

/**
 * Own args of a build and those of the operator, which win. Names lose what an ARG cannot have, as buildshuttle does it; empty ones and
 * nulls go.
 */
export function mergeBuildArgs(
  own: Readonly<Record<string, string | number | boolean | null>>,
  operators: Readonly<Record<string, string>>,
): Record<string, string> {
  const merged = new Map<string, string>();
  for (const args of [own, operators]) {
    for (const [name, value] of Object.entries(args)) {
      const clean = name.replace(/[^A-Za-z0-9_]+/g, '');
      if (clean !== '' && value !== null) merged.set(clean, String(value));
    }
  }
  return Object.fromEntries(merged);
}

/** Known to every builder without an ARG line; with one, their values (proxies may hold passwords) would go into the image's history. */
const PREDEFINED = /^(http_proxy|https_proxy|ftp_proxy|no_proxy|all_proxy)$/i;

/** Of all ARG lines together: they are as many as there are FROMs and build args, multiplied. */
const MOST_ARG_CHARS = 16 * 1024 ** 2;
/** The classic builder reads lines of at most 64 KiB. */
const ARG_LINE_CHARS = 8192;

/**
 * Adds `ARG name` for each name after every FROM, but for the proxies' that need none; everything else stays as it is, byte for byte.
 * @param joined an ARG names many: a classic builder, which makes a step and a container of each instruction, is through with them sooner
 */
export function addBuildArgs(dockerfile: string, given: readonly string[], joined = false): string {
  const names = given.filter((name) => !PREDEFINED.test(name));
  const ends = parseDockerfile(dockerfile).instructions.flatMap(({ keyword, end }) => (keyword === 'FROM' ? [end] : []));
  if (ends.length === 0) throw new BuildFailure('the Dockerfile has no FROM; begin it with the base image, or FROM scratch');
  if (names.length === 0) return dockerfile;
  if (names.reduce((sum, { length }) => sum + length + 'ARG '.length, 0) * ends.length > MOST_ARG_CHARS)
    throw new BuildFailure(
      `the Dockerfile has ${ends.length} FROMs and the build ${names.length} build args, which make more than ${MOST_ARG_CHARS} ` +
        'characters of ARG lines; send fewer',
    );
  const lines = dockerfile.split('\n');
  const args = (joined ? joinedNames(names) : names).map((name) => `ARG ${name}`);
  const carriage = lines[ends[0] ?? 0]?.endsWith('\r') === true ? '\r' : '';
  const after = new Set(ends);
  return lines
    .flatMap((line, index) =>
      after.has(index) ? [carriage !== '' && !line.endsWith('\r') ? `${line}\r` : line, ...args.map((arg) => arg + carriage)] : [line],
    )
    .join('\n');
}

function joinedNames(names: readonly string[]): string[] {
  const joined: string[] = [];
  for (const name of names) {
    const last = joined.at(-1);
    if (last === undefined || last.length + name.length >= ARG_LINE_CHARS) joined.push(name);
    else joined[joined.length - 1] = `${last} ${name}`;
  }
  return joined;
}

/** What means the same to every Dockerfile, quoted. */
const PLAIN_LABEL = /^[\w .:/@+=,-]*$/;

/**
 * Ends the last stage with one LABEL that has them all. Given as parameters each is a step of the classic builder, with a container.
 * `undefined` where a value needs more than quotes, or the Dockerfile's end would take the line in.
 */
export function addLabels(dockerfile: string, labels: Readonly<Record<string, string>>): string | undefined {
  const all = Object.entries(labels);
  if (all.some(([name, value]) => !PLAIN_LABEL.test(name) || !PLAIN_LABEL.test(value))) return undefined;
  const label = all.map(([name, value]) => `"${name}"="${value}"`).join(' ');
  const labelled = `${dockerfile}${dockerfile.endsWith('\n') ? '' : '\n'}LABEL ${label}\n`;
  const before = parseDockerfile(dockerfile).instructions;
  const after = parseDockerfile(labelled).instructions;
  const last = after.at(-1);
  return after.length === before.length + 1 && last?.keyword === 'LABEL' && last.rest === label ? labelled : undefined;
}

/** Flags that only BuildKit has. */
const BUILDKIT_FLAG = /^(--[a-z]+(=\S+)?\s+)*--(mount|network|security|link|chmod)\b/;

/** Whether a build needs BuildKit: heredocs, mounts, or a frontend of its own. */
export function needsBuildKit(dockerfile: string): boolean {
  const { instructions, hasSyntax } = parseDockerfile(dockerfile);
  return hasSyntax || instructions.some(({ rest, hasHeredocs }) => hasHeredocs || BUILDKIT_FLAG.test(rest));
}
