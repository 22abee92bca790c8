// CockroachDB: the database of the release, with its certificates, services and the Job that initializes the cluster.
import { defineChart, placed, type ChartDefinition, type Making } from '../common/chart';
import { cockroachDbHelpers } from './helpers';
import { backendConfig, backendConfigSecret, ingress } from './ingress';
import { initJob, initSecret } from './init-job';
import { logSecret } from './log-config';
import { disruptionBudget, serviceMonitor } from './monitoring';
import { networkPolicy } from './network-policy';
import { issues } from './issues';
import { provisioningSql } from './provisioning-statements';
import { clusterRole, clusterRoleBinding, role, roleBinding, serviceAccount } from './rbac';
import { registrySecrets } from './registry-secrets';
import { discoveryService, publicService } from './services';
import { statefulSet } from './statefulset';
import { testPod } from './test-pod';
import { clientCertificate, nodeCertificate } from './tls/cert-manager';
import { caRotation, certificateRotation, rotationRole, rotationRoleBinding, rotationServiceAccount } from './tls/rotation';
import { cleanerJob, selfSignerJob, selfSignerRole, selfSignerRoleBinding, selfSignerServiceAccount } from './tls/self-signer';
import { cockroachDbValues, type CockroachDbContext } from './values';
import { warnings } from './warnings';

/** StatefulSet, Services and what belongs to them. */
export const cockroachDb: ChartDefinition<typeof cockroachDbValues> = defineChart({
  chart: { name: 'cockroachdb', alias: 'db', version: '10.0.6', appVersion: '22.2.6' },
  values: cockroachDbValues,
  helpers: cockroachDbHelpers,
  stage: 'data',
  issues,
  warnings,
  sql: provisioningSql,
  objects: (context) => [
    access(context),
    registrySecrets(context),
    logSecret(context),
    initSecret(context),
    networkPolicy(context),
    disruptionBudget(context),
    certificates(context),
    discoveryService(context),
    publicService(context),
    statefulSet(context),
    placed(initJob(context), { hook: { events: ['post-install', 'post-upgrade'], deletePolicy: ['before-hook-creation'] } }),
    serviceMonitor(context),
    backendConfigSecret(context),
    backendConfig(context),
    // Argo CD holds an Ingress for healthy once it has an address: nothing of the database must wait for that.
    placed(ingress(context), { stage: 'apps' }),
    placed(testPod(context), { hook: { events: ['test'] } }),
  ],
});

const access = (context: CockroachDbContext): Making => [
  serviceAccount(context),
  clusterRole(context),
  clusterRoleBinding(context),
  role(context),
  roleBinding(context),
];

/** The self-signer runs before installs and upgrades, and its objects go when it is done; each waits for the one before it. */
const beforeRelease = (weight: number) =>
  ({ hook: { events: ['pre-install', 'pre-upgrade'], weight, deletePolicy: ['hook-succeeded', 'hook-failed'] } }) as const;

const certificates = (context: CockroachDbContext): Making => [
  clientCertificate(context),
  nodeCertificate(context),
  placed(selfSignerServiceAccount(context), beforeRelease(1)),
  placed(selfSignerRole(context), beforeRelease(2)),
  placed(selfSignerRoleBinding(context), beforeRelease(3)),
  placed(selfSignerJob(context), { stage: 'keys', ...beforeRelease(4) }),
  rotationServiceAccount(context),
  rotationRole(context),
  rotationRoleBinding(context),
  caRotation(context),
  certificateRotation(context),
  placed(cleanerJob(context), { hook: { events: ['pre-delete'], deletePolicy: ['hook-succeeded', 'hook-failed'] } }),
];
