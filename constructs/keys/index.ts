// Keys that nobody gave: a Job makes them inside the cluster, once, into a Secret
// that is not part of the release. Nothing random is printed.
import type { Job } from 'kubernetes-types/batch/v1';
import type { LocalObjectReference, PodSpec, Secret, ServiceAccount } from 'kubernetes-types/core/v1';
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { text } from '../../helm/print';
import type { KubeObject } from '../../kubernetes/object';
import { podTemplate } from '../common/pod';
import { KEYS_ANNOTATION, type Lifecycle } from '../common/stages';
import { GIVEN, KEY_SCRIPT, WORK } from './script';
import type { KeyJobSettings } from './values';

/** A Secret whose keys are to be there. */
export interface KeySet {
  /** Namespace of the Secret, and of the Job. */
  readonly namespace: string;
  /** Name of the Secret. The Job and what it needs are called after it, with -keys behind. */
  readonly name: string;
  /** Keys of the Secret. Each that is not given becomes 32 letters and digits. */
  readonly keys: readonly string[];
  /** Keys that are given, base64. */
  readonly given: Readonly<Record<string, string>>;
  /** Annotations of the Secret. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Name of the release. */
  readonly release: string;
  /** Labels of the Job and what it needs. The Secret has none: it belongs to no release, and no pruning takes it away. */
  readonly labels: Readonly<Record<string, string>>;
  /** The command that saves the keys. */
  readonly backup: string;
}

/** How the pod of the Job runs. */
export interface KeyPod {
  readonly settings: KeyJobSettings;
  readonly imagePullSecrets?: readonly LocalObjectReference[];
  /** Where it may run. */
  readonly placement?: Pick<PodSpec, 'nodeSelector' | 'tolerations' | 'affinity'>;
}

export interface KeyObject {
  readonly object: KubeObject;
  readonly lifecycle: Lifecycle;
}

/** Nobody: the image needs no user of its own. */
const USER = 65532;

/** Name of the Job, its account and its role. */
export const keyJobName = (secret: string): string => `${secret}-keys`;

/**
 * The Job with an account that may create Secrets in the namespace and nothing else: it reads none, changes none, and finds by the
 * server's answer that the Secret is there already. That one stays as it is, whoever made it.
 */
export function keyObjects(set: KeySet, pod: KeyPod): KeyObject[] {
  const given = givenKeys(set);
  const objects = [...(given ? [given] : []), account(set), role(set), roleBinding(set), job(set, pod)];
  const { namespace, name, backup } = set;
  return objects.map((object, weight) => ({
    object,
    lifecycle: {
      stage: 'keys',
      ...beforeRelease(weight + 1),
      ...(object.kind === 'Job' ? { makesKeys: { namespace, name, backup } } : {}),
    },
  }));
}

/** Helm makes them in this order before all else, and takes them away when they have done their work. */
const beforeRelease = (weight: number): Lifecycle => ({
  hook: { events: ['pre-install', 'pre-upgrade'], weight, deletePolicy: ['before-hook-creation', 'hook-succeeded'] },
});

const givenName = ({ name }: KeySet): string => `${name}-given-keys`;

function givenKeys(set: KeySet) {
  const data = Object.fromEntries(set.keys.flatMap((key) => (set.given[key] === undefined ? [] : [[key, set.given[key]]])));
  if (!Object.keys(data).length) return undefined;
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...place(set), name: givenName(set) }, type: 'Opaque', data } satisfies Secret;
}

const place = ({ namespace, name, labels }: KeySet) => ({ name: keyJobName(name), namespace, labels });

const account = (set: KeySet) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: place(set) }) satisfies ServiceAccount;

const role = (set: KeySet) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: place(set),
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
  }) satisfies Role;

const roleBinding = (set: KeySet) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: place(set),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: keyJobName(set.name) },
    subjects: [{ kind: 'ServiceAccount', name: keyJobName(set.name), namespace: set.namespace }],
  }) satisfies RoleBinding;

function job(set: KeySet, { settings, imagePullSecrets, placement }: KeyPod) {
  const { image, resources } = settings;
  const isGiven = givenKeys(set) !== undefined;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: place(set),
    spec: {
      template: podTemplate(
        // None of the component's: its Service and its budget select pods by those.
        { labels: { 'app.kubernetes.io/name': 'keys', 'app.kubernetes.io/instance': set.release } },
        {
          // A pod that failed stays, and with it what it said.
          restartPolicy: 'Never',
          serviceAccountName: keyJobName(set.name),
          imagePullSecrets: imagePullSecrets ? [...imagePullSecrets] : undefined,
          ...placement,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'keys',
              image: `${text(image.repository)}:${text(image.tag)}`,
              imagePullPolicy: text(image.pullPolicy),
              command: ['/bin/sh', '-c', KEY_SCRIPT],
              env: Object.entries(environment(set)).map(([name, value]) => ({ name, value: verbatim(value) })),
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
              resources,
              volumeMounts: [{ name: 'work', mountPath: WORK }, ...(isGiven ? [{ name: 'given', mountPath: GIVEN, readOnly: true }] : [])],
            },
          ],
          volumes: [
            { name: 'work', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
            ...(isGiven ? [{ name: 'given', secret: { secretName: givenName(set) } }] : []),
          ],
        },
      ),
    },
  } satisfies Job;
}

const environment = ({ namespace, name, keys, annotations }: KeySet) => ({
  SECRET_NAMESPACE: namespace,
  SECRET_NAME: name,
  SECRET_KEYS: keys.join(' '),
  SECRET_METADATA: JSON.stringify({ name, namespace, ...(annotations && Object.keys(annotations).length ? { annotations } : {}) }),
});

/** The kubelet fills in `$(NAME)`; a text that has that is meant as it is. */
const verbatim = (value: string): string => value.replaceAll('$(', '$$$$(');

/** In a shell. */
const SAVED = `${KEYS_ANNOTATION}=$(date -u +%FT%TZ)`;

/**
 * The command that saves the keys of a Secret as a values file, which brings the same Secret back, and notes in the Secret that they
 * are saved. It needs the rights to get and to patch this one Secret.
 * @param path place of the keys in the values, with a sibling b64encoded
 * @param value what the values call a key of the Secret; the same by default
 */
export function backupCommand(
  { namespace, name, keys }: Pick<KeySet, 'namespace' | 'name' | 'keys'>,
  path: readonly string[],
  value = (key: string): string => key,
): string {
  const content = (key: string): string => (/^\w+$/.test(key) ? `.data.${key}` : `index .data "${key}"`);
  const members = ['b64encoded: true', ...keys.map((key) => `${value(key)}: "{{${content(key)}}}"`)].join(', ');
  const template = path.reduceRight((inner, part) => `{${part}: ${inner}}`, `{${members}}`);
  const secret = `secret --namespace ${namespace} ${name}`;
  return `kubectl get ${secret} --output go-template='${template}' > ${name}-keys.yaml && kubectl annotate ${secret} --overwrite ${SAVED}`;
}

export { keyJobValues, type KeyJobSettings } from './values';
