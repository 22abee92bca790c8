// What people should know of values that work as in the published chart, but hardly as meant.
import type { Warning } from '../../helm/check';
import { isTrue } from '../../helm/print';
import { textNeeded } from '../common/checks';
import type { PrometheusContext } from './values';

export function warnings({ values }: PrometheusContext): Warning[] {
  const { podSecurityPolicy, pushgateway, schedulerName } = values;
  const unnamed = (['server', 'alertmanager', 'nodeExporter', 'pushgateway'] as const).filter((key) => {
    const { enabled, fullnameOverride, name } = values[key];
    return enabled && typeof name !== 'string' && !isTrue(fullnameOverride);
  });
  return [
    ...(podSecurityPolicy?.enabled
      ? [
          {
            path: 'podSecurityPolicy.enabled',
            message: 'has no effect: PodSecurityPolicies are gone since Kubernetes 1.25; use Pod Security admission',
          },
        ]
      : []),
    ...(isTrue(schedulerName)
      ? [
          {
            path: 'schedulerName',
            message: 'is left out: the chart prints it into the selector of Pushgateway, where Kubernetes refuses it',
          },
        ]
      : []),
    ...unnamed.flatMap((key) =>
      textNeeded(values[key].name, key, 'name').map(({ message }) => ({
        path: `${key}.name`,
        message: `${message}; Kubernetes refuses the names of the objects otherwise`,
      })),
    ),
    ...(!pushgateway.enabled && pushgateway.persistentVolume.enabled
      ? [{ path: 'pushgateway.persistentVolume.enabled', message: 'makes a claim though pushgateway.enabled is false' }]
      : []),
  ];
}
