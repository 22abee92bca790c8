// Objects that nobody applied: what they have stays beside what is applied over it, also where only one of the two is allowed.
import { podSpecOf } from '../../../kubernetes/pods';
import { at, isPlain, kubectlName, maps, referenceTo, type Plain, type Thing } from '../objects';
import type { Change, Found } from './finding';

/** Pods of Jobs and single ones cannot change at all. */
const CHANGEABLE = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob']);
const CONTAINERS = ['initContainers', 'containers'];
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];
const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];

interface Leftover {
  /** Where in the pod's spec. */
  readonly path: string;
  readonly fields: string;
  /** What takes it away, as a strategic merge patch of the pod's spec. */
  readonly patch: Plain;
}

/**
 * A server keeps fields that an apply does not name, unless the last apply did. So an object that was created, or posted by a program,
 * ends with two handlers in a probe, two sources in a volume, or a value and where it comes from, and is refused.
 */
export function leftoverChoice({ before, after }: Change): Found[] {
  if (!CHANGEABLE.has(after.kind) || !isUnapplied(before)) return [];
  const [was, is] = [podSpecOf(before) ?? {}, podSpecOf(after) ?? {}];
  const found = [...CONTAINERS.flatMap((list) => inContainers(list, was, is)), ...inVolumes(was, is)];
  return found.map(({ path, fields, patch }) => ({
    rule: 'choice-leftover',
    path: `${specPath(after)}.${path}`,
    reason: `nobody applied this object before, so ${fields} stays behind, and only one of the two is allowed`,
    wayOut: 'take it away first, or replace the object as a whole (kubectl replace)',
    commands: [`kubectl patch ${kubectlName(referenceTo(after))} --type strategic --patch '${JSON.stringify(wrapped(after, patch))}'`],
  }));
}

/**
 * Who wrote the fields, as the server tells it where it is asked to (`--show-managed-fields`): nobody by an apply. Helm's are left out,
 * since a takeover hands its fields over.
 */
function isUnapplied(object: Thing): boolean {
  const [annotations, writers] = [at(object, 'metadata', 'annotations'), maps(at(object, 'metadata', 'managedFields'))];
  return (
    writers.length > 0 &&
    writers.every(({ operation }) => operation !== 'Apply') &&
    at(annotations, 'kubectl.kubernetes.io/last-applied-configuration') === undefined &&
    at(annotations, 'meta.helm.sh/release-name') === undefined
  );
}

function inContainers(list: string, was: Plain, is: Plain): Leftover[] {
  return pairs(was[list], is[list]).flatMap(([old, now]) => {
    const { name } = now;
    const found = (path: string, gone: string, patch: Plain): Leftover => ({
      path: `${list}[${String(name)}].${path}`,
      fields: gone,
      patch: { [list]: [{ name, ...patch }] },
    });
    const lifecycle = [at(old, 'lifecycle'), at(now, 'lifecycle')];
    return [
      ...PROBES.flatMap((probe) => {
        const gone = replaced(HANDLERS, old[probe], now[probe]);
        return gone === undefined ? [] : [found(probe, gone, { [probe]: null })];
      }),
      ...HOOKS.flatMap((hook) => {
        const gone = replaced(HANDLERS, at(lifecycle[0], hook), at(lifecycle[1], hook));
        return gone === undefined ? [] : [found(`lifecycle.${hook}`, gone, { lifecycle: { [hook]: null } })];
      }),
      ...pairs(old['env'], now['env']).flatMap(([before, after]) => {
        const gone = replaced(['value', 'valueFrom'], before, after);
        return gone === undefined ? [] : [found(`env[${String(after['name'])}]`, gone, { env: [{ name: after['name'], [gone]: null }] })];
      }),
    ];
  });
}

/** A volume whose source is only taken away becomes an emptyDir, so that the new one stands in the same patch. */
function inVolumes(was: Plain, is: Plain): Leftover[] {
  return pairs(was['volumes'], is['volumes']).flatMap(([old, now]) => {
    const sources = Object.keys({ ...old, ...now }).filter((key) => key !== 'name');
    const gone = replaced(sources, old, now);
    return gone === undefined
      ? []
      : [{ path: `volumes[${String(now['name'])}]`, fields: gone, patch: { volumes: [{ ...now, [gone]: null }] } }];
  });
}

/** The field of the old one, when the new one has another of the same choice. An empty text is not a value. */
function replaced(choice: readonly string[], was: unknown, is: unknown): string | undefined {
  const of = (map: unknown): string | undefined =>
    isPlain(map) ? choice.find((key) => map[key] !== undefined && map[key] !== null && map[key] !== '') : undefined;
  const [old, now] = [of(was), of(is)];
  return old === undefined || now === undefined || old === now ? undefined : old;
}

/** The items of one name in both lists. */
const pairs = (was: unknown, is: unknown): [Plain, Plain][] =>
  maps(is).flatMap((now) => {
    const old = maps(was).find(({ name }) => name === now['name']);
    return old ? [[old, now] as [Plain, Plain]] : [];
  });

const specPath = ({ kind }: Thing): string => (kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec');
const wrapped = ({ kind }: Thing, spec: Plain): Plain =>
  kind === 'CronJob' ? { spec: { jobTemplate: { spec: { template: { spec } } } } } : { spec: { template: { spec } } };
