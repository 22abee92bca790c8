// What a pod reads: the Secrets and ConfigMaps that it names.

type Plain = Readonly<Record<string, unknown>>;

/** Kinds that a pod reads, and the members of their data. */
export const CONFIGURATION: Readonly<Record<string, readonly string[]>> = {
  Secret: ['data', 'stringData'],
  ConfigMap: ['data', 'binaryData'],
};

/** `Secret/NAME` and `ConfigMap/NAME`, sorted: named as volumes or in the environment, anywhere below. */
export const referencesOf = (spec: unknown): string[] => [...collect(spec, new Set())].toSorted();

function collect(value: unknown, found: Set<string>): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, item] of Object.entries(value as Plain)) {
    const { name, secretName } = (typeof item === 'object' && item !== null ? item : {}) as Plain;
    if (/^secret(Ref|KeyRef)?$/.test(key)) found.add(`Secret/${String(secretName ?? name)}`);
    if (/^configMap(Ref|KeyRef)?$/.test(key)) found.add(`ConfigMap/${String(name)}`);
    collect(item, found);
  }
  return found;
}
