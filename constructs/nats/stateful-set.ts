// StatefulSet of the servers.
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import { isTrue, plain, text } from '../../helm/print';
import { annotations, textMap } from '../common/metadata';
import { podTemplate, pullSecrets } from '../common/pod';
import { listOf } from '../common/lists';
import { advertisesPublicly } from './access';
import { bootContainer, exporterContainer, reloaderContainer, serverContainer } from './containers';
import { fullNameOf, labelsOf, selectorLabels } from './identity';
import type { NatsContext } from './values';
import { volumeClaimTemplates, volumes } from './volumes';

const SCRAPED = { 'prometheus.io/path': '/metrics', 'prometheus.io/port': '7777', 'prometheus.io/scrape': 'true' };

export function statefulSet(context: NatsContext) {
  const { values } = context;
  const { cluster, exporter } = values;
  const claims = volumeClaimTemplates(context);
  const replicas = isTrue(cluster.enabled) ? plain(cluster.replicas) : 1;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: fullNameOf(context), labels: labelsOf(context), ...annotations(values.statefulSetAnnotations) },
    spec: {
      selector: { matchLabels: selectorLabels(context) },
      ...(replicas === undefined ? {} : { replicas: replicas as number }),
      serviceName: fullNameOf(context),
      template: podTemplate(
        {
          labels: selectorLabels(context),
          annotations: { ...(isTrue(exporter.enabled) ? SCRAPED : {}), ...textMap(values.podAnnotations) },
        },
        pod(context),
      ),
      ...(claims.length ? { volumeClaimTemplates: claims } : {}),
    },
  } satisfies StatefulSet;
}

function pod(context: NatsContext) {
  const { values } = context;
  const { nats } = values;
  const external = advertisesPublicly(context);
  return {
    imagePullSecrets: pullSecrets(undefined, values.imagePullSecrets),
    securityContext: values.securityContext,
    affinity: values.affinity,
    nodeSelector: textMap(values.nodeSelector),
    tolerations: [...listOf(values.tolerations)],
    topologySpreadConstraints: topologySpreadConstraints(context),
    priorityClassName: isTrue(values.priorityClassName) ? text(values.priorityClassName) : undefined,
    volumes: volumes(context),
    serviceAccountName: external ? text(nats.serviceAccount) : undefined,
    // The reloader signals the server's process.
    shareProcessNamespace: true,
    initContainers: external && values.bootconfig ? [bootContainer(values.bootconfig)] : undefined,
    terminationGracePeriodSeconds: plain(nats.terminationGracePeriodSeconds) as number | undefined,
    containers: [
      serverContainer(context),
      ...(isTrue(values.reloader.enabled) ? [reloaderContainer(values.reloader)] : []),
      ...(isTrue(values.exporter.enabled) ? [exporterContainer(context)] : []),
    ],
  };
}

/** The chart reads three fields of a constraint, needs two of them, and selects the servers itself. */
function topologySpreadConstraints(context: NatsContext): TopologySpreadConstraint[] {
  return listOf(context.values.topologySpreadConstraints)
    .filter(({ maxSkew, topologyKey }) => isTrue(maxSkew) && isTrue(topologyKey))
    .map(
      ({ maxSkew, topologyKey, whenUnsatisfiable }) =>
        ({
          maxSkew: plain(maxSkew) as number,
          topologyKey: text(topologyKey),
          whenUnsatisfiable: isTrue(whenUnsatisfiable) ? whenUnsatisfiable : undefined,
          labelSelector: { matchLabels: selectorLabels(context) },
        }) as TopologySpreadConstraint,
    );
}
