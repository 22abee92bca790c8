// The kinds of objects that kube-state-metrics can watch, and the API groups in which it must list and watch them.

interface Collector {
  readonly groups: readonly string[];
  /** Not among the defaults. */
  readonly onDemand?: boolean;
}

const core: Collector = { groups: [''] };
const batch: Collector = { groups: ['batch'] };
const workloads: Collector = { groups: ['extensions', 'apps'] };
const admission: Collector = { groups: ['admissionregistration.k8s.io'] };
const storage: Collector = { groups: ['storage.k8s.io'] };

export const COLLECTORS: Readonly<Record<string, Collector>> = {
  certificatesigningrequests: { groups: ['certificates.k8s.io'] },
  configmaps: core,
  cronjobs: batch,
  daemonsets: workloads,
  deployments: workloads,
  endpoints: core,
  horizontalpodautoscalers: { groups: ['autoscaling'] },
  ingresses: { groups: ['extensions', 'networking.k8s.io'] },
  jobs: batch,
  limitranges: core,
  mutatingwebhookconfigurations: admission,
  namespaces: core,
  networkpolicies: { groups: ['networking.k8s.io'] },
  nodes: core,
  persistentvolumeclaims: core,
  persistentvolumes: core,
  poddisruptionbudgets: { groups: ['policy'] },
  pods: core,
  replicasets: workloads,
  replicationcontrollers: core,
  resourcequotas: core,
  secrets: core,
  services: core,
  statefulsets: { groups: ['apps'] },
  storageclasses: storage,
  validatingwebhookconfigurations: admission,
  volumeattachments: storage,
  verticalpodautoscalers: { groups: ['autoscaling.k8s.io'], onDemand: true },
};
