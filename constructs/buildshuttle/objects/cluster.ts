// Mode kubernetes: what the service may do in its namespace, the template of the builds' pods, and who reaches those.
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { isTrue } from '../../../helm/print';
import { listOf } from '../../common/lists';
import { TEMPLATE_FILE } from '../environment';
import { buildAccount, BUILD_PORT, buildLabels, metadataOf, nameOf, selectorLabels, type BuildshuttleContext } from '../names';
import { buildPod } from './build-pod';
import { addSubordinateIds } from './engine';
import { buildEgress } from './network-policy';
import { podText } from './pod-text';

/** The verbs that the service uses, and no other: the test takes away one at a time. */
export const RULES = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'] },
  { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
] as const;

const RBAC = 'rbac.authorization.k8s.io/v1';
/** The content of the template's file. */
export const templateText = (context: BuildshuttleContext): string => podText(buildPod(context));

export function addCluster(scope: Construct, context: BuildshuttleContext): void {
  const name = nameOf(context);
  const { namespace } = context.release;
  const pull = listOf(context.values.imagePullSecrets);
  const add = (id: string, apiVersion: string, kind: string, metadata: object, content: object): void => {
    const object = new ApiObject(scope, id, { apiVersion, kind, metadata });
    const print = object.toJson.bind(object);
    object.toJson = (): unknown => ({ ...(print() as object), ...content });
  };
  add('account', 'v1', 'ServiceAccount', metadataOf(context), { automountServiceAccountToken: false });
  add(
    'build-account',
    'v1',
    'ServiceAccount',
    { ...metadataOf(context), name: buildAccount(context) },
    // Not in the template: a pod that names some gets none of its account, which is where those for the whole release go.
    { automountServiceAccountToken: false, ...(pull.length ? { imagePullSecrets: pull } : {}) },
  );
  add('role', RBAC, 'Role', metadataOf(context), { rules: RULES });
  add('role-binding', RBAC, 'RoleBinding', metadataOf(context), {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  add('pod-template', 'v1', 'ConfigMap', metadataOf(context, '-pod'), { data: { [TEMPLATE_FILE]: templateText(context) } });
  addSubordinateIds(scope, context);
  add('budget', 'policy/v1', 'PodDisruptionBudget', metadataOf(context), {
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(context) } },
  });
  if (!isTrue(context.values.networkPolicy.enabled)) return;
  const bounded = isTrue(context.values.networkPolicy.egress.enabled);
  add('build-network-policy', 'networking.k8s.io/v1', 'NetworkPolicy', metadataOf(context, '-build'), {
    spec: {
      podSelector: { matchLabels: buildLabels(context) },
      policyTypes: ['Ingress', ...(bounded ? ['Egress'] : [])],
      ingress: [{ ports: [{ protocol: 'TCP', port: BUILD_PORT }], from: [{ podSelector: { matchLabels: selectorLabels(context) } }] }],
      ...(bounded ? { egress: buildEgress(context) } : {}),
    },
  });
}
