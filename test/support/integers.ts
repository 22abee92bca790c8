// Integers as people give them with `--set`, for each chart.
import type { ChartName } from '../../constructs/charts';

/** Numbers, texts of digits, and what stands in maps and lists. */
export const SET_INTEGERS: Readonly<Record<ChartName, string>> = {
  buildshuttle: 'service.port=81,image.tag=123,tolerations[0].key=a,tolerations[0].tolerationSeconds=60',
  devstats: 'grafanaNReplicas=3,ingressAnnotations.revision=7,skipTemp=123',
  'estafette-ci': [
    'api.deployment.replicaCount=4,web.image.tag=123,api.deployment.podAnnotations.revision=7,api.deployment.nodeSelector.zone=3',
    'web.deployment.tolerations[0].key=a,web.deployment.tolerations[0].tolerationSeconds=60',
  ].join(),
};

/** What a template writes with an exponent when a values file has it. */
export const SET_LARGE: Readonly<Record<ChartName, string>> = {
  buildshuttle: 'tolerations[0].key=a,tolerations[0].tolerationSeconds=5000000',
  devstats: 'postgresTerminationGracePeriodSeconds=5000000',
  'estafette-ci': 'web.deployment.tolerations[0].key=a,web.deployment.tolerations[0].tolerationSeconds=5000000',
};
