// What depends on the version of CockroachDB or of the cluster.
import { text } from '../../helm/print';
import { meets, SemanticVersion } from '../../helm/template/semver';

/** `semverCompare`: false for a version that cannot be read, which is reported elsewhere. */
export function hasVersion(version: unknown, constraint: string): boolean {
  const parsed = readVersion(text(version));
  return parsed !== undefined && meets(constraint, parsed);
}

export function readVersion(version: string): SemanticVersion | undefined {
  try {
    return SemanticVersion.parse(version);
  } catch {
    return undefined;
  }
}

/** Images before these versions cannot run without root. */
export const takesSecurityContext = (tag: unknown): boolean => hasVersion(tag, '>=22.1.2') || hasVersion(tag, '>=21.2.13, <22.1.0');
