// Fields that a server never changes once an object is made.
import { pathText, type FieldChange } from '../compare';
import { at, isPlain, kubectlName, referenceTo, type Thing } from '../objects';
import { quantity } from '../../../kubernetes/quantity';
import type { Change, Found, Rule, Upgrade } from './finding';

type Show = Upgrade['show'];

/** What a StatefulSet lets be changed; the rest of its spec is fixed. */
const STATEFUL_SET = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]);
/** What a Job lets be changed. */
const JOB = new Set(['parallelism', 'suspend', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished', 'backoffLimit']);

const below = (fields: readonly FieldChange[], ...path: readonly string[]): FieldChange[] =>
  fields.filter((field) => path.every((key, index) => field.path[index] === key));
const namesOf = (fields: readonly FieldChange[]): string => [...new Set(fields.map(({ path }) => path[1] ?? ''))].join(', ');

/** @returns what the server would refuse */
export function immutable({ before, after, fields }: Change, { show }: Pick<Upgrade, 'show'>): Found[] {
  if (!fields.length) return [];
  switch (after.kind) {
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
      return selector(after, below(fields, 'spec', 'selector'));
    case 'StatefulSet':
      return statefulSet(
        after,
        below(fields, 'spec').filter(({ path }) => !STATEFUL_SET.has(path[1] ?? '')),
      );
    case 'Job':
      return before.metadata.name === after.metadata.name
        ? job(
            after,
            below(fields, 'spec').filter(({ path }) => !JOB.has(path[1] ?? '')),
          )
        : [];
    case 'Pod':
      return pod(
        after,
        below(fields, 'spec').filter(({ path }) => !changesInPlace(path)),
      );
    case 'Service':
      return clusterIp(before, after, show);
    case 'Secret':
      return [...secretType(before, after, show), ...immutableData(before, after, fields)];
    case 'ConfigMap':
      return immutableData(before, after, fields);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return roleRef(after, below(fields, 'roleRef'));
    case 'PersistentVolumeClaim':
      return claim(before, after, below(fields, 'spec'), show);
    default:
      return [];
  }
}

function selector(after: Thing, fields: readonly FieldChange[]): Found[] {
  if (!fields.length) return [];
  const name = kubectlName(referenceTo(after));
  return [
    {
      rule: 'immutable-field',
      path: 'spec.selector',
      reason: 'the server refuses another selector',
      wayOut: 'delete it with its pods and apply again; nothing answers until the new pods are ready',
      commands: [`kubectl delete ${name}`],
    },
  ];
}

function statefulSet(after: Thing, fields: readonly FieldChange[]): Found[] {
  if (!fields.length) return [];
  const names = namesOf(fields);
  const claims = names.includes('volumeClaimTemplates') ? '; claims that exist stay as they are' : '';
  const orphans = names.includes('selector') ? '; pods that the new selector does not find have to be deleted by hand' : '';
  return [
    {
      rule: 'immutable-field',
      path: pathText(fields[0]?.path ?? []),
      reason: `the server refuses changes of a StatefulSet's ${names}`,
      wayOut: `delete the StatefulSet without its pods and apply again: the new one takes them over${claims}${orphans}`,
      commands: [`kubectl delete ${kubectlName(referenceTo(after))} --cascade=orphan`],
    },
  ];
}

function job(after: Thing, fields: readonly FieldChange[]): Found[] {
  return fields.length
    ? [
        {
          rule: 'job-template',
          path: pathText(fields[0]?.path ?? []),
          reason: `the server refuses changes of a Job's ${namesOf(fields)}`,
          wayOut: 'delete the Job and apply again: it runs once more',
          commands: [`kubectl delete ${kubectlName(referenceTo(after))}`],
        },
      ]
    : [];
}

const changesInPlace = ([, field, , member]: readonly string[]): boolean =>
  field === 'activeDeadlineSeconds' ||
  field === 'tolerations' ||
  ((field === 'containers' || field === 'initContainers') && member === 'image');

function pod(after: Thing, fields: readonly FieldChange[]): Found[] {
  return fields.length
    ? [
        {
          rule: 'pod-spec',
          path: pathText(fields[0]?.path ?? []),
          reason: 'the server refuses changes of a Pod, other than of its images',
          wayOut: 'delete the Pod and apply again',
          commands: [`kubectl delete ${kubectlName(referenceTo(after))}`],
        },
      ]
    : [];
}

/** Only the choice for or against an address counts: the number itself is the server's. */
function clusterIp(before: Thing, after: Thing, show: Show): Found[] {
  const [was, is] = [at(before, 'spec', 'clusterIP') || undefined, at(after, 'spec', 'clusterIP') || undefined];
  if (was === is || [before, after].some((object) => at(object, 'spec', 'type') === 'ExternalName') || (is === undefined && was !== 'None'))
    return [];
  const told = (address: unknown): string => (address === undefined ? 'one that the server chooses' : show(String(address)));
  // Where none is asked for, the server goes on with the one there is.
  const reason =
    is === undefined
      ? 'the server keeps "None": the Service stays headless'
      : `the server refuses another clusterIP: ${told(was)} → ${told(is)}`;
  return [
    {
      rule: 'cluster-ip',
      path: 'spec.clusterIP',
      reason,
      wayOut: 'delete the Service and apply again; its name resolves to nothing in between',
      commands: [`kubectl delete ${kubectlName(referenceTo(after))}`],
    },
  ];
}

function secretType(before: Thing, after: Thing, show: Show): Found[] {
  const [was = '', is = ''] = [before, after].map((object) => String(object['type'] || 'Opaque'));
  return was === is
    ? []
    : [
        {
          rule: 'secret-type',
          path: 'type',
          reason: `the server refuses another type of a Secret: ${show(was)} → ${show(is)}`,
          ...replaced(after, 'Secret'),
        },
      ];
}

function immutableData(before: Thing, after: Thing, fields: readonly FieldChange[]): Found[] {
  const changed = fields.find(({ path }) => ['data', 'binaryData', 'stringData', 'immutable'].includes(path[0] ?? ''));
  return before['immutable'] === true && changed
    ? [{ rule: 'immutable-data', path: pathText(changed.path), reason: `the ${after.kind} is immutable`, ...replaced(after, after.kind) }]
    : [];
}

function replaced(object: Thing, kind: string): Pick<Found, 'wayOut' | 'commands'> {
  const name = kubectlName(referenceTo(object));
  return {
    wayOut: `save the ${kind}, delete it and apply again; running pods keep what they have read`,
    commands: [`kubectl get ${name} -o yaml > ${object.metadata.name}.backup.yaml`, `kubectl delete ${name}`],
  };
}

function roleRef(after: Thing, fields: readonly FieldChange[]): Found[] {
  return fields.length
    ? [
        {
          rule: 'role-ref',
          path: 'roleRef',
          reason: 'the server refuses another role in a binding',
          wayOut: 'delete the binding and apply again; its accounts lack their rights in between',
          commands: [`kubectl delete ${kubectlName(referenceTo(after))}`],
        },
      ]
    : [];
}

function claim(before: Thing, after: Thing, fields: readonly FieldChange[], show: Show): Found[] {
  const size = (object: Thing): unknown => at(object, 'spec', 'resources', 'requests', 'storage');
  const [was, is] = [quantity(size(before)), quantity(size(after))];
  const found = (rule: Rule, path: string, reason: string, wayOut: string): Found => ({ rule, path, reason, wayOut, commands: [] });
  const shrunk =
    was !== undefined && is !== undefined && is < was
      ? [
          found(
            'claim',
            'spec.resources.requests.storage',
            `a claim cannot shrink: ${show(String(size(before)))} → ${show(String(size(after)))}`,
            'keep the size, or make a second claim and copy the data',
          ),
        ]
      : [];
  const fixed = fields.filter(({ path }) => !['resources', 'volumeAttributesClassName'].includes(path[1] ?? ''));
  const first = fixed[0];
  return first && isPlain(before['spec'])
    ? [
        ...shrunk,
        found(
          'claim',
          pathText(first.path),
          `the server refuses changes of a claim's ${namesOf(fixed)}`,
          'keep the claim as it is, or make a second one and copy the data',
        ),
      ]
    : shrunk;
}
