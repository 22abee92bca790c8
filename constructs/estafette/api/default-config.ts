// The configuration that the API server starts with when the values bring none.
import type { DefaultContext } from '../../../helm/schema';
import { BUILT_IN, databaseHost, queueHost } from '../common/neighbours';

/** Text of config.yaml, with Go templates in it. */
export function defaultConfig(context: DefaultContext): string {
  const host = databaseHost(context);
  const queue = queueHost(context);
  return [
    'apiServer:',
    '  baseURL: https://{{ $.Values.baseHost }}',
    '  integrationsURL: https://{{ $.Values.integrationsHost }}',
    '  serviceURL: http://{{ include "estafette-ci-api.fullname" . }}.{{ .Release.Namespace }}.svc.cluster.local',
    '',
    'jobs:',
    '  namespace: {{ include "estafette-ci-api.jobNamespace" . }}',
    '',
    'auth:',
    '  jwt:',
    '    domain: {{ $.Values.baseHost }}',
    '',
    // The program has these names built in for a release called estafette-ci, and the chart never tells it others.
    ...(host === BUILT_IN.databaseHost ? [] : ['database:', `  host: ${host}`, '']),
    ...(queue === BUILT_IN.queueHost ? [] : ['queue:', '  hosts:', `  - ${queue}`, '']),
  ].join('\n');
}
