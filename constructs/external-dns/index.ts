// external-dns: keeps records at a DNS provider in step with the hosts of Services and Ingresses.
import type { Construct } from 'constructs';
import { Component, type ComponentProps } from '../common/component';
import type { Definition } from '../common/chart';
import { clusterRole, clusterRoleBinding, serviceAccount } from './access';
import { deployment } from './deployment';
import { checkContext } from './problems';
import { service, serviceMonitor } from './service';
import { externalDnsValues } from './values';

export { externalDnsValues, type ExternalDnsValues } from './values';

export const externalDns: Definition<typeof externalDnsValues> = {
  chart: { name: 'external-dns', version: '1.2.0', appVersion: '0.9.0' },
  values: externalDnsValues,
};

/** Deployment and Service, with account, cluster role and, when asked for, a ServiceMonitor. */
export class ExternalDns extends Component<typeof externalDnsValues> {
  protected readonly stage = 'admission';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof externalDnsValues>) {
    super(scope, id, externalDns, props);
    const { context } = this;
    checkContext(context);
    this.add(serviceAccount(context));
    this.add(clusterRole(context));
    this.add(clusterRoleBinding(context));
    this.add(service(context));
    this.add(deployment(context));
    this.add(serviceMonitor(context));
  }
}
