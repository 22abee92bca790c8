// The one door for what no value covers: patches of finished objects, applied last.
import { JsonPatch } from 'cdk8s';
import { nearest } from '../../helm/suggest';
import type { KubeObject } from './manifest';
import { strategicMerge } from './strategic-merge';

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
}

/** @throws PatchError when a patch matches nothing or cannot be applied */
export function applyPatches(objects: readonly KubeObject[], patches: readonly Patch[]): KubeObject[] {
  const out = [...objects];
  patches.forEach(({ target, patch }, index) => {
    const { kind, name, namespace } = target;
    const matches = out.flatMap((object, at) => (object.kind === kind && object.metadata.name === name && (!namespace || object.metadata.namespace === namespace) ? [at] : []));
    if (!matches.length) {
      const near = nearest(`${kind}/${name}`, out.map((object) => `${object.kind}/${object.metadata.name}`));
      throw new PatchError(`patches[${index}]: the release has no ${kind}/${name}${namespace ? ` in namespace ${namespace}` : ''}${near ? `; did you mean ${near}?` : ''}`);
    }
    for (const at of matches) out[at] = apply(out[at] as KubeObject, patch, index);
  });
  return out;
}

function apply(object: KubeObject, patch: Patch['patch'], index: number): KubeObject {
  if (!isOperations(patch)) return strategicMerge(object, patch) as KubeObject;
  try {
    return JsonPatch.apply(structuredClone(object), ...patch.map(operation)) as KubeObject;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new PatchError(`patches[${index}] does not fit ${object.kind}/${object.metadata.name}: ${reason}`, { cause: error });
  }
}

const isOperations = (patch: Patch['patch']): patch is readonly PatchOperation[] => Array.isArray(patch);

function operation({ op, path, from, value }: PatchOperation): JsonPatch {
  switch (op) {
    case 'add': return JsonPatch.add(path, value);
    case 'remove': return JsonPatch.remove(path);
    case 'replace': return JsonPatch.replace(path, value);
    case 'move': return JsonPatch.move(from ?? '', path);
    case 'copy': return JsonPatch.copy(from ?? '', path);
    default: return JsonPatch.test(path, value);
  }
}
