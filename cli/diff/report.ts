// The whole comparison as data: what every output prints.
import { compare, pathText, type FieldChange } from './compare';
import { clean } from './clean';
import { accessChanges, type AccessChange } from './access';
import { deletionsOf, type Deletion } from './deletions';
import { sameDocuments } from './embedded';
import { hideSecretsOf, markSecrets, type Hide } from './hide';
import { imageChanges, type ImageChange } from './images';
import { normalize } from './normalize';
import { groupOf, isLive, placed, referenceTo, type Reference, type Thing } from './objects';
import { pair, runsAgain } from './pair';
import { restartOf } from './restarts';
import { compareSecrets, withoutContent } from './secrets';
import { shapeFor } from './shapes';
import { findings } from './upgrade';
import type { Finding } from './upgrade/finding';
import { isLeftToAutoscaler } from './upgrade/autoscaler';

export type { AccessChange, Deletion, Finding, ImageChange };

export interface ObjectChange extends Reference {
  readonly change: 'added' | 'removed' | 'changed';
  /** A Job that used to have another name. */
  readonly previousName?: string;
  readonly fields: readonly FieldChange[];
}

export interface Report {
  readonly release: string;
  readonly chart: string;
  readonly namespace: string;
  /** The cluster that was compared with: context and server. @default it was a text */
  readonly cluster?: string;
  /** Whether both sides mean the same. */
  readonly equal: boolean;
  /** Objects that mean the same on both sides. */
  readonly unchanged: number;
  /** What a server refuses or what hurts when it is applied. */
  readonly refused: readonly Finding[];
  /** Whose pods are replaced when this is applied. */
  readonly restarts: readonly Reference[];
  readonly deletions: readonly Deletion[];
  /** Rights that somebody gets. */
  readonly access: readonly AccessChange[];
  readonly images: readonly ImageChange[];
  readonly objects: readonly ObjectChange[];
}

export interface Sides {
  readonly release: string;
  readonly chart: string;
  readonly namespace: string;
  readonly before: readonly Thing[];
  readonly after: readonly Thing[];
  /** Patterns of what is hidden beside secrets. @default none */
  readonly hide?: readonly RegExp[];
}

/** A pair of which the normal forms are at hand, for the judgements. */
export interface Changed {
  readonly before: Thing;
  readonly after: Thing;
  readonly fields: readonly FieldChange[];
}

export function compareReleases({ release, chart, namespace, hide: asked, ...sides }: Sides): Report {
  const [before, after] = [
    unique(sides.before.map((object) => placed(object, namespace))),
    unique(sides.after.map((object) => placed(object, namespace))),
  ];
  const hide = hideSecretsOf([...before, ...after], asked);
  const pairs = pair(before, after);
  const all = pairs.both.map(([was, is]) => changed(was, is, { before, after }));
  const changes = all.filter(({ fields }) => fields.length);
  const objects = [
    ...changes.map((change) => objectChange(change, hide)),
    ...pairs.added.map((object) => whole('added', object)),
    ...pairs.removed.map((object) => whole('removed', object)),
  ];
  return {
    release,
    chart,
    namespace,
    equal: !objects.length,
    unchanged: all.length - changes.length,
    refused: findings({ all, added: pairs.added, before, after, show: hide.text }),
    restarts: changes.filter(restartOf).map(({ after: object }) => referenceTo(object)),
    deletions: deletionsOf(pairs.removed, pairs.superseded),
    access: accessChanges(all, pairs.added),
    images: imageChanges([
      ...changes,
      ...pairs.added.map((object) => ({ after: object })),
      ...pairs.removed.map((object) => ({ before: object })),
    ]).map((image) => shownImage(image, hide)),
    objects: objects.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)),
  };
}

const placeOf = ({ kind, namespace, name }: Reference): string => [kind, namespace ?? '', name].join('\0');

/** Of two objects of one name the last one counts, as it does for who applies them. */
function unique(objects: readonly Thing[]): Thing[] {
  return [
    ...new Map(
      objects.map((object) => [[groupOf(object), object.kind, object.metadata.namespace ?? '', object.metadata.name].join('\0'), object]),
    ).values(),
  ];
}

function changed(before: Thing, after: Thing, sides: Pick<Sides, 'before' | 'after'>): Changed {
  const shape = shapeFor(after);
  const options = { live: isLive(before) };
  const isSecret = after.kind === 'Secret' && groupOf(after) === '';
  const [was, is] = [before, after].map((object) => withoutIdentity(markedForm(isSecret ? withoutContent(object) : object)));
  const ignored = isLeftToAutoscaler(before, after, sides) ? 'spec.replicas' : '';
  const found = [
    ...compare(was, after.kind === 'ConfigMap' ? { ...is, data: sameDocuments(was?.['data'], is?.['data']) } : is, shape, options).filter(
      ({ path }) => pathText(path) !== ignored,
    ),
    ...(isSecret ? compareSecrets(before, after) : []),
  ];
  // The hash covers what the Job reads, too: where nothing else tells the change, the name does.
  const renamed =
    !found.length && runsAgain(before, after)
      ? [{ path: ['metadata', 'name'], before: before.metadata.name, after: after.metadata.name }]
      : [];
  return { before, after, fields: [...found, ...renamed] };
}

/** An object as it is compared: cleaned, and without what goes without saying. */
export function normalForm(object: Thing): Record<string, unknown> {
  return normalize(clean(object), shapeFor(object)) as Record<string, unknown>;
}

const markedForm = (object: Thing): Record<string, unknown> => markSecrets(normalForm(object)) as Record<string, unknown>;

/** Name and namespace have made the pair; Jobs of one base have names of their own. */
function withoutIdentity({ metadata, ...object }: Record<string, unknown>): Record<string, unknown> {
  const { name: _name, namespace: _namespace, ...rest } = metadata as Record<string, unknown>;
  return { ...object, metadata: rest };
}

function objectChange({ before, after, fields }: Changed, hide: Hide): ObjectChange {
  const previous = before.metadata.name === after.metadata.name ? {} : { previousName: before.metadata.name };
  return { change: 'changed', ...referenceTo(after), ...previous, fields: fields.map(hide.change) };
}

/** Images are not secrets, but may hold what was asked to be hidden. */
const shownImage = ({ before, after, ...image }: ImageChange, { text }: Hide): ImageChange => ({
  ...image,
  ...(before === undefined ? {} : { before: text(before) }),
  ...(after === undefined ? {} : { after: text(after) }),
});

const whole = (change: 'added' | 'removed', object: Thing): ObjectChange => ({ change, ...referenceTo(object), fields: [] });
