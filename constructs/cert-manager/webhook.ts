// The admission webhook: Deployment, Service, and the configurations that make the API server call it.
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { filled, isTrue, plain, plainText, text } from '../../helm/print';
import type { Table } from '../../helm/schema';
import { annotations, textMap } from '../common/metadata';
import { listOf } from '../common/lists';
import { fullNameOf, labelsOf, selectorLabels, webhookCaOf } from './identity';
import { deployment, logLevel, namespaceVariable, template } from './workload';
import type { CertManagerContext } from './values';

type WebhookValues = CertManagerContext['values']['webhook'];

export function webhook(context: CertManagerContext) {
  const {
    release,
    values: { webhook: own },
  } = context;
  const name = fullNameOf(context, 'webhook');
  const hosts = [
    name,
    `${name}.${release.namespace}`,
    `${name}.${release.namespace}.svc`,
    ...(isTrue(own.url.host) ? [text(own.url.host)] : []),
  ];
  return deployment(
    context,
    'webhook',
    template(
      context,
      'webhook',
      {
        args: [
          ...logLevel(context),
          `--secure-port=${text(own.securePort)}`,
          '--dynamic-serving-ca-secret-namespace=$(POD_NAMESPACE)',
          `--dynamic-serving-ca-secret-name=${webhookCaOf(context)}`,
          `--dynamic-serving-dns-names=${hosts.join(',')}`,
          ...listOf(own.extraArgs).map(text),
        ],
        ports: [{ name: 'https', protocol: 'TCP', containerPort: plain(own.securePort) as number }],
        livenessProbe: probe('/livez', own.livenessProbe),
        readinessProbe: probe('/healthz', own.readinessProbe),
        env: [namespaceVariable],
      },
      { securityContext: filled(own.securityContext), hostNetwork: own.hostNetwork ? true : undefined },
    ),
  );
}

const probe = (path: string, own: WebhookValues['livenessProbe']): Probe => ({
  httpGet: { path, port: 6080, scheme: 'HTTP' },
  initialDelaySeconds: plain(own.initialDelaySeconds) as number,
  periodSeconds: plain(own.periodSeconds) as number,
  timeoutSeconds: plain(own.timeoutSeconds) as number,
  successThreshold: plain(own.successThreshold) as number,
  failureThreshold: plain(own.failureThreshold) as number,
});

export function webhookService(context: CertManagerContext) {
  const { webhook: own } = context.values;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: fullNameOf(context, 'webhook'), labels: { ...labelsOf(context, 'webhook'), ...textMap(own.serviceLabels) } },
    spec: {
      type: plainText(own.serviceType),
      loadBalancerIP: plainText(filled(own.loadBalancerIP)),
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: plain(own.securePort) as number }],
      selector: selectorLabels(context, 'webhook'),
    },
  } satisfies Service;
}

export const mutatingConfiguration = (context: CertManagerContext) =>
  ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: configurationMetadata(context, context.values.webhook.mutatingWebhookConfigurationAnnotations),
    webhooks: [call(context, '/mutate')],
  }) satisfies MutatingWebhookConfiguration;

/** Validation leaves out cert-manager's own namespace, and those that are labelled so. */
export const validatingConfiguration = (context: CertManagerContext) =>
  ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: configurationMetadata(context, context.values.webhook.validatingWebhookConfigurationAnnotations),
    webhooks: [
      {
        ...call(context, '/validate'),
        namespaceSelector: {
          matchExpressions: [
            { key: 'cert-manager.io/disable-validation', operator: 'NotIn', values: ['true'] },
            { key: 'name', operator: 'NotIn', values: [context.release.namespace] },
          ],
        },
      },
    ],
  }) satisfies ValidatingWebhookConfiguration;

const configurationMetadata = (context: CertManagerContext, given: Table | undefined) => ({
  name: fullNameOf(context, 'webhook'),
  labels: labelsOf(context, 'webhook'),
  ...annotations({ 'cert-manager.io/inject-ca-from-secret': `${context.release.namespace}/${webhookCaOf(context)}` }, given),
});

/** How the API server calls the webhook, and for what. */
function call(context: CertManagerContext, path: string) {
  const {
    release,
    values: { webhook: own },
  } = context;
  return {
    name: 'webhook.cert-manager.io',
    rules: [
      { apiGroups: ['cert-manager.io', 'acme.cert-manager.io'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['*/*'] },
    ],
    admissionReviewVersions: ['v1', 'v1beta1'],
    matchPolicy: 'Equivalent',
    timeoutSeconds: plain(own.timeoutSeconds) as number,
    failurePolicy: 'Fail',
    sideEffects: 'None',
    clientConfig: isTrue(own.url.host)
      ? { url: `https://${text(own.url.host)}${path}` }
      : { service: { name: fullNameOf(context, 'webhook'), namespace: release.namespace, path } },
  };
}
