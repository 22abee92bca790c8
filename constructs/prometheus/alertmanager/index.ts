// Alertmanager.
import { isTrue } from '../../../helm/print';
import { serviceAccount } from '../common/access';
import { ingress } from '../common/ingress';
import { need } from '../../common/checks';
import type { Maker } from '../common/objects';
import { disruptionBudget, fromServer, networkPolicy } from '../common/policies';
import { headlessService, meshPort, service, servicePort } from '../common/service';
import { claim } from '../common/storage';
import type { PrometheusContext } from '../values';
import { access } from './access';
import { configMap } from './config';
import { workload } from './workload';

const KEY = 'alertmanager';
const PORT = 9093;

export function alertmanager(context: PrometheusContext): Maker[] {
  const own = context.values.alertmanager;
  if (!own.enabled) return [() => disruptionBudget(context, KEY)];
  warnOfIgnored(context);
  return [
    () => networkPolicy(context, KEY, [fromServer(context), { ports: [{ port: PORT }] }]),
    () => disruptionBudget(context, KEY),
    () => serviceAccount(context, KEY),
    () => configMap(context),
    () => access(context),
    () => (own.statefulSet.enabled ? undefined : claim(context, KEY, need(own.persistentVolume, KEY, 'persistentVolume'))),
    () => headless(context),
    () => mainService(context),
    () => workload(context),
    () => ingress(context, KEY),
  ];
}

/** Values that the chart reads for one kind of workload only. */
function warnOfIgnored({ values, warn }: PrometheusContext): void {
  const own = values.alertmanager;
  if (!own.statefulSet.enabled) return;
  for (const key of ['extraInitContainers', 'dnsConfig', 'clusterPeers'] as const) {
    if (isTrue(own[key])) warn(`alertmanager.${key}`, 'has no effect with alertmanager.statefulSet.enabled');
  }
  if (own.configFileName !== 'alertmanager.yml')
    warn('alertmanager.configFileName', 'has no effect with alertmanager.statefulSet.enabled: the file is alertmanager.yml');
}

function headless(context: PrometheusContext) {
  const inSet = context.values.alertmanager.statefulSet;
  if (!inSet.enabled) return undefined;
  const own = need(inSet.headless, KEY, 'statefulSet', 'headless');
  return headlessService(context, KEY, own, [servicePort({ name: 'http', port: own.servicePort, targetPort: PORT }), ...meshPort(own)]);
}

function mainService(context: PrometheusContext) {
  const own = need(context.values.alertmanager.service, KEY, 'service');
  const ports = [servicePort({ name: 'http', port: own.servicePort, targetPort: PORT, nodePort: own.nodePort }), ...meshPort(own)];
  return service(context, KEY, own, ports, { sessionAffinity: own.sessionAffinity });
}
