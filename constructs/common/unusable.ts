// What is printed as in Helm, and a server refuses: names, labels, and what is said to be base64.
import { warningText } from '../../helm/check';
import { isBase64 } from '../../kubernetes/encode';
import { nameOf } from '../../kubernetes/object';
import { labelFault, nameFault, type NameFault } from '../../kubernetes/object-names';
import type { Entry } from './entry';
import type { Release } from './release';

/** One sentence each. */
export const unusable = (entries: readonly Entry[], { name }: Release): string[] => [
  ...startingWithDigit(entries, name),
  ...misnamed(entries, name),
  ...entries.flatMap((entry) => [...mislabelled(entry), ...undecodable(entry)]),
];

function startingWithDigit(entries: readonly Entry[], release: string): string[] {
  if (!/^\d/.test(release)) return [];
  const service = entries.find(({ object: { kind, metadata } }) => kind === 'Service' && metadata.name.startsWith(release))?.object;
  return service
    ? [
        `release name ${release}: the Service ${service.metadata.name} may be refused, since names of ` +
          `Services begin with a letter: choose another name`,
      ]
    : [];
}

/** Once for each name, which several objects may bear. A Job's is cut before a hash is put behind it. */
function misnamed(entries: readonly Entry[], release: string): string[] {
  const byName = new Map<string, { readonly entry: Entry; readonly fault: NameFault; others: number }>();
  for (const entry of entries) {
    const fault = entry.object.kind === 'Job' ? undefined : nameFault(entry.object);
    const { name } = entry.object.metadata;
    const first = byName.get(name);
    if (fault && first) first.others += 1;
    else if (fault) byName.set(name, { entry, fault, others: 0 });
  }
  return [...byName.values()].map(({ entry: { object, owner }, fault, others }) => {
    const isPods = object.kind === 'StatefulSet';
    const what = `${isPods ? 'the pods of ' : ''}${nameOf(object)}${others ? ` and ${others} more of that name` : ''}`;
    const mend =
      fault.isLong && object.metadata.name.includes(release)
        ? 'choose a shorter release name, or another name for it'
        : 'give it another name';
    return said(owner, `${what} ${isPods || others ? 'are' : 'is'} refused by a server: its name ${fault.message}: ${mend}`);
  });
}

function mislabelled({ object, owner }: Entry): string[] {
  const fault = labelFault(object);
  return fault
    ? [said(owner, `${nameOf(object)} is refused by a server: its label ${fault[0]} must have at most 63 letters, digits, -, _ and .`)]
    : [];
}

function undecodable({ object, owner }: Entry): string[] {
  const { kind, data } = object as { readonly kind: string; readonly data?: unknown };
  if (kind !== 'Secret' || typeof data !== 'object' || data === null) return [];
  return Object.entries(data)
    .filter(([, value]) => typeof value === 'string' && !isBase64(value))
    .map(([key]) =>
      said(
        owner,
        `${key} of the Secret ${object.metadata.name} is not base64, so that a server refuses it: encode ` +
          `it, or do not say that it is encoded`,
      ),
    );
}

const said = (owner: Entry['owner'], message: string): string => warningText({ path: '', message }, owner);
