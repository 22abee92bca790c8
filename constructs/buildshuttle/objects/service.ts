// How clients reach the service, and Prometheus its figures.
import { ApiObject, JsonPatch } from 'cdk8s';
import { HttpIngressPathType, Ingress, IngressBackend, Secret, Service, type ServiceType } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { isTrue, plainText, text } from '../../../helm/print';
import { textMap } from '../../common/metadata';
import { metadataOf, PORT, secretNames, selectorLabels, type BuildshuttleContext } from '../names';

export function addAccess(scope: Construct, context: BuildshuttleContext): void {
  const { service: own, ingress, serviceMonitor } = context.values;
  const service = new Service(scope, 'service', {
    metadata: metadataOf(context, '', own.annotations),
    type: text(own.type) as ServiceType,
    ports: [{ name: 'http', port: Number(own.port), targetPort: PORT }],
  });
  for (const [key, value] of Object.entries(selectorLabels(context))) service.selectLabel(key, value);
  if (isTrue(ingress.enabled)) addIngress(scope, context, service);
  if (isTrue(serviceMonitor.enabled)) addServiceMonitor(scope, context);
}

function addIngress(scope: Construct, context: BuildshuttleContext, service: Service): void {
  const { className, host, path, tlsSecret, annotations } = context.values.ingress;
  const tls = plainText(tlsSecret);
  new Ingress(scope, 'ingress', {
    metadata: metadataOf(context, '', annotations),
    className: plainText(className),
    rules: [{ host: text(host), path: text(path), pathType: HttpIngressPathType.PREFIX, backend: IngressBackend.fromService(service) }],
    ...(tls === undefined ? {} : { tls: [{ hosts: [text(host)], secret: Secret.fromSecretName(scope, 'ingress-tls', tls) }] }),
  });
}

/** The figures need the token, as everything but the health checks does. */
function addServiceMonitor(scope: Construct, context: BuildshuttleContext): void {
  const { labels, interval } = context.values.serviceMonitor;
  const metadata = metadataOf(context);
  const { auth } = secretNames(context);
  const authorization = auth === undefined ? {} : { authorization: { credentials: { name: auth, key: text(context.values.auth.key) } } };
  const monitor = new ApiObject(scope, 'service-monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { ...metadata, labels: { ...metadata.labels, ...textMap(labels) } },
  });
  monitor.addJsonPatch(
    JsonPatch.add('/spec', {
      endpoints: [{ port: 'http', path: '/metrics', interval: text(interval), ...authorization }],
      selector: { matchLabels: selectorLabels(context) },
    }),
  );
}
