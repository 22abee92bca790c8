// The other side of the comparison: what Helm, kubectl or we printed, as the objects of the release.
import { readYamlStream } from '../../helm/yaml/read';
import { readingYaml } from '../input/files';
import { InputError } from '../usage';
import { at, isLive, isPlain, keyOf, type Plain, type Thing } from './objects';
import { sortOut, type Sorted, type Wanted } from './ownership';

export interface Manifests extends Sorted {
  /** Keys of all objects that a server has printed. */
  readonly live: ReadonlySet<string>;
  /** What was left out though it is there, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Objects of a text: a YAML stream, lists of kubectl, JSON. Of what a cluster holds, those that the release has now, or that bear its mark.
 * @param source what the text is called in errors
 * @throws InputError when the text is not a manifest
 */
export function readManifests(text: string, source: string, wanted: Wanted): Manifests {
  const documents = readingYaml(() => readDocuments(text, source));
  const all = documents.flatMap((document, index) => objectsIn(document, `${source}: document ${index + 1}`));
  const sorted = sortOut(all, wanted);
  const hooks = all.some((object) => at(object, 'metadata', 'annotations', 'helm.sh/hook') !== undefined);
  return {
    ...sorted,
    live: new Set(all.filter(isLive).map(keyOf)),
    notes: [
      ...leftOut(
        sorted.unmarked,
        (count) =>
          `${source}: ${count === 1 ? 'one object bears' : `${count} objects bear`} no mark of the release ` +
          `${wanted.release} and ${count === 1 ? 'is' : 'are'} left out`,
      ),
      ...leftOut(
        sorted.elsewhere,
        (count) =>
          `${source}: ${count === 1 ? 'one object is' : `${count} objects are`} of a release ${wanted.release} in ` +
          `another namespace than ${wanted.namespace} and left out`,
      ),
      ...(HELM_PRINTED.test(text) && !hooks && wanted.hooks
        ? [
            `${source} holds no hook of Helm, so that they seem to be new: add what "helm get hooks ` +
              `${wanted.release} -n ${wanted.namespace}" prints`,
          ]
        : []),
    ],
  };
}

/** Helm names the template of each object that it prints. */
const HELM_PRINTED = /^# Source: \S+\/\S+$/m;

const leftOut = (objects: readonly Thing[], say: (count: number) => string): string[] =>
  objects.length ? [`${say(objects.length)}: ${some(objects.map(titleOf))}`] : [];
const titleOf = ({ kind, metadata }: Thing): string => `${kind}/${metadata.name}${metadata.namespace ? ` (${metadata.namespace})` : ''}`;
const some = (names: readonly string[]): string => (names.length > 5 ? `${names.slice(0, 5).join(', ')} and others` : names.join(', '));

/** JSON is YAML too, and read faster as what it is. */
function readDocuments(text: string, source: string): unknown[] {
  if (text.trimStart().startsWith('{')) {
    try {
      return [JSON.parse(text)];
    } catch {
      return readYamlStream(text, source);
    }
  }
  return readYamlStream(text, source);
}

function objectsIn(document: unknown, place: string): Thing[] {
  if (!isPlain(document))
    throw new InputError([
      `${place} is not a Kubernetes object but ${Array.isArray(document) ? 'a list' : 'a text'}: give what "helm get ` +
        `manifest", "kubectl get -o yaml" or "cdk8s-estafette template" print`,
    ]);
  const { apiVersion, kind, items } = document;
  if (typeof apiVersion === 'string' && typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) =>
      objectsIn(kind === 'List' || !isPlain(item) ? item : { apiVersion, kind: kind.slice(0, -4), ...item }, `${place}, item ${index + 1}`),
    );
  }
  const missing = [
    ['apiVersion', apiVersion],
    ['kind', kind],
    ['metadata.name', at(document, 'metadata', 'name')],
  ]
    .filter(([, given]) => typeof given !== 'string' || !given)
    .map(([name]) => name);
  if (!missing.length && isThing(document)) return [document];
  throw new InputError([
    `${place} has no ${missing.join(', no ')}: give what "helm get manifest", "kubectl get -o yaml" or "cdk8s-estafette template" print`,
  ]);
}

const isThing = (document: Plain): document is Thing =>
  typeof document['apiVersion'] === 'string' &&
  typeof document['kind'] === 'string' &&
  typeof at(document, 'metadata', 'name') === 'string';
