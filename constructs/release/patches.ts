// The one door for what no value covers: patches of finished objects, applied last.
import { showPath } from '../../helm/check';
import { nearest } from '../../helm/suggest';
import { MergeError, strategicMerge } from '../../kubernetes/strategic-merge';
import type { KubeObject } from '../../kubernetes/object';
import { applyOperations, OperationError, type PatchOperation } from '../common/json-patch';
import { patchIssues } from './patch-shape';

export type { PatchOperation } from '../common/json-patch';

export interface Patch {
  /** The object to change. A Job goes by its name without the hash. */
  readonly target: { readonly kind: string; readonly name: string; readonly namespace?: string };
  /**
   * A strategic merge patch (a part of the object), or a list of RFC 6902 operations. As kustomize has it: null deletes a member,
   * `$patch: delete` what it stands in (at the top, the object), `$patch: replace` keeps nothing of what was there.
   */
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

/**
 * The objects, patched, in their places: undefined where a patch took the object away.
 * @throws PatchError when a patch matches nothing, or does not fit
 */
export function applyPatches(objects: readonly KubeObject[], patches: readonly Patch[], release?: string): (KubeObject | undefined)[] {
  const out: (KubeObject | undefined)[] = [...objects];
  patches.forEach((patch, index) => {
    const [issue] = patchIssues(patch);
    if (issue) throw new PatchError(index, `${issue.path.length ? `.${showPath(issue.path)}` : ''}: ${issue.message}`, release);
    for (const at of matchesOf(out, patch.target, (reason) => new PatchError(index, reason, release))) {
      const object = out[at] as KubeObject;
      try {
        out[at] = applied(object, patch.patch);
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === undefined) throw error;
        throw new PatchError(index, `${reason} (${object.kind}/${object.metadata.name})`, release, { cause: error });
      }
    }
  });
  return out;
}

/** Where the objects of a target stand. */
function matchesOf(
  objects: readonly (KubeObject | undefined)[],
  { kind, name, namespace }: Patch['target'],
  refusal: (reason: string) => PatchError,
): number[] {
  const matches = objects.flatMap((object, at) =>
    object?.kind === kind && object.metadata.name === name && (!namespace || object.metadata.namespace === namespace) ? [at] : [],
  );
  if (matches.length) return matches;
  const near = nearest(
    `${kind}/${name}`,
    objects.filter((object) => object !== undefined).map((object) => `${object.kind}/${object.metadata.name}`),
  );
  throw refusal(
    `: the release has no ${kind}/${name}${namespace ? ` in namespace ${namespace}` : ''}${near ? `; did you mean ${near}?` : ''}`,
  );
}

/** What no patch may do. */
class Refused extends Error {}

function applied(object: KubeObject, patch: Patch['patch']): KubeObject | undefined {
  const patched = isOperations(patch) ? applyOperations(object, patch) : strategicMerge({ ...object }, patch);
  if (patched !== undefined && identityOf(patched) !== identityOf(object))
    throw new Refused(' changes apiVersion, kind, name or namespace, by which other objects know this one: use a value that names it');
  return patched as KubeObject | undefined;
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refused) return error.message;
  if (error instanceof OperationError) return `.patch[${error.index}]: ${error.message}`;
  if (error instanceof MergeError) return `.patch${error.path.length ? `.${showPath(error.path)}` : ''}: ${error.message}`;
  return undefined;
}

const isOperations = (patch: Patch['patch']): patch is readonly PatchOperation[] => Array.isArray(patch);

/** None for what is not an object any more. */
function identityOf(object: unknown): string | undefined {
  const { apiVersion, kind, metadata } = (object ?? {}) as Partial<KubeObject>;
  const { name, namespace } = ((typeof metadata === 'object' ? metadata : undefined) ?? {}) as Partial<KubeObject['metadata']>;
  return JSON.stringify([apiVersion, kind, name, namespace]);
}
