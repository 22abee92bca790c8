// cert-manager: issues certificates and renews them.
import type { Construct } from 'constructs';
import { Component, type ComponentProps } from '../common/component';
import type { Definition } from '../common/chart';
import { roles, serviceAccount } from './access';
import { cainjector } from './cainjector';
import { controller, metricsService, serviceMonitor } from './controller';
import { checkContext } from './problems';
import { startupCheck } from './startup-check';
import { certManagerValues } from './values';
import { mutatingConfiguration, validatingConfiguration, webhook, webhookService } from './webhook';

export { certManagerValues, type CertManagerValues } from './values';

export const certManager: Definition<typeof certManagerValues> = {
  chart: { name: 'cert-manager', version: 'v1.5.3', appVersion: 'v1.5.3' },
  values: certManagerValues,
};

/**
 * Controller, admission webhook, CA injector and a check that runs once. The custom resource definitions are installed apart.
 * @throws ValuesError when `installCRDs` is on
 */
export class CertManager extends Component<typeof certManagerValues> {
  protected readonly stage = 'admission';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof certManagerValues>) {
    super(scope, id, certManager, props);
    const { context } = this;
    const { values } = context;
    checkContext(context);
    this.add(serviceAccount(context, 'controller'));
    this.add(serviceAccount(context, 'webhook'));
    if (values.cainjector.enabled) this.add(serviceAccount(context, 'cainjector'));
    roles(context).forEach((object) => this.add(object));
    this.add(metricsService(context));
    this.add(webhookService(context));
    if (values.cainjector.enabled) this.add(cainjector(context));
    this.add(controller(context));
    this.add(webhook(context));
    this.add(serviceMonitor(context));
    startupCheck(context).forEach(([object, lifecycle]) => this.add(object, lifecycle));
    this.add(mutatingConfiguration(context));
    this.add(validatingConfiguration(context));
  }
}
