// Pods and all that is in them: defaults of core/v1 as servers fill them in, merge keys and order.
import { containersIn, podSpecOf } from '../../../kubernetes/pods';
import { environment, keyed, list, quantities, record, set, text, texts, type DefaultOf } from '../shape';
import type { Plain } from '../objects';

const httpGet = record({ httpHeaders: list() }, { defaults: { scheme: 'HTTP', path: '/' } });
const probe = record(
  { httpGet, grpc: record({}, { defaults: { service: '' } }) },
  { defaults: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, initialDelaySeconds: 0 } },
);
const handler = record({ httpGet });
const fieldRef = record({}, { defaults: { apiVersion: 'v1' } });
/** `divisor: "0"` is how a server prints that there is none. */
const resourceFieldRef = record({ divisor: { is: 'quantity' } }, { defaults: { divisor: '0' } });

/** Without a tag, or with latest, an image is pulled each time; a digest is never a tag. */
const pullPolicy: DefaultOf = ({ image }) =>
  typeof image === 'string' && !image.includes('@') && (/:latest$/.test(image) || !/:[^/]*$/.test(image)) ? 'Always' : 'IfNotPresent';

export const resources = record({ requests: quantities, limits: quantities, claims: keyed('name') });

const securityContext = record(
  { capabilities: record({ add: set(), drop: set() }), seccompProfile: record(), seLinuxOptions: record() },
  { vain: ['capabilities'] },
);

const container = record(
  {
    env: environment(
      record(
        {
          value: text,
          valueFrom: record({
            fieldRef,
            resourceFieldRef,
            secretKeyRef: record({}, { defaults: { optional: false } }),
            configMapKeyRef: record({}, { defaults: { optional: false } }),
          }),
        },
        { defaults: { value: '' } },
      ),
    ),
    envFrom: list(
      record({ secretRef: record({}, { defaults: { optional: false } }), configMapRef: record({}, { defaults: { optional: false } }) }),
    ),
    ports: keyed(['containerPort', 'protocol'], record({}, { defaults: { protocol: 'TCP', hostPort: 0 } })),
    volumeMounts: keyed('mountPath', record({}, { defaults: { readOnly: false } })),
    volumeDevices: keyed('devicePath'),
    command: list(text),
    args: list(text),
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: record({ postStart: handler, preStop: handler }),
    resources,
    securityContext,
  },
  {
    defaults: {
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: pullPolicy,
      stdin: false,
      stdinOnce: false,
      tty: false,
    },
    vain: ['resources', 'securityContext', 'lifecycle'],
  },
);

/** Rights may be written in octal: readers of YAML make the number of it. */
const mode = { defaultMode: 420 };
const files = { items: keyed('key') };
const volume = record({
  secret: record(files, { defaults: { ...mode, optional: false } }),
  configMap: record(files, { defaults: { ...mode, optional: false } }),
  downwardAPI: record({ items: keyed('path', record({ fieldRef, resourceFieldRef })) }, { defaults: mode }),
  projected: record(
    {
      sources: list(
        record({
          secret: record(files),
          configMap: record(files),
          downwardAPI: record({ items: keyed('path', record({ fieldRef, resourceFieldRef })) }),
          serviceAccountToken: record({}, { defaults: { expirationSeconds: 3600 } }),
        }),
      ),
    },
    { defaults: mode },
  ),
  hostPath: record({}, { defaults: { type: '' } }),
  emptyDir: record({ sizeLimit: { is: 'quantity' } }, { defaults: { medium: '' } }),
  persistentVolumeClaim: record({}, { defaults: { readOnly: false } }),
  csi: record({ volumeAttributes: texts }, { defaults: { readOnly: false } }),
  ephemeral: record({
    volumeClaimTemplate: record({ spec: record({ accessModes: set(), resources }, { defaults: { volumeMode: 'Filesystem' } }) }),
  }),
});

export const labelSelector = record({ matchLabels: texts, matchExpressions: set(record({ values: set() })) });
const affinityTerm = record({ labelSelector, namespaceSelector: labelSelector, namespaces: set(), matchLabelKeys: set() });
const nodeTerm = record({ matchExpressions: set(record({ values: set() })), matchFields: set(record({ values: set() })) });
const podAffinity = record({
  requiredDuringSchedulingIgnoredDuringExecution: set(affinityTerm),
  preferredDuringSchedulingIgnoredDuringExecution: set(record({ podAffinityTerm: affinityTerm })),
});
const affinity = record(
  {
    nodeAffinity: record({
      requiredDuringSchedulingIgnoredDuringExecution: record({ nodeSelectorTerms: set(nodeTerm) }),
      preferredDuringSchedulingIgnoredDuringExecution: set(record({ preference: nodeTerm })),
    }),
    podAffinity,
    podAntiAffinity: podAffinity,
  },
  { vain: ['nodeAffinity', 'podAffinity', 'podAntiAffinity'] },
);

/** A server writes both names of the service account. */
const sameAccount: DefaultOf = ({ serviceAccountName }) => serviceAccountName;

const podFields = {
  containers: keyed('name', container),
  /** They run one after the other. */
  initContainers: list(container),
  volumes: keyed('name', volume),
  imagePullSecrets: keyed('name'),
  hostAliases: keyed('ip', record({ hostnames: set() })),
  tolerations: set(record({}, { defaults: { operator: 'Equal' } })),
  topologySpreadConstraints: set(record({ labelSelector, matchLabelKeys: set() })),
  nodeSelector: texts,
  affinity,
  dnsConfig: record({ nameservers: list(), searches: list(), options: list() }),
  securityContext: record({ supplementalGroups: set(), sysctls: keyed('name') }),
  readinessGates: set(),
};
const podDefaults = {
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  enableServiceLinks: true,
  serviceAccount: sameAccount,
  serviceAccountName: 'default',
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  shareProcessNamespace: false,
  setHostnameAsFQDN: false,
};
const podVain = ['securityContext', 'affinity'];

export const podSpec = record(podFields, { defaults: podDefaults, vain: podVain });

/** A Pod of its own gets more from the scheduler and admission than one in a template. */
export const livePodSpec = record(podFields, {
  defaults: podDefaults,
  vain: podVain,
  assigned: ['nodeName', 'preemptionPolicy', 'priority', 'tolerations', 'serviceAccountName', 'serviceAccount'],
});

export const podTemplate = record(
  { metadata: record({ labels: texts, annotations: texts }, { vain: ['labels', 'annotations'] }), spec: podSpec },
  { vain: ['metadata'] },
);

/** The containers of an object's pods, those that run first in front. */
export const containersOf = (object: Plain): Plain[] => containersIn(podSpecOf(object) ?? {});
