// Deployment of external-dns.
import type { Deployment } from 'kubernetes-types/apps/v1';
import { ValuesError } from '../../helm/check';
import { filled, isTrue, plain, plainText, text } from '../../helm/print';
import { textMap } from '../common/metadata';
import { podTemplate, pullSecrets } from '../common/pod';
import { fullNameOf, labelsOf, selectorLabels, serviceAccountNameOf } from './identity';
import type { ExternalDnsContext } from './index';

export function deployment(context: ExternalDnsContext) {
  const { chart, values } = context;
  const { image } = values;
  if (image.repository === undefined) throw new ValuesError([{ path: ['image', 'repository'], message: 'must not be null: the pod needs an image; leave the key out to keep the default' }]);
  return {
    apiVersion: 'apps/v1', kind: 'Deployment',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(context) },
      template: podTemplate({ labels: { ...selectorLabels(context), ...textMap(values.podLabels) }, annotations: textMap(values.podAnnotations) }, {
        imagePullSecrets: pullSecrets(undefined, values.imagePullSecrets),
        serviceAccountName: serviceAccountNameOf(context),
        securityContext: values.podSecurityContext,
        priorityClassName: plainText(values.priorityClassName),
        terminationGracePeriodSeconds: plain(filled(values.terminationGracePeriodSeconds)) as number,
        containers: [{
          name: 'external-dns',
          securityContext: values.securityContext,
          image: `${text(image.repository)}:${text(image.tag) || `v${chart.appVersion}`}`,
          imagePullPolicy: plainText(image.pullPolicy),
          env: values.env ? [...values.env] : undefined,
          args: programArguments(context),
          ports: [{ name: 'http', protocol: 'TCP', containerPort: 7979 }],
          livenessProbe: values.livenessProbe,
          readinessProbe: values.readinessProbe,
          volumeMounts: values.extraVolumeMounts ? [...values.extraVolumeMounts] : undefined,
          resources: values.resources,
        }],
        volumes: values.extraVolumes ? [...values.extraVolumes] : undefined,
        nodeSelector: values.nodeSelector,
        affinity: values.affinity,
        tolerations: values.tolerations ? [...values.tolerations] : undefined,
      }),
    },
  } satisfies Deployment;
}

function programArguments({ values, warn }: ExternalDnsContext): string[] {
  const withTxt = text(values.registry) === 'txt';
  if (!withTxt) warn('registry', 'only txt has an effect: name another registry to external-dns in extraArgs, such as --registry=noop');
  return [
    `--log-level=${text(values.logLevel)}`,
    `--log-format=${text(values.logFormat)}`,
    `--interval=${text(values.interval)}`,
    ...(values.triggerLoopOnEvent ? ['--events'] : []),
    ...(values.sources ?? []).map((source) => `--source=${text(source)}`),
    `--policy=${text(values.policy)}`,
    ...(withTxt && isTrue(values.txtOwnerId) ? [`--txt-owner-id=${text(values.txtOwnerId)}`] : []),
    ...(withTxt && isTrue(values.txtPrefix) ? [`--txt-prefix=${text(values.txtPrefix)}`] : []),
    ...(values.domainFilters ?? []).map((domain) => `--domain-filter=${text(domain)}`),
    `--provider=${text(values.provider)}`,
    ...(values.extraArgs ?? []).map(text).filter((argument) => argument !== ''),
  ];
}
