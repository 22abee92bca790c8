// The one door for what no value covers: patches of finished objects, applied last.
import { JsonPatch } from 'cdk8s';
import { nearest } from '../../helm/suggest';
import type { KubeObject } from '../../kubernetes/object';
import { strategicMerge } from '../../kubernetes/strategic-merge';

/** One RFC 6902 operation. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export interface Patch {
  /** The object to change. A Job goes by its name without the hash. */
  readonly target: { readonly kind: string; readonly name: string; readonly namespace?: string };
  /** A strategic merge patch (a part of the object), or a list of RFC 6902 operations. */
  readonly patch: Readonly<Record<string, unknown>> | readonly PatchOperation[];
}

/** A patch that matches nothing, or that does not fit the object. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
  /**
   * @param index which of the patches
   * @param reason what is wrong with it, and the mend
   * @param release the release whose patches they are
   */
  constructor(
    readonly index: number,
    readonly reason: string,
    readonly release = '',
    options?: ErrorOptions,
  ) {
    super(`${release && `${release}: `}patches[${index}]${reason}`, options);
  }
}

/** @throws PatchError when a patch matches nothing or cannot be applied */
export function applyPatches(objects: readonly KubeObject[], patches: readonly Patch[], release?: string): KubeObject[] {
  const out = [...objects];
  patches.forEach(({ target, patch }, index) => {
    const { kind, name, namespace } = target;
    const matches = out.flatMap((object, at) =>
      object.kind === kind && object.metadata.name === name && (!namespace || object.metadata.namespace === namespace) ? [at] : [],
    );
    if (!matches.length) {
      const near = nearest(
        `${kind}/${name}`,
        out.map((object) => `${object.kind}/${object.metadata.name}`),
      );
      throw new PatchError(
        index,
        `: the release has no ${kind}/${name}${namespace ? ` in namespace ${namespace}` : ''}${near ? `; did you mean ${near}?` : ''}`,
        release,
      );
    }
    for (const at of matches) {
      const object = out[at] as KubeObject;
      const refuse = (reason: string, cause?: unknown): never => {
        throw new PatchError(index, `${reason} (${object.kind}/${object.metadata.name})`, release, { cause });
      };
      const patched = isOperations(patch) ? applyOperations(object, patch, refuse) : (strategicMerge(object, patch) as KubeObject);
      if (identityOf(patched) !== identityOf(object))
        refuse(' changes apiVersion, kind, name or namespace, by which other objects know this one: use a value that names it');
      out[at] = patched;
    }
  });
  return out;
}

const isOperations = (patch: Patch['patch']): patch is readonly PatchOperation[] => Array.isArray(patch);

const identityOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  [apiVersion, kind, metadata?.name, metadata?.namespace].join('/');

function applyOperations(
  object: KubeObject,
  operations: readonly PatchOperation[],
  refuse: (reason: string, cause?: unknown) => never,
): KubeObject {
  return operations.reduce<KubeObject>((patched, operation, index) => {
    const { op, path, from } = operation;
    const needed = op === 'add' ? path.slice(0, path.lastIndexOf('/')) : op === 'move' || op === 'copy' ? (from ?? '') : path;
    if (!isThere(patched, needed)) refuse(`[${index}]: ${op} ${path}: there is no ${needed || 'from'}`);
    try {
      return JsonPatch.apply(patched, toJsonPatch(operation)) as KubeObject;
    } catch (error) {
      return refuse(`[${index}]: ${op} ${path}: ${op === 'test' ? 'there is another value' : 'does not fit'}`, error);
    }
  }, structuredClone(object));
}

/** Whether an RFC 6901 pointer names something. */
function isThere(document: unknown, pointer: string): boolean {
  let at = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return true;
}

function toJsonPatch({ op, path, from, value }: PatchOperation): JsonPatch {
  switch (op) {
    case 'add':
      return JsonPatch.add(path, value);
    case 'remove':
      return JsonPatch.remove(path);
    case 'replace':
      return JsonPatch.replace(path, value);
    case 'move':
      return JsonPatch.move(from ?? '', path);
    case 'copy':
      return JsonPatch.copy(from ?? '', path);
    default:
      return JsonPatch.test(path, value);
  }
}
