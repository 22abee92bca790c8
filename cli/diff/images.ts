// Which containers get another image, come with one, or go.
import { referenceTo, type Reference, type Thing } from './objects';
import { containersOf } from './shapes/pod';

export interface ImageChange extends Reference {
  readonly container: string;
  readonly before?: string;
  readonly after?: string;
}

/** One side is missing for an object that is new, or gone. */
export interface Sides {
  readonly before?: Thing;
  readonly after?: Thing;
}

export function imageChanges(sides: readonly Sides[]): ImageChange[] {
  return sides.flatMap(({ before, after }) => {
    const [old, now, object] = [imagesOf(before), imagesOf(after), after ?? before];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((container) => {
      const [was, is] = [old.get(container), now.get(container)];
      return was === is || object === undefined
        ? []
        : [
            {
              ...referenceTo(object),
              container,
              ...(was === undefined ? {} : { before: was }),
              ...(is === undefined ? {} : { after: is }),
            },
          ];
    });
  });
}

const imagesOf = (object: Thing | undefined): Map<string, string> =>
  new Map(
    (object ? containersOf(object) : []).flatMap(({ name, image }) => (typeof image === 'string' ? [[String(name), image] as const] : [])),
  );
