// What the Deployments and the Job of cert-manager have in common.
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, EnvVar } from 'kubernetes-types/core/v1';
import { filled, isTrue, plain, plainText, text } from '../../helm/print';
import type { Table } from '../../helm/schema';
import { annotations, textMap } from '../common/metadata';
import { podTemplate, type PodParts } from '../common/pod';
import { chartName } from '../common/release';
import { listOf } from '../common/lists';
import { fullNameOf, labelsOf, programPath, programValues, selectorLabels, serviceAccountNameOf, type Program } from './identity';
import { need } from '../common/checks';
import type { CertManagerContext } from './values';

export const namespaceVariable: EnvVar = { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } };

/** `--name=value` when the value is true in Go's sense. */
export const option = (name: string, value: unknown): string[] => (isTrue(value) ? [`--${name}=${text(value)}`] : []);

export const logLevel = ({ values }: CertManagerContext): string[] => option('v', values.global.logLevel);

export function leaderElection({ values }: CertManagerContext): string[] {
  const { leaderElection: own } = values.global;
  if (!own || !isTrue(own)) return [];
  return [
    `--leader-election-namespace=${text(own.namespace)}`,
    ...option('leader-election-lease-duration', own.leaseDuration),
    ...option('leader-election-renew-deadline', own.renewDeadline),
    ...option('leader-election-retry-period', own.retryPeriod),
  ];
}

/** The pods of a program: its container, made of the common values and what is special to it, and the rest of the pod. */
export function template(
  context: CertManagerContext,
  program: Program,
  container: Partial<Container>,
  pod: PodParts,
  scraping: Table = {},
) {
  const own = programValues(context, program);
  const image = need(own.image, ...programPath(program), 'image');
  return podTemplate(
    { labels: { ...labelsOf(context, program), ...textMap(own.podLabels) }, annotations: { ...textMap(own.podAnnotations), ...scraping } },
    {
      serviceAccountName: serviceAccountNameOf(context, program),
      priorityClassName: plainText(filled(context.values.global.priorityClassName)),
      containers: [
        {
          name: chartName(context.chart),
          image: isTrue(image) ? imageName(context, image) : undefined,
          imagePullPolicy: plainText(image.pullPolicy),
          securityContext: filled(own.containerSecurityContext),
          resources: own.resources,
          ...container,
        },
      ],
      nodeSelector: own.nodeSelector,
      affinity: filled(own.affinity),
      tolerations: listOf(own.tolerations),
      ...pod,
    },
  );
}

export function deployment(context: CertManagerContext, program: Exclude<Program, 'startupapicheck'>, pods: ReturnType<typeof template>) {
  const own = program === 'controller' ? context.values : context.values[program];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: fullNameOf(context, program), labels: labelsOf(context, program), ...annotations(own.deploymentAnnotations) },
    spec: {
      replicas: plain(own.replicaCount) as number,
      selector: { matchLabels: selectorLabels(context, program) },
      strategy: filled(own.strategy),
      template: pods,
    },
  } satisfies Deployment;
}

function imageName({ chart }: CertManagerContext, own: NonNullable<CertManagerContext['values']['image']>): string {
  const repository = `${isTrue(own.registry) ? `${text(own.registry)}/` : ''}${text(own.repository)}`;
  return isTrue(own.digest) ? `${repository}@${text(own.digest)}` : `${repository}:${text(filled(own.tag) ?? chart.appVersion)}`;
}
