// What servers, controllers and tools write into objects, and nobody who applies them.
import { canonical, normalize } from './normalize';
import { at, isLive, isPlain, maps, type Plain, type Thing } from './objects';
import { texts } from './shape';

const METADATA = new Set([
  'managedFields',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'clusterName',
]);

/** Helm's hook marks are for Helm: a server does nothing with them. */
const ANNOTATIONS = new RegExp(
  `^(${[
    String.raw`kubectl\.kubernetes\.io/(last-applied-configuration|restartedAt)`,
    String.raw`deployment\.kubernetes\.io/.*`,
    String.raw`deprecated\.daemonset\.template\.generation`,
    String.raw`meta\.helm\.sh/.*`,
    String.raw`helm\.sh/hook(-.*)?`,
    String.raw`batch\.kubernetes\.io/.*`,
    String.raw`autoscaling\.alpha\.kubernetes\.io/.*`,
    String.raw`control-plane\.alpha\.kubernetes\.io/leader`,
    String.raw`(pv|volume|volume\.beta)\.kubernetes\.io/.*`,
    String.raw`ingress\.kubernetes\.io/(backends|forwarding-rule|https-forwarding-rule|https-target-proxy|ssl-cert|target-proxy|url-map|static-ip)`,
    String.raw`cloud\.google\.com/neg-status`,
    String.raw`endpoints\.kubernetes\.io/last-change-trigger-time`,
  ].join('|')})$`,
);

/** Whether an annotation is written by servers, controllers or tools. */
export const isWrittenAnnotation = (name: string): boolean => ANNOTATIONS.test(name);

/** Written by the Job controller, under both their names. */
const JOB_LABELS = new Set(['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name']);
const without = (map: Plain, drop: (key: string) => boolean): Plain =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !drop(key)));

/** The object without what is written for it. */
export function clean(object: Thing): Thing {
  const { status: _status, ...rest } = object;
  const cleaned = withoutMarks(rest);
  if (object.kind === 'Namespace') return withoutNameLabel(cleaned) as Thing;
  if (object.kind === 'Pod') return { ...cleaned, spec: withoutAdmission(at(cleaned, 'spec')) } as unknown as Thing;
  if (object.kind === 'Job') return withoutTemplateLabels(withoutJobLabels(cleaned, isLive(object))) as Thing;
  return cleaned as Thing;
}

/** Metadata occurs in templates too. */
function withoutMarks(value: Plain): Plain {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === 'metadata' && isPlain(item)) return [key, cleanMetadata(item)];
      if (key === 'spec' && isPlain(item)) return [key, withoutMarks(item)];
      // Whatever is made from a template gets a name of its own.
      if (['template', 'jobTemplate'].includes(key) && isPlain(item)) return [key, withoutName(withoutMarks(item))];
      if (key === 'volumeClaimTemplates' && Array.isArray(item))
        return [key, item.map((claim: unknown) => (isPlain(claim) ? withoutMarks(claim) : claim))];
      return [key, item];
    }),
  );
}

function cleanMetadata(metadata: Plain): Plain {
  const { annotations } = metadata;
  return {
    ...without(metadata, (key) => METADATA.has(key)),
    ...(isPlain(annotations) ? { annotations: without(annotations, (key) => ANNOTATIONS.test(key)) } : {}),
  };
}

const withoutName = (template: Plain): Plain =>
  isPlain(template['metadata'])
    ? { ...template, metadata: without(template['metadata'], (key) => key === 'name' || key === 'namespace') }
    : template;

function withoutNameLabel(object: Plain): Plain {
  const { metadata } = object;
  const labels = at(metadata, 'labels');
  return isPlain(metadata) && isPlain(labels)
    ? { ...object, metadata: { ...metadata, labels: without(labels, (key) => key === 'kubernetes.io/metadata.name') } }
    : object;
}

function withoutJobLabels(value: Plain, live: boolean): Plain {
  if (!live) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if ((key === 'labels' || key === 'matchLabels') && isPlain(item)) return [key, without(item, (name) => JOB_LABELS.has(name))];
      return [
        key,
        isPlain(item) && ['metadata', 'spec', 'template', 'jobTemplate', 'selector'].includes(key) ? withoutJobLabels(item, live) : item,
      ];
    }),
  );
}

/** A server gives a Job without labels those of its pods. */
function withoutTemplateLabels(job: Plain): Plain {
  const { metadata } = job;
  const same =
    canonical(normalize(at(metadata, 'labels'), texts), texts) ===
    canonical(normalize(at(job, 'spec', 'template', 'metadata', 'labels'), texts), texts);
  return isPlain(metadata) && same ? { ...job, metadata: without(metadata, (key) => key === 'labels') } : job;
}

/** Admission adds tolerations for nodes that fail, and a volume with the account's token. */
function withoutAdmission(spec: unknown): unknown {
  if (!isPlain(spec)) return spec;
  const isToken = ({ name }: Plain): boolean => /^kube-api-access-[a-z0-9]{5}$/.test(String(name));
  const isAdded = ({ key, effect, tolerationSeconds }: Plain): boolean =>
    /^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(String(key)) && effect === 'NoExecute' && tolerationSeconds === 300;
  const containers = (list: unknown): Plain[] =>
    maps(list).map((container) => ({ ...container, volumeMounts: maps(container['volumeMounts']).filter((mount) => !isToken(mount)) }));
  return {
    ...spec,
    volumes: maps(spec['volumes']).filter((volume) => !isToken(volume)),
    tolerations: maps(spec['tolerations']).filter((toleration) => !isAdded(toleration)),
    containers: containers(spec['containers']),
    initContainers: containers(spec['initContainers']),
  };
}
