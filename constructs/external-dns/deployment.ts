// Deployment of external-dns.
import type { Deployment } from 'kubernetes-types/apps/v1';
import { filled, isTrue, plain, plainText, text } from '../../helm/print';
import { textMap } from '../common/metadata';
import { podTemplate, pullSecrets } from '../common/pod';
import { listOf } from '../common/lists';
import { fullNameOf, labelsOf, selectorLabels, serviceAccountNameOf } from './identity';
import type { ExternalDnsContext } from './values';

export function deployment(context: ExternalDnsContext) {
  const { chart, values } = context;
  const { image } = values;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(context) },
      template: podTemplate(
        { labels: { ...selectorLabels(context), ...textMap(values.podLabels) }, annotations: textMap(values.podAnnotations) },
        {
          imagePullSecrets: pullSecrets(undefined, values.imagePullSecrets),
          serviceAccountName: serviceAccountNameOf(context),
          securityContext: filled(values.podSecurityContext),
          priorityClassName: plainText(filled(values.priorityClassName)),
          terminationGracePeriodSeconds: plain(filled(values.terminationGracePeriodSeconds)) as number,
          containers: [
            {
              name: 'external-dns',
              securityContext: filled(values.securityContext),
              image: `${text(image.repository)}:${text(image.tag) || `v${chart.appVersion}`}`,
              imagePullPolicy: plainText(image.pullPolicy),
              env: listOf(values.env),
              args: programArguments(context),
              ports: [{ name: 'http', protocol: 'TCP', containerPort: 7979 }],
              livenessProbe: values.livenessProbe,
              readinessProbe: values.readinessProbe,
              volumeMounts: listOf(values.extraVolumeMounts),
              resources: filled(values.resources),
            },
          ],
          volumes: listOf(values.extraVolumes),
          nodeSelector: values.nodeSelector,
          affinity: filled(values.affinity),
          tolerations: listOf(values.tolerations),
        },
      ),
    },
  } satisfies Deployment;
}

function programArguments({ values }: ExternalDnsContext): string[] {
  const withTxt = values.registry === 'txt';
  return [
    `--log-level=${text(values.logLevel)}`,
    `--log-format=${text(values.logFormat)}`,
    `--interval=${text(values.interval)}`,
    ...(values.triggerLoopOnEvent ? ['--events'] : []),
    ...listOf(values.sources).map((source) => `--source=${text(source)}`),
    `--policy=${text(values.policy)}`,
    ...(withTxt && isTrue(values.txtOwnerId) ? [`--txt-owner-id=${text(values.txtOwnerId)}`] : []),
    ...(withTxt && isTrue(values.txtPrefix) ? [`--txt-prefix=${text(values.txtPrefix)}`] : []),
    ...listOf(values.domainFilters).map((domain) => `--domain-filter=${text(domain)}`),
    `--provider=${text(values.provider)}`,
    ...listOf(values.extraArgs)
      .map(text)
      .filter((argument) => argument !== ''),
  ];
}
