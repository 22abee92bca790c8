// `.field`: keys of maps, and the few methods that Helm's values have.
import { Failure } from './errors';
import { SemanticVersion } from './semver';
import { supported } from './unsupported';
import { CAPABILITIES, getKey, hasKey, Int, isDict, isList, isStruct, staticTypeOf, typeOf, VERSION_SET } from './values';

const FILE_METHODS = new Set(['Get', 'GetBytes', 'Glob', 'Lines', 'AsConfig', 'AsSecrets']);

/** The field of a value; `before` is the name of the field that the value was read from. */
export function readField(receiver: unknown, name: string, args: readonly unknown[], before: string | undefined): unknown {
  if (before === 'Files' && FILE_METHODS.has(name)) {
    throw new Failure(`.Files.${name} is not pure: it reads the chart's files`, "write the file's content into the values file");
  }
  if (receiver === undefined) return undefined;
  if (receiver === null) {
    throw new Failure(
      `nil pointer evaluating interface {}.${name}`,
      `${before === undefined ? 'the value' : `.${before}`} is missing or null; set it, or guard it with if or with`,
    );
  }
  if (receiver instanceof SemanticVersion) return versionMethod(receiver, name, args);
  if (isList(receiver) && typeOf(receiver) === VERSION_SET && name === 'Has') return hasVersion(receiver, args);
  if (!isDict(receiver)) throw new Failure(`can't evaluate field ${name} in type ${staticTypeOf(receiver)}`);
  if (isStruct(receiver)) return structField(receiver, name);
  if (typeOf(receiver) === CAPABILITIES && !hasKey(receiver, name))
    throw new Failure(`can't evaluate field ${name} in type ${CAPABILITIES}`);
  if (args.length > 0) throw new Failure(`${name} is not a method but has arguments`);
  if (hasKey(receiver, name)) return supported(getKey(receiver, name));
  return typeOf(receiver) === 'map[string]string' ? '' : null;
}

function hasVersion(versions: readonly unknown[], args: readonly unknown[]): boolean {
  const [version, ...rest] = args;
  if (version === undefined || rest.length > 0) throw new Failure(`wrong number of args for Has: want 1 got ${args.length}`);
  if (typeof version !== 'string') throw new Failure(`wrong type for value; expected string; got ${staticTypeOf(version)}`);
  return versions.includes(version);
}

/** Helm's KubeVersion: Version, Major and Minor, and GitVersion as an older name. */
function structField(receiver: Record<string, unknown>, name: string): unknown {
  if (hasKey(receiver, name)) return getKey(receiver, name);
  if (name === 'GitVersion' || name === 'String') return getKey(receiver, 'Version');
  throw new Failure(`can't evaluate field ${name} in type ${typeOf(receiver)}`);
}

function versionMethod(version: SemanticVersion, name: string, args: readonly unknown[]): unknown {
  switch (name) {
    case 'Major':
      return new Int(version.major, 'uint64');
    case 'Minor':
      return new Int(version.minor, 'uint64');
    case 'Patch':
      return new Int(version.patch, 'uint64');
    case 'Prerelease':
      return version.prerelease;
    case 'Metadata':
      return version.metadata;
    case 'Original':
      return version.original;
    case 'String':
      return version.toString();
    case 'Compare':
      return new Int(BigInt(version.compare(otherVersion(name, args))));
    case 'Equal':
      return version.compare(otherVersion(name, args)) === 0;
    case 'LessThan':
      return version.compare(otherVersion(name, args)) < 0;
    case 'GreaterThan':
      return version.compare(otherVersion(name, args)) > 0;
    default:
      throw new Failure(`can't evaluate field ${name} in type *semver.Version`);
  }
}

function otherVersion(name: string, [other]: readonly unknown[]): SemanticVersion {
  if (other instanceof SemanticVersion) return other;
  throw new Failure(`${name} wants a version, got ${staticTypeOf(other)}`, 'make it one with semver');
}
