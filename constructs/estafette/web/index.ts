// The web interface of Estafette CI.
import type { Construct } from 'constructs';
import { isTrue, text } from '../../../helm/print';
import { Component, type ComponentProps } from '../../common/component';
import type { Definition } from '../../common/chart';
import { refuse, textNeeded } from '../../common/checks';
import { extraConfigmapObjects, extraSecretObjects } from '../common/extras';
import { identityHelpers, jobNamespaceOf } from '../common/identity';
import { backendConfig, backendConfigSecret, proxyIssues } from '../common/identity-aware-proxy';
import { pullSecret, serviceAccount } from '../common/resources';
import { autoscaler, CONNECTION_TEST, connectionTest, deployment, disruptionBudget, serverIssues, service } from '../common/server';
import { webValues, type WebContext } from './values';

/** The published helper asks for fullnameOverride where it means jobNamespaceOverride. */
const jobNamespace = ({ release, values }: WebContext): string =>
  isTrue(values.fullnameOverride) ? text(values.jobNamespaceOverride) : jobNamespaceOf(release, undefined);

export const web: Definition<typeof webValues> = {
  chart: { name: 'estafette-ci-web', alias: 'web', version: '1.4.1', appVersion: '' },
  values: webValues,
  helpers: { ...identityHelpers('estafette-ci-web'), 'estafette-ci-web.jobNamespace': jobNamespace },
};

/** Deployment, Service and what belongs to them: account, pull secret, budget, autoscaler, extra Secrets and ConfigMaps. */
export class Web extends Component<typeof webValues> {
  protected readonly stage = 'apps';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof webValues>) {
    super(scope, id, web, props);
    const { context } = this;
    const { values } = context;
    refuse([...serverIssues(context), ...proxyIssues(context), ...textNeeded(values.service.type, 'service', 'type')]);
    this.add(serviceAccount(context));
    this.add(pullSecret(context));
    extraSecretObjects(context, values).forEach((secret) => this.add(secret));
    extraConfigmapObjects(context, values).forEach((configMap) => this.add(configMap));
    this.add(backendConfigSecret(context));
    this.add(backendConfig(context));
    this.add(disruptionBudget(context));
    this.add(service(context));
    this.add(deployment(context, { env: values.deployment.env }));
    this.add(autoscaler(context));
    this.add(connectionTest(context), CONNECTION_TEST);
  }
}

export { webValues, type WebValues } from './values';
