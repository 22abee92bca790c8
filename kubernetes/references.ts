// What a pod reads: the Secrets and ConfigMaps that it names.

type Plain = Readonly<Record<string, unknown>>;

/** Kinds that a pod reads, and the members of their data. */
export const CONFIGURATION: Readonly<Record<string, readonly string[]>> = {
  Secret: ['data', 'stringData'],
  ConfigMap: ['data', 'binaryData'],
};

/** `Secret/NAME` and `ConfigMap/NAME`, sorted: named as volumes or in the environment, anywhere below. */
export const referencesOf = (spec: unknown): string[] => [...collect(isContainer(spec) ? spec : {}, new Set())].toSorted();

const SECRET_KEYS = new Set(['secret', 'secretRef', 'secretKeyRef']);
const CONFIG_MAP_KEYS = new Set(['configMap', 'configMapRef', 'configMapKeyRef']);

function collect(value: object, found: Set<string>): Set<string> {
  for (const key of Object.keys(value)) {
    const item = (value as Plain)[key];
    const { name, secretName } = (isContainer(item) ? item : {}) as Plain;
    if (SECRET_KEYS.has(key)) found.add(`Secret/${String(secretName ?? name)}`);
    if (CONFIG_MAP_KEYS.has(key)) found.add(`ConfigMap/${String(name)}`);
    if (isContainer(item)) collect(item, found);
  }
  return found;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
