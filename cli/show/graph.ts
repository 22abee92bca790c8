// A release as a graph: its objects by stage and component, what pods read, and who calls whom.
import type { Entry } from '../../constructs/common/entry';
import type { Stage } from '../../constructs/common/stages';
import { withoutHash } from '../../kubernetes/jobs';
import type { KubeObject } from '../../kubernetes/object';
import { containersIn, podSpecOf } from '../../kubernetes/pods';
import { referencesOf } from '../../kubernetes/references';

type Plain = Readonly<Record<string, unknown>>;

/** An object, or several of one kind of purpose. */
export interface GraphNode {
  readonly id: string;
  /** What it is, and its name. */
  readonly lines: readonly string[];
  readonly shape: 'workload' | 'service' | 'entrance' | 'data' | 'other';
  /** Of what the release does not make: none. */
  readonly stage?: Stage;
  /** Component that makes it; empty for the release itself. */
  readonly component: string;
  /** The objects that it stands for. @default what the release does not make */
  readonly objects?: readonly KubeObject[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label: 'reads' | 'calls' | 'serves' | 'routes' | 'scales' | 'protects' | 'makes';
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const ACCESS = /^(ServiceAccount|(Cluster)?Role(Binding)?)$/;
const SHAPES: Readonly<Record<string, GraphNode['shape']>> = {
  Service: 'service',
  Ingress: 'entrance',
  ConfigMap: 'data',
  Secret: 'data',
  PersistentVolumeClaim: 'data',
};

/** @param plan the objects of a release, in the order in which they are applied */
export function graphOf(plan: readonly Entry[]): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const ids = new Map<KubeObject, string>();
  const add = (key: string, { objects = [], ...node }: Omit<GraphNode, 'id' | 'objects'> & Partial<Pick<GraphNode, 'objects'>>): string => {
    const { objects: before = [], ...known } = nodes.get(key) ?? { ...node, id: `n${nodes.size}` };
    nodes.set(key, { ...known, objects: [...before, ...objects] });
    return known.id;
  };
  const link = (from: string | undefined, label: GraphEdge['label'], to: string | undefined): void => {
    if (from !== undefined && to !== undefined && from !== to) edges.set([from, to].join(' '), { from, to, label });
  };

  const counts = accessObjects(plan);
  for (const { object, stage, owner } of plan) {
    const component = owner[0] ?? '';
    const access = [component, stage, 'access'].join('\0');
    const lines = ACCESS.test(object.kind)
      ? [`${counts.get(access)} object${counts.get(access) === 1 ? '' : 's'}`, 'for access']
      : [object.kind, nameOf(object)];
    const shape = podSpecOf(object) ? 'workload' : (SHAPES[object.kind] ?? 'other');
    ids.set(object, add(ACCESS.test(object.kind) ? access : keyOf(object), { lines, shape, stage, component, objects: [object] }));
  }
  const objects = plan.map(({ object }) => object);
  const existing = (kind: string, object: KubeObject, name: string): string =>
    add([kind, object.metadata.namespace ?? '', name].join('\0'), { lines: [kind, name], shape: 'data', component: '' });
  const services = objects.filter(({ kind }) => kind === 'Service');
  const workloads = objects.filter((object) => podSpecOf(object));

  for (const {
    object,
    lifecycle: { calls = [] },
  } of plan) {
    const id = ids.get(object);
    for (const [kind, name] of dataOf(object)) link(id, 'reads', existing(kind, object, name));
    for (const service of services) if (isCalled(service, object, objects, calls)) link(id, 'calls', ids.get(service));
    for (const other of workloads) {
      if (object.kind === 'Service' && selects(at(object, 'spec', 'selector'), object, other)) link(id, 'serves', ids.get(other));
      if (object.kind === 'PodDisruptionBudget' && selects(at(object, 'spec', 'selector', 'matchLabels'), object, other))
        link(id, 'protects', ids.get(other));
      if (at(object, 'spec', 'scaleTargetRef', 'name') === other.metadata.name && isBeside(object, other))
        link(id, 'scales', ids.get(other));
    }
    for (const name of backendsOf(object))
      for (const service of services) if (service.metadata.name === name && isBeside(object, service)) link(id, 'routes', ids.get(service));
    const made: unknown = object.kind === 'Certificate' ? at(object, 'spec', 'secretName') : undefined;
    if (typeof made === 'string') link(id, 'makes', existing('Secret', object, made));
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** How many objects say what a component may do, by component and stage. */
function accessObjects(plan: readonly Entry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { object, stage, owner } of plan) {
    const key = [owner[0] ?? '', stage, 'access'].join('\0');
    if (ACCESS.test(object.kind)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Without the hash of a Job: a picture does not change with each value. */
const nameOf = ({ kind, metadata: { name } }: KubeObject): string => (kind === 'Job' ? withoutHash(name) : name);
const keyOf = (object: KubeObject): string => [object.kind, object.metadata.namespace ?? '', nameOf(object)].join('\0');
const isBeside = (one: KubeObject, other: KubeObject): boolean => one.metadata.namespace === other.metadata.namespace;

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (typeof found === 'object' && found !== null ? (found as Plain)[key] : undefined), value);

/** Secrets, ConfigMaps and claims that its pods mount or read. */
function dataOf(object: KubeObject): [kind: string, name: string][] {
  const spec = podSpecOf(object);
  if (!spec) return [];
  // Of a StatefulSet, each pod has a claim of its own.
  const templates = new Set(listOf(at(object, 'spec', 'volumeClaimTemplates')).map((claim) => at(claim, 'metadata', 'name')));
  const claims = listOf(spec['volumes']).flatMap((volume) => {
    const name = at(volume, 'persistentVolumeClaim', 'claimName');
    return typeof name === 'string' && !templates.has(name) ? [['PersistentVolumeClaim', name] as [string, string]] : [];
  });
  return [...referencesOf(spec).map((reference) => reference.split('/') as [string, string]), ...claims];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Names of the Services that an Ingress leads to. */
function backendsOf(object: KubeObject): string[] {
  if (object.kind !== 'Ingress') return [];
  const backends = [
    at(object, 'spec', 'defaultBackend'),
    ...listOf(at(object, 'spec', 'rules')).flatMap((rule) => listOf(at(rule, 'http', 'paths')).map((path) => at(path, 'backend'))),
  ];
  return backends.map((backend) => String(at(backend, 'service', 'name')));
}

function selects(selector: unknown, from: KubeObject, workload: KubeObject): boolean {
  const labels = labelsOf(workload);
  const wanted = Object.entries((selector ?? {}) as Plain);
  return isBeside(from, workload) && wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

const labelsOf = (workload: KubeObject): Plain =>
  (at(workload, 'spec', 'template', 'metadata', 'labels') ??
    at(workload, 'spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels') ??
    workload.metadata.labels ??
    {}) as Plain;

/**
 * Whether pods name a Service as a host: in arguments, in the environment, or in a ConfigMap that they read; or have it built in. A program
 * that calls itself is left out.
 */
function isCalled(service: KubeObject, object: KubeObject, objects: readonly KubeObject[], builtIn: readonly string[]): boolean {
  const spec = podSpecOf(object);
  if (!spec || selects(at(service, 'spec', 'selector'), service, object)) return false;
  const { name, namespace = '' } = service.metadata;
  const own = isBeside(object, service) ? '' : `\\.${namespace}`;
  // Other things have the same name: what is meant as a host has a scheme, a port, a namespace or a pod beside it.
  const host = new RegExp(
    `(?<![\\w.-])(?:(?:(?:[a-z+]+://|@)${name}${own}|--?\\w*host[= ` +
      `]${name}${own}|[a-z0-9-]+-\\d+\\.${name}${own})(?![\\w-])|${name}${own}:\\d|${name}\\.${namespace}(?![\\w-]))`,
  );
  const exact = new RegExp(`^${name}${own}$`);
  const isNamed = (text: unknown): boolean => typeof text === 'string' && host.test(text);
  const data = configuration(object, spec, objects);
  return (
    (isBeside(object, service) && builtIn.some((called) => called === name || called.endsWith(`.${name}`))) ||
    containersIn(spec).some(
      ({ args, command, env }) =>
        [...listOf(args), ...listOf(command)].some(isNamed) ||
        listOf(env).some((variable) => {
          const value = valueOf(variable, data);
          return isNamed(value) || (HOST_NAME.test(String(at(variable, 'name'))) && exact.test(String(value)));
        }),
    ) ||
    [...data].some(([key, text]) => key.startsWith('ConfigMap/') && (isNamed(text) || new RegExp(`host: ${name}${own}$`, 'm').test(text)))
  );
}

const HOST_NAME = /HOST|ADDR|URL|ENDPOINT|SERVER/;

/** What a variable has, or gets of a Secret or ConfigMap. */
function valueOf(variable: unknown, data: ReadonlyMap<string, string>): unknown {
  const from = (['secretKeyRef', 'configMapKeyRef'] as const).flatMap((reference) => {
    const { name, key } = (at(variable, 'valueFrom', reference) ?? {}) as Plain;
    return name === undefined ? [] : [`${reference === 'secretKeyRef' ? 'Secret' : 'ConfigMap'}/${String(name)}/${String(key)}`];
  });
  return from.length ? data.get(from[0] ?? '') : at(variable, 'value');
}

/** Texts of the Secrets and ConfigMaps that pods read, by `KIND/NAME/KEY`. */
function configuration(object: KubeObject, spec: Plain, objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const read = new Set(referencesOf(spec));
  return new Map(
    objects
      .filter((other) => read.has(`${other.kind}/${other.metadata.name}`) && isBeside(object, other))
      .flatMap((other) =>
        Object.entries((at(other, 'data') ?? {}) as Plain).map(([key, value]): [string, string] => [
          `${other.kind}/${other.metadata.name}/${key}`,
          other.kind === 'Secret' ? Buffer.from(String(value), 'base64').toString() : String(value),
        ]),
      ),
  );
}
