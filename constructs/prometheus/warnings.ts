// What people should know of values that work as in the published chart, but hardly as meant.
import { isTrue } from '../../helm/print';
import type { PrometheusContext } from './values';

export function warnOfFaults({ values, warn }: PrometheusContext): void {
  if (values.podSecurityPolicy?.enabled) {
    warn('podSecurityPolicy.enabled', 'has no effect: PodSecurityPolicies are gone since Kubernetes 1.25; use Pod Security admission');
  }
  if (isTrue(values.schedulerName)) {
    warn('schedulerName', 'is left out: the chart prints it into the selector of Pushgateway, where Kubernetes refuses it');
  }
  for (const key of ['server', 'alertmanager', 'nodeExporter', 'pushgateway'] as const) {
    const { enabled, fullnameOverride, name } = values[key];
    if (enabled && typeof name !== 'string' && !isTrue(fullnameOverride)) {
      warn(
        `${key}.name`,
        'must be text: the names of the objects hold it as Go prints what is none, and Kubernetes refuses them; leave the key out or put it in quotes',
      );
    }
  }
  const { pushgateway } = values;
  if (!pushgateway.enabled && pushgateway.persistentVolume.enabled) {
    warn('pushgateway.persistentVolume.enabled', 'makes a claim though pushgateway.enabled is false');
  }
}
