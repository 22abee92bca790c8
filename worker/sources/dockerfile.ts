// Build args become ARG lines after every FROM, wherever the Dockerfile's syntax has one.
import { DockerfileParser } from 'dockerfile-ast';
import { BuildFailure } from '../errors';

/**
 * Own args of a build and those of the operator, which win. Names lose what an ARG cannot have, as buildshuttle does it; empty ones and nulls go.
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

/** Adds `ARG name` for each name after every FROM, but for the proxies' that need none; everything else stays as it is, byte for byte. */
export function addBuildArgs(dockerfile: string, given: readonly string[]): string {
  const names = given.filter((name) => !PREDEFINED.test(name));
  const parsed = DockerfileParser.parse(dockerfile);
  const ends = parsed.getFROMs().map((from) => from.getRange().end.line);
  if (ends.length === 0) throw new BuildFailure('the Dockerfile has no FROM; begin it with the base image, or FROM scratch');
  if (names.length === 0) return dockerfile;
  const lines = dockerfile.split('\n');
  const args = names.map((name) => `ARG ${name}`);
  const carriage = lines[ends[0] ?? 0]?.endsWith('\r') === true ? '\r' : '';
  const after = new Set(ends);
  return lines
    .flatMap((line, index) =>
      after.has(index) ? [carriage !== '' && !line.endsWith('\r') ? `${line}\r` : line, ...args.map((arg) => arg + carriage)] : [line],
    )
    .join('\n');
}

/** Whether a build needs BuildKit: heredocs, mounts, or a frontend of its own. */
export function needsBuildKit(dockerfile: string): boolean {
  const parsed = DockerfileParser.parse(dockerfile);
  const lines = dockerfile.split('\n');
  if (parsed.getDirectives().some((directive) => directive.getName().toLowerCase() === 'syntax')) return true;
  return parsed.getInstructions().some((instruction) => {
    const { start, end } = instruction.getRange();
    const text = lines
      .slice(start.line, end.line + 1)
      .join('\n')
      .replace(/^\s*\S+/, '');
    return (
      /^\s*(--[a-z]+(=\S+)?\s+)*--(mount|network|security|link|chmod)\b/.test(text) ||
      (/^(RUN|COPY|ADD)$/i.test(instruction.getInstruction()) && /<<-?["']?[A-Za-z_]/.test(text))
    );
  });
}
