// Values of Pushgateway.
import { flag, group, text } from '../../../helm/schema';
import {
  affinity, deploymentAnnotations, disruptionBudgetFields, extraArgs, extraInitContainers, imageValues, ingressValues, naming, persistentVolumeFields,
  podAnnotations, podLabels, podSecurityContext, podSecurityPolicyValues, replicaCount, resources, scheduling, serviceFields, strategy,
  verticalAutoscalerValues,
} from '../common/values';

export const pushgatewayValues = group({
  enabled: flag(true, 'Installs Pushgateway.'),
  schedulerName: text(undefined, 'No effect: documented by the published chart, read by no template.', { unused: true }),
  ...naming('pushgateway'),
  image: imageValues('prom/pushgateway', 'v1.3.1'),
  ...scheduling,
  affinity: { ...affinity, default: undefined },
  extraArgs: { ...extraArgs('Pushgateway'), doc: 'Arguments of Pushgateway: the flag without its dashes, and its value; true stands for a flag without one.' },
  extraInitContainers,
  ingress: ingressValues({}),
  podAnnotations,
  podLabels,
  podSecurityPolicy: group(podSecurityPolicyValues(), { nullable: true }),
  replicaCount,
  deploymentAnnotations: deploymentAnnotations({}),
  podDisruptionBudget: group(disruptionBudgetFields, { doc: 'Limit for drains.' }),
  resources,
  verticalAutoscaler: verticalAutoscalerValues,
  securityContext: podSecurityContext({ runAsUser: 65534, runAsNonRoot: true }),
  service: group(serviceFields(9091, '', { 'prometheus.io/probe': 'pushgateway' }), { doc: 'Service of Pushgateway.', nullable: true }),
  strategy,
  persistentVolume: group(persistentVolumeFields(false, '2Gi'), { doc: 'Volume of the pushed metrics; extraArgs must name a file on it (persistence.file).' }),
}, { doc: 'Pushgateway, to which short-lived jobs push their metrics.' });
