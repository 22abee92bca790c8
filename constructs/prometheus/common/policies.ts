// What limits drains and traffic, and what sizes pods.
import type { NetworkPolicy, NetworkPolicyIngressRule } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { isTrue, text } from '../../../helm/print';
import type { Scalar } from '../../../helm/schema';
import { listOf } from '../../common/lists';
import type { PrometheusContext } from '../values';
import { fullNameOf, labelsOf, metadataOf, selectorOf, type ProgramKey } from './identity';
import { need } from '../../common/checks';
import { portion } from './print';

/** Made whether or not the program is: the chart asks nothing else. */
export const disruptionBudget = (context: PrometheusContext, key: Exclude<ProgramKey, 'nodeExporter'>) => {
  const own = context.values[key].podDisruptionBudget;
  if (!own.enabled) return undefined;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(context, key),
    spec: { maxUnavailable: portion(own.maxUnavailable), selector: { matchLabels: labelsOf(context, key) } },
  } satisfies PodDisruptionBudget;
};

export function networkPolicy(context: PrometheusContext, key: ProgramKey, rules: NetworkPolicyIngressRule[]) {
  if (!need(context.values.networkPolicy, 'networkPolicy').enabled) return undefined;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(context, key),
    spec: { podSelector: { matchLabels: selectorOf(context, key) }, ingress: rules },
  } satisfies NetworkPolicy;
}

/** Lets in the server of this release. */
export const fromServer = (context: PrometheusContext): NetworkPolicyIngressRule => ({
  from: [{ podSelector: { matchLabels: selectorOf(context, 'server') } }],
});

export interface AutoscalerOptions {
  readonly enabled: boolean | undefined;
  readonly updateMode: Scalar | undefined;
  readonly containerPolicies: readonly unknown[] | undefined;
}

/** v1beta2 is what the chart prints and what the autoscaler's kinds still serve. */
export function verticalAutoscaler(
  context: PrometheusContext,
  key: ProgramKey,
  own: AutoscalerOptions,
  kind: 'Deployment' | 'StatefulSet',
) {
  if (!own.enabled) return undefined;
  return {
    apiVersion: 'autoscaling.k8s.io/v1beta2',
    kind: 'VerticalPodAutoscaler',
    metadata: metadataOf(context, key, { suffix: '-vpa' }),
    spec: {
      targetRef: { apiVersion: 'apps/v1', kind, name: fullNameOf(context, key) },
      updatePolicy: { updateMode: isTrue(own.updateMode) ? text(own.updateMode) : 'Off' },
      resourcePolicy: { containerPolicies: listOf(own.containerPolicies) },
    },
  };
}
