// Where kinds hold the spec of their pods.
type Plain = Readonly<Record<string, unknown>>;

const TEMPLATE = ['spec', 'template', 'spec'];
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', ...TEMPLATE],
  Deployment: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  ReplicaSet: TEMPLATE,
  Job: TEMPLATE,
};

const isMap = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The pod spec inside an object; undefined when it makes no pods. */
export function podSpecOf(object: { readonly kind?: unknown }): Plain | undefined {
  const spec = POD_SPECS[String(object.kind)]?.reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), object);
  return isMap(spec) ? spec : undefined;
}

/** The object with its pod spec changed; as it is when it makes no pods. */
export function withPodSpec<O extends { readonly kind: string }>(object: O, change: (spec: Plain) => Plain): O {
  return podSpecOf(object) ? (changed(object as unknown as Plain, POD_SPECS[object.kind] ?? [], change) as unknown as O) : object;
}

function changed(at: Plain, [key, ...deeper]: readonly string[], change: (spec: Plain) => Plain): Plain {
  return key === undefined ? change(at) : { ...at, [key]: changed(at[key] as Plain, deeper, change) };
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'];

/** Its containers, those that run first in front. */
export const containersIn = (spec: Plain): Plain[] =>
  CONTAINERS.flatMap((key) => (Array.isArray(spec[key]) ? (spec[key] as unknown[]).filter(isMap) : []));

/** The pod spec with each of its containers changed. */
export const withContainers = (spec: Plain, change: (container: Plain) => Plain): Plain => ({
  ...spec,
  ...Object.fromEntries(
    CONTAINERS.flatMap((key) => {
      const list = spec[key];
      return Array.isArray(list) ? [[key, list.map((item: unknown) => (isMap(item) ? change(item) : item))]] : [];
    }),
  ),
});
