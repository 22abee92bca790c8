// Every image that the pods of a release name.

/** An image without a tag or digest is the one tagged latest. */
const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

/** Sorted, each once. */
export function imagesOf(objects: readonly unknown[]): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) {
        if (
          /^(init|ephemeral)?[cC]ontainers$/.test(key) &&
          typeof item === 'object' &&
          item !== null &&
          typeof (item as { image?: unknown }).image === 'string'
        )
          found.add(withTag((item as { image: string }).image));
        visit(item, '');
      }
    } else if (typeof value === 'object' && value !== null) for (const [name, item] of Object.entries(value)) visit(item, name);
  };
  for (const object of objects) visit(object, '');
  return [...found].toSorted();
}
