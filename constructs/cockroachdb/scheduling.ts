// Where the database's pods may run.
import type { Affinity, PodAffinityTerm, PodAntiAffinity, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import { filled, integer, isTrue, plain, plainText } from '../../helm/print';
import { DEFAULT_KUBE_VERSION } from '../common/release';
import { podLabels } from './names';
import { hasVersion } from './version';
import type { CockroachDbContext } from './values';

export function affinity(context: CockroachDbContext): Affinity {
  const { nodeAffinity, podAffinity } = context.values.statefulset;
  return {
    ...(isTrue(nodeAffinity) ? { nodeAffinity } : {}),
    ...(isTrue(podAffinity) ? { podAffinity } : {}),
    ...podAntiAffinity(context),
  };
}

function podAntiAffinity(context: CockroachDbContext): { podAntiAffinity?: PodAntiAffinity } {
  const own = context.values.statefulset.podAntiAffinity;
  if (!own || !isTrue(own)) return {};
  if (!isTrue(own.type)) {
    const {
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
      requiredDuringSchedulingIgnoredDuringExecution: required,
      ...rest
    } = own;
    return {
      podAntiAffinity: {
        ...rest,
        ...(preferred ? { preferredDuringSchedulingIgnoredDuringExecution: [...preferred] } : {}),
        ...(required ? { requiredDuringSchedulingIgnoredDuringExecution: [...required] } : {}),
      },
    };
  }
  // As in the chart, what is null is left out; the warnings and the API server say so.
  const term = { topologyKey: plainText(own.topologyKey), labelSelector: { matchLabels: podLabels(context) } } as PodAffinityTerm;
  switch (own.type) {
    case 'hard':
      return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    case 'soft':
      return {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: integer(own.weight), podAffinityTerm: term }] },
      };
    default:
      return {};
  }
}

export function spreadConstraints(context: CockroachDbContext): TopologySpreadConstraint[] {
  if (!hasVersion(context.release.kubeVersion ?? DEFAULT_KUBE_VERSION, '>=1.16-0')) return [];
  const own = filled(context.values.statefulset.topologySpreadConstraints);
  return [
    {
      labelSelector: { matchLabels: podLabels(context) },
      maxSkew: plain(own?.maxSkew),
      topologyKey: plainText(own?.topologyKey),
      whenUnsatisfiable: plainText(own?.whenUnsatisfiable),
    } as TopologySpreadConstraint,
  ];
}
