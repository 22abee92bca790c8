// Values of node-exporter.
import { flag, group, number, table, type Leaf } from '../../../helm/schema';
import {
  deploymentAnnotations,
  disruptionBudgetFields,
  extraArgs,
  extraInitContainers,
  imageValues,
  naming,
  nodeConfigmapMounts,
  nodeHostPathMounts,
  podAnnotations,
  podSecurityContext,
  podSecurityPolicyValues,
  resources,
  scheduling,
  serviceFields,
} from '../common/values';

const ignored = <T>(leaf: Leaf<T>): Leaf<T> => ({ ...leaf, unused: true, doc: 'No effect: a DaemonSet gets no PodDisruptionBudget.' });

export const nodeExporterValues = group(
  {
    enabled: flag(true, 'Installs node-exporter on every node.'),
    ...naming('node-exporter'),
    hostNetwork: flag(true, "Puts the pods into the node's network, so that they see its interfaces."),
    hostPID: flag(true, 'Lets the pods see the processes of the node.'),
    hostRootfs: flag(true, 'Mounts the root of the node at /host/root, to be read only.'),
    image: imageValues('quay.io/prometheus/node-exporter', 'v1.1.2'),
    podSecurityPolicy: group(
      podSecurityPolicyValues({
        enabled: flag(undefined, 'Older place of the switch for PodSecurityPolicies, which are not made any more.', { unused: true }),
      }),
    ),
    ...scheduling,
    updateStrategy: table({ type: 'RollingUpdate' }, 'How the DaemonSet replaces pods.', { type: 'DaemonSetUpdateStrategy' }),
    extraArgs: extraArgs('node-exporter'),
    extraInitContainers,
    extraHostPathMounts: nodeHostPathMounts,
    extraConfigmapMounts: nodeConfigmapMounts,
    podAnnotations,
    pod: group({ labels: table({}, 'More labels of the pods.') }, { nullable: true }),
    podDisruptionBudget: group(
      { enabled: ignored(disruptionBudgetFields.enabled), maxUnavailable: ignored(disruptionBudgetFields.maxUnavailable) },
      { nullable: true },
    ),
    deploymentAnnotations: deploymentAnnotations(),
    resources,
    securityContext: podSecurityContext({ fsGroup: 65534, runAsGroup: 65534, runAsNonRoot: true, runAsUser: 65534 }),
    service: group(
      {
        ...serviceFields(9100, 'None', { 'prometheus.io/scrape': 'true' }),
        hostPort: number(9100, 'Port on the node; also that of the container and the Service while hostNetwork is on.'),
      },
      { doc: 'Service of node-exporter.', nullable: true },
    ),
  },
  { doc: 'node-exporter, which measures the nodes themselves.' },
);
