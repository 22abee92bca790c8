// The two components that serve HTTP, api and web: Deployment, Service, autoscaler, budget and a test of the connection.
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { EnvVar, Pod, SecurityContext, Service, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { Issue } from '../../../helm/check';
import { isTrue, plain, plainText, text } from '../../../helm/print';
import type { Group, Values } from '../../../helm/schema';
import { annotations } from '../../common/metadata';
import { podSpec } from '../../common/pod';
import { listOf } from '../../common/lists';
import { bareLabels, fullNameOf, labelsOf, nameIssues, selectorLabels, serviceAccountNameOf, type Named } from './identity';
import { extrasIssues } from './extras';
import { extensiblePod, extensiblePodIssues, firstSecurityContext, type ExtensiblePod, type ExtensibleWorkload } from './pod';
import type { autoscalingValues, deploymentValues, disruptionBudgetValues, Proxy, serviceValues } from './values';

export interface Server extends ExtensibleWorkload {
  readonly values: ExtensibleWorkload['values'] & {
    readonly deployment: ExtensiblePod & Values<Group<typeof deploymentValues>>;
    readonly securityContext: SecurityContext | undefined;
    readonly service: Values<typeof serviceValues>;
    readonly autoscaling: Values<typeof autoscalingValues>;
    readonly pdb: Values<typeof disruptionBudgetValues>;
    readonly iap: Proxy;
  };
}

/** What Helm would refuse of the values that both have. */
export const serverIssues = (context: Server): Issue[] => [
  ...nameIssues(context),
  ...extrasIssues(context.values),
  ...extensiblePodIssues(context.values.deployment, 'deployment'),
];

export interface ServerParts {
  readonly env?: readonly EnvVar[];
  readonly annotations?: object;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly volumes?: readonly Volume[];
}

export function deployment(context: Server, { env, annotations: own, volumeMounts, volumes }: ServerParts) {
  const { deployment: settings, autoscaling, securityContext } = context.values;
  const http = (path: string) => ({ httpGet: { path, port: 'http' } });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      ...(autoscaling.enabled ? {} : { replicas: plain(settings.replicaCount) as number }),
      selector: { matchLabels: selectorLabels(context) },
      template: extensiblePod(context, {
        section: 'deployment',
        settings,
        volumes,
        annotations: own,
        labels: { ...selectorLabels(context), ...bareLabels(settings.extraPodLabels) },
        container: {
          securityContext: firstSecurityContext(securityContext, settings.securityContext),
          env: listOf(env),
          ports: [{ name: 'http', containerPort: 5000, protocol: 'TCP' }],
          livenessProbe: http('/liveness'),
          readinessProbe: http('/readiness'),
          volumeMounts: listOf(volumeMounts),
        },
        pod: { serviceAccountName: serviceAccountNameOf(context), terminationGracePeriodSeconds: 300 },
      }),
    },
  } satisfies Deployment;
}

export function service(context: Server) {
  const { iap, service: own } = context.values;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: fullNameOf(context),
      labels: labelsOf(context),
      ...annotations(
        own.annotations,
        iap.enabled ? { 'beta.cloud.google.com/backend-config': `{"default": "${fullNameOf(context)}"}` } : {},
      ),
    },
    spec: {
      type: iap.enabled ? 'NodePort' : plainText(own.type),
      ports: [{ port: plain(own.port) as number, targetPort: 'http', protocol: 'TCP', name: 'http' }],
      selector: selectorLabels(context),
    },
  } satisfies Service;
}

export const disruptionBudget = (context: Server) =>
  context.values.pdb.enabled
    ? ({
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: fullNameOf(context), labels: labelsOf(context) },
        spec: {
          selector: { matchLabels: selectorLabels(context) },
          maxUnavailable: plain(context.values.pdb.maxUnavailable) as number | string,
        },
      } satisfies PodDisruptionBudget)
    : undefined;

export function autoscaler(context: Server) {
  const values = context.values.autoscaling;
  if (!values.enabled) return undefined;
  const target = (name: string, percent: unknown) =>
    isTrue(percent)
      ? [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: plain(percent) as number } } }]
      : [];
  const metrics = [...target('cpu', values.targetCPUUtilizationPercentage), ...target('memory', values.targetMemoryUtilizationPercentage)];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: fullNameOf(context) },
      minReplicas: plain(values.minReplicas) as number,
      maxReplicas: plain(values.maxReplicas) as number,
      ...(metrics.length ? { metrics } : {}),
    },
  } satisfies HorizontalPodAutoscaler;
}

/** For `helm test`: the Service answers. */
export const connectionTest = (context: Named & { readonly values: Pick<Server['values'], 'service'> }) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${fullNameOf(context)}-test-connection`, labels: labelsOf(context) },
    spec: podSpec({
      restartPolicy: 'Never',
      // The published chart has no tag: what it tests with changes from day to day.
      containers: [
        { name: 'wget', image: 'busybox:1.36', command: ['wget'], args: [`${fullNameOf(context)}:${text(context.values.service.port)}`] },
      ],
    }),
  }) satisfies Pod;

export const CONNECTION_TEST = { hook: { events: ['test'] } } as const;
