// Objects that are missing, and fields that somebody changed.
import { ownersOf } from '../cluster/fields';
import type { Comparison } from '../diff/comparison';
import type { FieldChange } from '../diff/compare';
import { keyOf, type Thing } from '../diff/objects';
import { fieldLines } from '../diff/print/text';
import type { ObjectChange } from '../diff/report';
import type { Problem } from './problem';

/** Who applies a release, or works at it by hand; others are controllers, which add what is theirs. */
const PEOPLE = /^(kubectl|argocd|helm|before-first-apply|cdk8s-estafette)/;

export function drift({ report, before }: Comparison): Problem[] {
  const live = new Map(before.ours.map((object) => [keyOf(object), object]));
  return report.objects.flatMap((change): Problem[] => {
    const { apiVersion, kind, namespace, name, previousName, fields } = change;
    const reference = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
    if (change.change === 'added' || previousName !== undefined)
      return [
        {
          ...reference,
          trouble: 'missing',
          message: 'is not there',
          details: previousName === undefined ? [] : [`${previousName}, of another content, is: the new one was not applied`],
        },
      ];
    if (change.change === 'removed') return [];
    const object = live.get(keyIn(change));
    const own = fields.filter((field) => isOurs(field, object));
    return own.length
      ? [
          {
            ...reference,
            trouble: 'changed',
            message: `${own.length === 1 ? 'one field is' : `${own.length} fields are`} not what the values give`,
            details: own.flatMap((field) => tell(field, object)),
          },
        ]
      : [];
  });
}

const keyIn = ({ apiVersion, kind, namespace, name }: ObjectChange): string => keyOf({ apiVersion, kind, metadata: { name, namespace } });

/** What the values do not give counts where a person, or who applied the release, has written it. */
function isOurs({ path, hidden, ...sides }: FieldChange, object: Thing | undefined): boolean {
  const isExtra = hidden === undefined ? !('after' in sides) : hidden === 'removed';
  if (!isExtra || object === undefined) return true;
  const owners = ownersOf(object, path);
  return !owners.length || owners.some(({ manager }) => PEOPLE.test(manager));
}

/** From what there is to what the values give, as `diff` tells it. */
function tell(field: FieldChange, object: Thing | undefined): string[] {
  const owner =
    object === undefined ? undefined : ownersOf(object, field.path).toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0];
  const [first = '', ...rest] = fieldLines(field, '');
  return [owner ? `${first} (written by ${owner.manager}${owner.time ? `, ${owner.time}` : ''})` : first, ...rest];
}
