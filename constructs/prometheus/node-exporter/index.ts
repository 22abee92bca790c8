// node-exporter: a pod on every node.
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { Container } from 'kubernetes-types/core/v1';
import { filled, isTrue, text } from '../../../helm/print';
import { makesRoles, serviceAccount } from '../common/access';
import { containerNameOf, metadataOf, selectorOf } from '../common/identity';
import { listOf } from '../../common/lists';
import { need } from '../../common/checks';
import type { Maker } from '../common/objects';
import { numeric, sortedEntries } from '../common/print';
import { service, servicePort } from '../common/service';
import { configMapVolumes, hostPathVolumes, imageOf, mountsOf, podOf } from '../common/workload';
import type { PrometheusContext } from '../values';

const KEY = 'nodeExporter';
const PORT = 9100;

export function nodeExporter(context: PrometheusContext): Maker[] {
  if (!context.values.nodeExporter.enabled) return [];
  return [
    () => serviceAccount(context, KEY),
    // Its only role was for a PodSecurityPolicy.
    () => void makesRoles(context),
    () => mainService(context),
    () => daemonSet(context),
  ];
}

const serviceValuesOf = ({ values }: PrometheusContext) => need(values.nodeExporter.service, KEY, 'service');

function mainService(context: PrometheusContext) {
  const own = serviceValuesOf(context);
  const port = context.values.nodeExporter.hostNetwork
    ? { port: own.hostPort, targetPort: numeric(own.hostPort) }
    : { port: own.servicePort, targetPort: PORT };
  return service(context, KEY, own, [servicePort({ name: 'metrics', ...port })]);
}

function daemonSet(context: PrometheusContext) {
  const own = context.values.nodeExporter;
  const folders = [
    { name: 'proc', path: '/proc', mount: { mountPath: '/host/proc' } },
    { name: 'sys', path: '/sys', mount: { mountPath: '/host/sys' } },
    ...(own.hostRootfs ? [{ name: 'root', path: '/', mount: { mountPath: '/host/root', mountPropagation: 'HostToContainer' } }] : []),
  ];
  const hostPaths = listOf(own.extraHostPathMounts);
  const configMaps = listOf(own.extraConfigmapMounts);
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadataOf(context, KEY, { annotations: own.deploymentAnnotations }),
    spec: {
      selector: { matchLabels: selectorOf(context, KEY) },
      updateStrategy: filled(own.updateStrategy),
      template: podOf(
        context,
        KEY,
        { ...own, podLabels: need(own.pod, KEY, 'pod').labels },
        {
          hostNetwork: own.hostNetwork ? true : undefined,
          hostPID: own.hostPID ? true : undefined,
          containers: [
            {
              ...exporter(context),
              volumeMounts: [
                ...folders.map(({ mount, name }) => ({ name, ...mount, readOnly: true })),
                ...mountsOf(hostPaths),
                ...mountsOf(configMaps),
              ],
            },
          ],
          volumes: [
            ...folders.map(({ name, path }) => ({ name, hostPath: { path } })),
            ...hostPathVolumes(hostPaths),
            ...configMapVolumes(configMaps),
          ],
        },
      ),
    },
  } satisfies DaemonSet;
}

function exporter(context: PrometheusContext): Container {
  const own = context.values.nodeExporter;
  const { hostPort } = serviceValuesOf(context);
  return {
    name: containerNameOf(context, KEY),
    ...imageOf(need(own.image, KEY, 'image')),
    args: [
      '--path.procfs=/host/proc',
      '--path.sysfs=/host/sys',
      ...(own.hostRootfs ? ['--path.rootfs=/host/root'] : []),
      ...(own.hostNetwork ? [`--web.listen-address=:${text(hostPort)}`] : []),
      // Of a flag with a false, empty or zero value only the name is printed.
      ...sortedEntries(own.extraArgs).map(([name, value]) => (isTrue(value) ? `--${name}=${text(value)}` : `--${name}`)),
    ],
    // A port without a number is one that the values took away; the API server asks for it.
    ports: [{ name: 'metrics', containerPort: (own.hostNetwork ? numeric(hostPort) : PORT) as number, hostPort: numeric(hostPort) }],
    resources: own.resources,
  };
}
