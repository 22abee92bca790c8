// Ingress of the admin interface, and Google Cloud's proxy in front of it.
import type { Secret } from 'kubernetes-types/core/v1';
import type { HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressRule } from 'kubernetes-types/networking/v1';
import { isTrue, plainText, text } from '../../helm/print';
import { base64 } from '../../kubernetes/encode';
import { annotations } from '../common/metadata';
import { listOf } from '../common/lists';
import { fullNameOf, labelsOf, labelsWith, publicNameOf } from './names';
import { copyOf, quotedOrNone } from './text';
import type { CockroachDbContext } from './values';

export function ingress(context: CockroachDbContext) {
  const { iap, ingress: own, service } = context.values;
  if (!own.enabled) return undefined;
  const paths = listOf(own.paths).map((path): HTTPIngressPath => ({
    path: quotedOrNone(path),
    pathType: iap.enabled ? 'ImplementationSpecific' : 'Prefix',
    backend: { service: { name: publicNameOf(context), port: { name: quotedOrNone(service.ports.http.name) } } },
  }));
  // As in the chart, no paths are printed as none; the warnings and the API server say so.
  const http = { paths: copyOf(paths) } as HTTPIngressRuleValue;
  const rules: IngressRule[] = own.hosts?.length ? own.hosts.map((host) => ({ host: plainText(host), http })) : [{ http }];
  // GKE reads the annotation alone, not ingressClassName.
  const proxy = iap.enabled ? { 'kubernetes.io/ingress.class': 'gce', 'kubernetes.io/ingress.allow-http': 'false' } : {};
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: `${fullNameOf(context)}-ingress`, labels: labelsWith(context, own.labels), ...annotations(own.annotations, proxy) },
    spec: { rules, tls: copyOf(own.tls) },
  } satisfies Ingress;
}

const proxySecretNameOf = (context: CockroachDbContext): string =>
  isTrue(context.values.iap.existingSecret) ? text(context.values.iap.existingSecret) : `${fullNameOf(context)}.iap`;

export function backendConfig(context: CockroachDbContext) {
  if (!context.values.iap.enabled) return undefined;
  return {
    apiVersion: 'cloud.google.com/v1beta1',
    kind: 'BackendConfig',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: { iap: { enabled: true, oauthclientCredentials: { secretName: proxySecretNameOf(context) } }, timeoutSec: 120 },
  };
}

export function backendConfigSecret(context: CockroachDbContext) {
  const { iap } = context.values;
  if (!iap.enabled || isTrue(iap.existingSecret)) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: proxySecretNameOf(context), labels: labelsOf(context) },
    data: { client_id: base64(text(iap.clientId)), client_secret: base64(text(iap.clientSecret)) },
  } satisfies Secret;
}
