// The API server of Estafette CI, with the namespace in which its jobs run.
import type { Construct } from 'constructs';
import { Component, type ComponentProps } from '../../common/component';
import type { Definition } from '../../common/chart';
import { extraConfigmapObjects, extraSecretObjects } from '../common/extras';
import { identityHelpers } from '../common/identity';
import { backendConfig, backendConfigSecret } from '../common/identity-aware-proxy';
import { pullSecret, serviceAccount } from '../common/resources';
import { autoscaler, CONNECTION_TEST, connectionTest, disruptionBudget, service } from '../common/server';
import { builderServiceAccount, jobsNamespace, roles } from './access';
import { certificate } from './certificate';
import { configMap } from './config';
import { deployment } from './deployment';
import { ingress, webhooksIngress } from './ingress';
import { jobNamespace } from './names';
import { checkContext } from './problems';
import { keyBackup, keyMakers, keySource, keysSecret, tlsSecret } from './secrets';
import { apiValues } from './values';
import { warnings } from './warnings';

export const api: Definition<typeof apiValues> = {
  chart: { name: 'estafette-ci-api', alias: 'api', version: '1.5.8', appVersion: '' },
  values: apiValues,
  helpers: { ...identityHelpers('estafette-ci-api'), 'estafette-ci-api.jobNamespace': jobNamespace },
};

/**
 * Deployment, Service and Ingresses with all they need: accounts and roles, keys, certificate, configuration.
 * @throws ValuesError when values do not fit, or contradict each other
 */
export class Api extends Component<typeof apiValues> {
  protected readonly stage = 'apps';
  /** Command that saves the two keys, whoever makes their Secret; undefined when none is mounted. */
  readonly keyBackup: string | undefined;

  constructor(scope: Construct, id: string, props: ComponentProps<typeof apiValues>) {
    super(scope, id, api, props);
    const { context } = this;
    const { values } = context;
    checkContext(context);
    this.keyBackup = keySource(context) === 'none' ? undefined : keyBackup(context);
    for (const { path, message } of warnings(context)) context.warn(path, message);
    this.add(jobsNamespace(context), { keep: true });
    this.add(serviceAccount(context));
    this.add(builderServiceAccount(context));
    roles(context).forEach((object) => this.add(object));
    this.add(pullSecret(context));
    this.add(keysSecret(context), { keep: values.secret.keep });
    keyMakers(context).forEach(({ object, lifecycle }) => this.add(object, lifecycle));
    this.add(tlsSecret(context), { keep: values.tls.keep });
    // Nothing but the Ingress reads it, and its issuer may want to reach its hosts through that.
    this.add(certificate(context), { stage: 'apps' });
    extraSecretObjects(context, values).forEach((secret) => this.add(secret));
    extraConfigmapObjects(context, values).forEach((object) => this.add(object));
    this.add(configMap(context));
    this.add(backendConfigSecret(context));
    this.add(backendConfig(context));
    this.add(disruptionBudget(context));
    this.add(service(context));
    this.add(deployment(context));
    this.add(autoscaler(context));
    this.add(ingress(context));
    this.add(webhooksIngress(context));
    this.add(connectionTest(context), CONNECTION_TEST);
  }
}

export { apiValues, type ApiValues } from './values';
