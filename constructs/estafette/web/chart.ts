// The web interface of Estafette CI.
import { isTrue, text } from '../../../helm/print';
import { defineChart, placed, type ChartDefinition } from '../../common/chart';
import { textNeeded } from '../../common/checks';
import { extraConfigmapObjects, extraSecretObjects } from '../common/extras';
import { identityHelpers, jobNamespaceOf } from '../common/identity';
import { backendConfig, backendConfigSecret, proxyIssues } from '../common/identity-aware-proxy';
import { pullSecret, serviceAccount } from '../common/resources';
import { autoscaler, CONNECTION_TEST, connectionTest, deployment, disruptionBudget, serverIssues, service } from '../common/server';
import { webValues, type WebContext } from './values';

/** The published helper asks for fullnameOverride where it means jobNamespaceOverride. */
const jobNamespace = ({ release, values }: WebContext): string =>
  isTrue(values.fullnameOverride) ? text(values.jobNamespaceOverride) : jobNamespaceOf(release, undefined);

/** Deployment, Service and what belongs to them: account, pull secret, budget, autoscaler, extra Secrets and ConfigMaps. */
export const web: ChartDefinition<typeof webValues> = defineChart({
  chart: { name: 'estafette-ci-web', alias: 'web', version: '1.4.1', appVersion: '' },
  values: webValues,
  helpers: { ...identityHelpers('estafette-ci-web'), 'estafette-ci-web.jobNamespace': jobNamespace },
  issues: (context) => [...serverIssues(context), ...proxyIssues(context), ...textNeeded(context.values.service.type, 'service', 'type')],
  objects: (context) => [
    serviceAccount(context),
    pullSecret(context),
    extraSecretObjects(context, context.values),
    extraConfigmapObjects(context, context.values),
    backendConfigSecret(context),
    backendConfig(context),
    disruptionBudget(context),
    service(context),
    deployment(context, { env: context.values.deployment.env }),
    autoscaler(context),
    placed(connectionTest(context), CONNECTION_TEST),
  ],
});
