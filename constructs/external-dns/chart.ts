// external-dns: keeps records at a DNS provider in step with the hosts of Services and Ingresses.
import { defineChart, type ChartDefinition } from '../common/chart';
import { clusterRole, clusterRoleBinding, serviceAccount } from './access';
import { deployment } from './deployment';
import { issues, warnings } from './issues';
import { service, serviceMonitor } from './service';
import { externalDnsValues } from './values';

/** Deployment and Service, with account, cluster role and, when asked for, a ServiceMonitor. */
export const externalDns: ChartDefinition<typeof externalDnsValues> = defineChart({
  chart: { name: 'external-dns', version: '1.2.0', appVersion: '0.9.0' },
  values: externalDnsValues,
  stage: 'admission',
  issues,
  warnings,
  objects: (context) => [
    serviceAccount(context),
    clusterRole(context),
    clusterRoleBinding(context),
    service(context),
    deployment(context),
    serviceMonitor(context),
  ],
});
