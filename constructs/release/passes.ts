// The passes between charts and target, by name, in their order. Each takes all objects of a release and gives them back, changed.
import { ValuesError } from '../../helm/check';
import type { KubeObject } from '../../kubernetes/object';
import type { Entry, NeededSecret } from '../common/entry';
import { imageSettings } from '../common/global';
import { kubernetesStrings } from '../common/strings';
import { uniqueNames } from '../common/unique-names';
import { targets } from '../targets';
import { marked } from '../targets/plan';
import { fromMirror, withPullSecret } from './images';
import type { Inputs } from './inputs';
import { applyPatches } from './patches';
import { withoutSecrets } from './secrets';

type Pass = (entries: readonly Entry[], inputs: Inputs) => readonly Entry[];

const PASSES = {
  /** What the target takes at all. */
  selection: (entries, { target }) => entries.filter((entry) => targets[target].takes(entry)),

  /** Every image comes from the mirror of `global.imageRegistry`. */
  imageRegistry: (entries, { values }) => fromMirror(entries, imageSettings(values['global'])),

  /** Every pod pulls with the login of `global.imageCredentials`. */
  imageCredentials: (entries, { values, release }) => withPullSecret(entries, imageSettings(values['global']), release.name),

  /** No secret is printed unless `secrets.mode` says so. @throws ValuesError */
  secrets: withoutSecrets,

  /** Nothing is there twice. @throws ValuesError */
  names: (entries) => {
    const { entries: unique, issues } = uniqueNames(entries);
    if (issues.length) throw new ValuesError(issues);
    return unique;
  },

  /** What an object is for, as the target tells it to the one who applies it. */
  marks: (entries, { target }) => entries.map((entry) => ({ ...entry, object: marked(entry.object, targets[target].marks(entry)) })),

  /** Last, so that they can change all of it. @throws PatchError */
  patches: (entries, { patches, release }) => {
    if (!patches.length) return entries;
    const known = entries.map(({ object, knownAs }) => (knownAs ? named(object, knownAs) : object));
    const patched = applyPatches(known, patches, release.name);
    return entries.flatMap((entry, index) => {
      const object = patched[index];
      if (object === undefined || object === known[index]) return object === undefined ? [] : [entry];
      const { name, namespace } = entry.object.metadata;
      return [{ ...entry, object: kubernetesStrings(entry.knownAs ? named(object, { name, namespace }) : object) }];
    });
  },
} satisfies Readonly<Record<string, Pass>>;

const named = (object: KubeObject, { name, namespace }: Pick<KubeObject['metadata'], 'name' | 'namespace'>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, name, ...(namespace === undefined ? {} : { namespace }) },
});

export interface Passed {
  /** What is printed. */
  readonly entries: readonly Entry[];
  /** What must exist, by namespace and name. */
  readonly needed: readonly NeededSecret[];
}

/** @throws ValuesError, PatchError */
export function throughPasses(entries: readonly Entry[], inputs: Inputs): Passed {
  const passed = Object.values(PASSES).reduce<readonly Entry[]>((before, pass) => pass(before, inputs), entries);
  const needed = passed.flatMap(({ object: { metadata }, needed: secret }) =>
    secret ? [{ namespace: metadata.namespace ?? '', name: metadata.name, ...secret }] : [],
  );
  return { entries: needed.length ? passed.filter((entry) => !entry.needed) : passed, needed: needed.toSorted((a, b) => order(a, b)) };
}

const order = (a: NeededSecret, b: NeededSecret): number => {
  const [one, other] = [a, b].map(({ namespace, name }) => `${namespace}/${name}`);
  return String(one) < String(other) ? -1 : 1;
};
