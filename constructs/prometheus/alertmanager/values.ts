// Values of Alertmanager.
import { flag, group, list, number, table, text, type Scalar } from '../../../helm/schema';
import {
  affinity, deploymentAnnotations, disruptionBudgetFields, emptyDirValues, extraArgs, extraInitContainers, extraSecretMounts, headlessFields, imageValues,
  ingressLabels, ingressValues, naming, persistentVolumeFields, podAnnotations, podLabels, podSecurityContext, podSecurityPolicyValues, replicaCount,
  resources, scheduler, scheduling, serviceFields, statefulSetFields, strategy,
} from '../common/values';

const onlyDeployment = 'Not with a StatefulSet.';
const meshPeer = 'Lets several Alertmanagers form a cluster over port 6783';

export const alertmanagerValues = group({
  enabled: flag(true, 'Installs Alertmanager.'),
  useClusterRole: flag(true, 'Binds the ServiceAccount to a ClusterRole; false means a Role in each of `namespaces`.'),
  useExistingRole: text(false, 'Name of a role that exists already and is bound instead of one of our own.'),
  namespaces: list<string>(undefined, 'Namespaces that get a Role and its binding while useClusterRole is false.'),
  ...naming('alertmanager'),
  image: imageValues('quay.io/prometheus/alertmanager', 'v0.21.0'),
  ...scheduling,
  affinity,
  schedulerName: text(undefined, scheduler),
  extraArgs: extraArgs('Alertmanager'),
  extraInitContainers: { ...extraInitContainers, doc: `${extraInitContainers.doc} ${onlyDeployment}` },
  prefixURL: text('', 'Path under which Alertmanager serves its pages, such as /alertmanager.'),
  baseURL: text('http://localhost:9093', 'Address at which people reach Alertmanager.'),
  extraEnv: table<Scalar | null>({}, 'Environment variables of the container by name.'),
  extraSecretMounts,
  configMapOverrideName: text('', 'ConfigMap that exists already, named without the release and its dash in front; none is made then.'),
  configFromSecret: text('', 'Secret that exists already and holds the configuration; no ConfigMap is made then.'),
  configFileName: text('alertmanager.yml', `File of the configuration that Alertmanager reads. ${onlyDeployment}`),
  ingress: ingressValues(ingressLabels),
  strategy,
  podDisruptionBudget: group(disruptionBudgetFields, { doc: 'Limit for drains.' }),
  persistentVolume: group(persistentVolumeFields(true, '2Gi'), { doc: 'Volume of silences and notifications.', nullable: true }),
  emptyDir: emptyDirValues,
  podAnnotations: {
    ...podAnnotations,
    doc: `${podAnnotations.doc} \`prometheus.io/probe\` also names the pods that the server of this release sends alerts to.`,
  },
  podLabels,
  podSecurityPolicy: group(podSecurityPolicyValues(), { nullable: true }),
  replicaCount,
  deploymentAnnotations: deploymentAnnotations({}),
  statefulSet: group({
    ...statefulSetFields,
    headless: group({
      ...headlessFields,
      enableMeshPeer: flag(false, `${meshPeer}; with a StatefulSet, whose pods are the peers.`),
    }, { doc: 'Service that gives each pod of the StatefulSet a name.', nullable: true }),
  }, { doc: 'StatefulSet instead of a Deployment.' }),
  resources,
  dnsConfig: { ...scheduling.dnsConfig, doc: `${scheduling.dnsConfig.doc} ${onlyDeployment}` },
  securityContext: podSecurityContext({ runAsUser: 65534, runAsNonRoot: true, runAsGroup: 65534, fsGroup: 65534 }),
  service: group({
    ...serviceFields(80),
    nodePort: number(undefined, 'Port on the nodes.'),
    sessionAffinity: text('None', 'Whether a client stays with one pod: None or ClientIP.'),
    enableMeshPeer: flag(undefined, `${meshPeer}; with a Deployment, whose peers are in clusterPeers.`),
  }, { doc: 'Service of Alertmanager.', nullable: true }),
  clusterPeers: list<string>([], `Addresses of the first peers. ${onlyDeployment}`),
}, { doc: 'Alertmanager, which groups alerts and sends them on.' });
