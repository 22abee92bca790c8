// Deployment with the tools of NATS, for people.
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { isTrue, plainText, text } from '../../helm/print';
import { textMap } from '../common/metadata';
import { podTemplate, pullSecrets } from '../common/pod';
import { chartLabel } from '../common/names';
import { chartName } from '../common/release';
import { listOf } from '../common/lists';
import { containerBasics } from './containers';
import { fullNameOf } from './identity';
import type { NatsContext } from './values';
import { isGiven, tlsMount, tlsUses, tlsVolume } from './tls';

const CREDENTIALS = 'nats-sys-creds';
const CREDENTIALS_FOLDER = '/etc/nats-config/creds';

export function box(context: NatsContext) {
  const { chart, values } = context;
  const own = values.natsbox;
  if (!isTrue(own.enabled)) return undefined;
  const name = `${fullNameOf(context)}-box`;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { app: name, chart: chartLabel(chartName(chart), chart.version) } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: podTemplate(
        { labels: { app: name }, annotations: textMap(own.podAnnotations) },
        {
          affinity: own.affinity,
          nodeSelector: textMap(own.nodeSelector),
          tolerations: [...listOf(own.tolerations)],
          volumes: volumes(context),
          securityContext: values.securityContext,
          imagePullSecrets: pullSecrets(undefined, values.imagePullSecrets),
          containers: [container(context)],
        },
      ),
    },
  } satisfies Deployment;
}

const clientTls = ({ values }: NatsContext) => tlsUses(values).filter(({ folder }) => folder === 'clients');

function volumes(context: NatsContext): Volume[] {
  const { credentials } = context.values.natsbox;
  return [
    ...(isGiven(credentials) ? [{ name: CREDENTIALS, secret: { secretName: plainText(credentials.secret?.name) } }] : []),
    ...clientTls(context).map(tlsVolume),
  ];
}

function container(context: NatsContext): Container {
  const { natsbox } = context.values;
  const credentials = isGiven(natsbox.credentials) ? `${CREDENTIALS_FOLDER}/${text(natsbox.credentials.secret?.key)}` : undefined;
  const certificates = clientTls(context).map(tlsMount);
  const mounts: VolumeMount[] = [
    ...(credentials === undefined ? [] : [{ name: CREDENTIALS, mountPath: CREDENTIALS_FOLDER }]),
    ...certificates,
  ];
  return {
    name: 'nats-box',
    ...containerBasics(natsbox),
    env: [
      { name: 'NATS_URL', value: fullNameOf(context) },
      ...(credentials === undefined
        ? []
        : [
            { name: 'USER_CREDS', value: credentials },
            { name: 'USER2_CREDS', value: credentials },
          ]),
    ],
    ...(certificates[0] ? { lifecycle: trust(certificates[0].mountPath) } : {}),
    command: ['tail', '-f', '/dev/null'],
    volumeMounts: mounts,
  };
}

/** Makes the tools trust the authority of the servers' certificates. */
const trust = (folder: string) => ({
  postStart: { exec: { command: ['/bin/sh', '-c', `cp ${folder}/* /usr/local/share/ca-certificates && update-ca-certificates`] } },
});
