// Which containers get another image.
import { referenceTo, type Reference, type Thing } from './objects';
import { containersOf } from './shapes/pod';

export interface ImageChange extends Reference {
  readonly container: string;
  readonly before?: string;
  readonly after?: string;
}

export function imageChanges(pairs: readonly { readonly before: Thing; readonly after: Thing }[]): ImageChange[] {
  return pairs.flatMap(({ before, after }) => {
    const [old, now] = [imagesOf(before), imagesOf(after)];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((container) => {
      const [was, is] = [old.get(container), now.get(container)];
      return was === is ? [] : [{ ...referenceTo(after), container, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
    });
  });
}

const imagesOf = (object: Thing): Map<string, string> => new Map(containersOf(object).map(({ name, image }) => [String(name), String(image)]));
