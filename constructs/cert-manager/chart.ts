// cert-manager: issues certificates and renews them.
import { defineChart, placed, type ChartDefinition } from '../common/chart';
import { roles, serviceAccount } from './access';
import { cainjector } from './cainjector';
import { controller, metricsService, serviceMonitor } from './controller';
import { issues, warnings } from './issues';
import { startupCheck } from './startup-check';
import { certManagerValues } from './values';
import { mutatingConfiguration, validatingConfiguration, webhook, webhookService } from './webhook';

/** Controller, admission webhook, CA injector and a check that runs once. The custom resource definitions are installed apart. */
export const certManager: ChartDefinition<typeof certManagerValues> = defineChart({
  chart: { name: 'cert-manager', version: 'v1.5.3', appVersion: 'v1.5.3' },
  values: certManagerValues,
  stage: 'admission',
  issues,
  warnings,
  objects: (context) => [
    serviceAccount(context, 'controller'),
    serviceAccount(context, 'webhook'),
    context.values.cainjector.enabled ? [serviceAccount(context, 'cainjector'), cainjector(context)] : [],
    roles(context),
    metricsService(context),
    webhookService(context),
    controller(context),
    webhook(context),
    serviceMonitor(context),
    startupCheck(context).map(([object, lifecycle]) => placed(object, lifecycle)),
    mutatingConfiguration(context),
    validatingConfiguration(context),
  ],
});
