// Named templates of kube-state-metrics that values may include.
import type { Helpers } from '../../common/chart';
import { fullNameOf, nameOf, namespaceOf, serviceAccountNameOf } from './identity';
import type { kubeStateMetricsValues } from './values';

export const helpers: Helpers<typeof kubeStateMetricsValues> = {
  'kube-state-metrics.name': nameOf,
  'kube-state-metrics.fullname': fullNameOf,
  'kube-state-metrics.serviceAccountName': serviceAccountNameOf,
  'kube-state-metrics.namespace': namespaceOf,
};
