// The Prometheus server.
import { isTrue, text } from '../../../helm/print';
import { serviceAccount } from '../common/access';
import { fullNameOf } from '../common/identity';
import { ingress } from '../common/ingress';
import { need } from '../../common/checks';
import type { Maker } from '../common/objects';
import { disruptionBudget, networkPolicy, verticalAutoscaler } from '../common/policies';
import { grpcPort, headlessService, service, servicePort } from '../common/service';
import { claim } from '../common/storage';
import type { PrometheusContext } from '../values';
import { access } from './access';
import { configMap } from './config';
import { workload } from './workload';

const KEY = 'server';
const PORT = 9090;

export function server(context: PrometheusContext): Maker[] {
  const own = context.values.server;
  if (!own.enabled) return [() => disruptionBudget(context, KEY)];
  return [
    () => networkPolicy(context, KEY, [{ ports: [{ port: PORT }] }]),
    () => disruptionBudget(context, KEY),
    () => serviceAccount(context, KEY),
    () => configMap(context),
    () => access(context),
    () => dataClaim(context),
    () => headless(context),
    () => mainService(context),
    () => workload(context),
    () => autoscaler(context),
    () => ingress(context, KEY),
  ];
}

function dataClaim(context: PrometheusContext) {
  const own = context.values.server;
  return need(own.statefulSet, KEY, 'statefulSet').enabled
    ? undefined
    : claim(context, KEY, need(own.persistentVolume, KEY, 'persistentVolume'));
}

function headless(context: PrometheusContext) {
  const inSet = need(context.values.server.statefulSet, KEY, 'statefulSet');
  if (!inSet.enabled) return undefined;
  const own = need(inSet.headless, KEY, 'statefulSet', 'headless');
  const grpc = need(own.gRPC, KEY, 'statefulSet', 'headless', 'gRPC');
  return headlessService(context, KEY, own, [servicePort({ name: 'http', port: own.servicePort, targetPort: PORT }), ...grpcPort(grpc)]);
}

function mainService(context: PrometheusContext) {
  const { service: given, statefulSet } = context.values.server;
  const own = need(given, KEY, 'service');
  const ports = [
    servicePort({ name: 'http', port: own.servicePort, targetPort: PORT, nodePort: own.nodePort }),
    ...grpcPort(need(own.gRPC, KEY, 'service', 'gRPC')),
  ];
  if (need(statefulSet, KEY, 'statefulSet').enabled) {
    const { enabled, replica } = need(own.statefulsetReplica, KEY, 'service', 'statefulsetReplica');
    if (enabled) {
      const selector = { 'statefulset.kubernetes.io/pod-name': `${fullNameOf(context, KEY)}-${text(replica)}` };
      if (isTrue(own.sessionAffinity) && own.sessionAffinity !== 'None')
        context.warn('server.service.sessionAffinity', 'has no effect with service.statefulsetReplica');
      return service(context, KEY, own, ports, { selector });
    }
  }
  return service(context, KEY, own, ports, { sessionAffinity: own.sessionAffinity });
}

function autoscaler(context: PrometheusContext) {
  const own = context.values.server;
  const kind = need(own.statefulSet, KEY, 'statefulSet').enabled ? 'StatefulSet' : 'Deployment';
  return verticalAutoscaler(context, KEY, need(own.verticalAutoscaler, KEY, 'verticalAutoscaler'), kind);
}
