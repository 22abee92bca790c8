// The API server of Estafette CI, with the namespace in which its jobs run.
import { defineChart, placed, type ChartDefinition } from '../../common/chart';
import { extraConfigmapObjects, extraSecretObjects } from '../common/extras';
import { identityHelpers } from '../common/identity';
import { backendConfig, backendConfigSecret } from '../common/identity-aware-proxy';
import { BUILT_IN } from '../common/neighbours';
import { pullSecret, serviceAccount } from '../common/resources';
import { autoscaler, CONNECTION_TEST, connectionTest, disruptionBudget, service } from '../common/server';
import { builderServiceAccount, jobsNamespace, roles } from './access';
import { certificate } from './certificate';
import { configMap } from './config';
import { deployment } from './deployment';
import { ingress, webhooksIngress } from './ingress';
import { jobNamespace } from './names';
import { issues } from './issues';
import { keyBackup, keyMakers, keySource, keysSecret, tlsSecret } from './secrets';
import { apiValues } from './values';
import { warnings } from './warnings';

/** Deployment, Service and Ingresses with all they need: accounts and roles, keys, certificate, configuration. */
export const api: ChartDefinition<typeof apiValues> = defineChart({
  chart: { name: 'estafette-ci-api', alias: 'api', version: '1.5.8', appVersion: '' },
  values: apiValues,
  helpers: { ...identityHelpers('estafette-ci-api'), 'estafette-ci-api.jobNamespace': jobNamespace },
  issues,
  warnings,
  objects: (context) => [
    placed(jobsNamespace(context), { keep: true }),
    serviceAccount(context),
    builderServiceAccount(context),
    roles(context),
    pullSecret(context),
    placed(keysSecret(context), { keep: context.values.secret.keep }),
    keyMakers(context),
    placed(tlsSecret(context), { keep: context.values.tls.keep }),
    // Nothing but the Ingress reads it, and its issuer may want to reach its hosts through that.
    placed(certificate(context), { stage: 'apps' }),
    extraSecretObjects(context, context.values),
    extraConfigmapObjects(context, context.values),
    configMap(context),
    backendConfigSecret(context),
    backendConfig(context),
    disruptionBudget(context),
    service(context),
    placed(deployment(context), { calls: [BUILT_IN.databaseHost, BUILT_IN.queueHost] }),
    autoscaler(context),
    ingress(context),
    webhooksIngress(context),
    placed(connectionTest(context), CONNECTION_TEST),
  ],
  notes: (context) =>
    keySource(context) === 'none'
      ? []
      : [
          '',
          'Keep the keys of the API server where they cannot get lost: without secretDecryptionKey nobody can ' +
            'read the secrets that Estafette stores.',
          'This saves them as a values file, which brings the same Secret back:',
          '',
          `  ${keyBackup(context)}`,
        ],
});
