// CockroachDB: the database of the release, with its certificates, services and the Job that initializes the cluster.
import type { Construct } from 'constructs';
import { Component, type ComponentProps } from '../common/component';
import type { Definition } from '../common/chart';
import { cockroachDbHelpers } from './helpers';
import { backendConfig, backendConfigSecret, ingress } from './ingress';
import { initJob, initSecret } from './init-job';
import { logSecret } from './log-config';
import { disruptionBudget, serviceMonitor } from './monitoring';
import { networkPolicy } from './network-policy';
import { checkContext } from './problems';
import { clusterRole, clusterRoleBinding, role, roleBinding, serviceAccount } from './rbac';
import { registrySecrets } from './registry-secrets';
import { discoveryService, publicService } from './services';
import { statefulSet } from './statefulset';
import { testPod } from './test-pod';
import { clientCertificate, nodeCertificate } from './tls/cert-manager';
import { caRotation, certificateRotation, rotationRole, rotationRoleBinding, rotationServiceAccount } from './tls/rotation';
import { cleanerJob, selfSignerJob, selfSignerRole, selfSignerRoleBinding, selfSignerServiceAccount } from './tls/self-signer';
import { cockroachDbValues } from './values';

export const cockroachDb: Definition<typeof cockroachDbValues> = {
  chart: { name: 'cockroachdb', alias: 'db', version: '10.0.6', appVersion: '22.2.6' },
  values: cockroachDbValues,
  helpers: cockroachDbHelpers,
};

/** The self-signer runs before installs and upgrades, and its objects go when it is done; each waits for the one before it. */
const beforeRelease = (weight: number) =>
  ({ hook: { events: ['pre-install', 'pre-upgrade'], weight, deletePolicy: ['hook-succeeded', 'hook-failed'] } }) as const;

/**
 * The database: StatefulSet, Services and what belongs to them.
 * @throws ValuesError when values do not fit, or contradict each other
 */
export class CockroachDb extends Component<typeof cockroachDbValues> {
  protected readonly stage = 'data';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof cockroachDbValues>) {
    super(scope, id, cockroachDb, props);
    const { context } = this;
    checkContext(context);
    this.addAccess();
    registrySecrets(context).forEach((secret) => this.add(secret));
    this.add(logSecret(context));
    this.add(initSecret(context));
    this.add(networkPolicy(context));
    this.add(disruptionBudget(context));
    this.addCertificates();
    this.add(discoveryService(context));
    this.add(publicService(context));
    this.add(statefulSet(context));
    this.add(initJob(context), { hook: { events: ['post-install', 'post-upgrade'], deletePolicy: ['before-hook-creation'] } });
    this.add(serviceMonitor(context));
    this.add(backendConfigSecret(context));
    this.add(backendConfig(context));
    // Argo CD holds an Ingress for healthy once it has an address: nothing of the database must wait for that.
    this.add(ingress(context), { stage: 'apps' });
    this.add(testPod(context), { hook: { events: ['test'] } });
  }

  private addAccess(): void {
    const { context } = this;
    this.add(serviceAccount(context));
    this.add(clusterRole(context));
    this.add(clusterRoleBinding(context));
    this.add(role(context));
    this.add(roleBinding(context));
  }

  private addCertificates(): void {
    const { context } = this;
    this.add(clientCertificate(context));
    this.add(nodeCertificate(context));
    this.add(selfSignerServiceAccount(context), beforeRelease(1));
    this.add(selfSignerRole(context), beforeRelease(2));
    this.add(selfSignerRoleBinding(context), beforeRelease(3));
    this.add(selfSignerJob(context), { stage: 'keys', ...beforeRelease(4) });
    this.add(rotationServiceAccount(context));
    this.add(rotationRole(context));
    this.add(rotationRoleBinding(context));
    this.add(caRotation(context));
    this.add(certificateRotation(context));
    this.add(cleanerJob(context), { hook: { events: ['pre-delete'], deletePolicy: ['hook-succeeded', 'hook-failed'] } });
  }
}

export {
  cockroachDbChartLabel,
  cockroachDbClientSecretName,
  cockroachDbFullName,
  cockroachDbName,
  cockroachDbPublicName,
  type CockroachDbNaming,
} from './names';
export { cockroachDbValues, type CockroachDbValues } from './values';
