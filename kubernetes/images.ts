// References to images: which registry one names, and the same image in another registry.

/** Where an image without a registry in its name comes from. */
export const DEFAULT_REGISTRY = 'docker.io';

/** `HOST[:PORT]` with an optional path, as it stands in front of an image's name. */
export const isRegistry = (text: string): boolean =>
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/i.test(text);

/** The first part of a name is a registry when it could be no folder: it has a dot or a port, or is localhost. */
const REGISTRY = /^(localhost|[^/]*[.:][^/]*)\//;

/** @returns registry and the rest of the reference, tag and digest included */
export function splitImage(image: string): { readonly registry: string; readonly name: string } {
  const registry = REGISTRY.exec(image)?.[1];
  return registry === undefined ? { registry: DEFAULT_REGISTRY, name: image } : { registry, name: image.slice(registry.length + 1) };
}

/** The image under the same name in a mirror. One that comes from the mirror already stays as it is. */
export function mirrored(image: string, mirror: string): string {
  return image === '' || image.startsWith(`${mirror}/`) ? image : `${mirror}/${splitImage(image).name}`;
}
