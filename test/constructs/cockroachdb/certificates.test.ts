// Who makes the certificates: the self-signer with its Jobs, cert-manager, or the user.
import { Chart, Testing } from 'cdk8s';
import { CockroachDb } from '../../../constructs/components';
import type { CockroachDbValues } from '../../../constructs/cockroachdb/values';
import { Manifest } from '../../../constructs/common/manifest';
import { synth } from './synth';

type Certificates = NonNullable<NonNullable<CockroachDbValues['tls']>['certs']>;
const withCertificates = (certs: Certificates) => synth({ tls: { certs } });
const ARGS = 'spec.template.spec.containers.0.args';
const CRON_ARGS = 'spec.jobTemplate.spec.template.spec.containers.0.args';
const CERTIFICATE_VOLUME = 'spec.template.spec.volumes.2';

describe('the self-signer', () => {
  const { find } = synth();

  it('generates certificates before the database, in the place where it runs', () => {
    const job = find('Job', 'estafette-ci-db-self-signer');
    expect(job).toHaveProperty(ARGS, [
      'generate',
      '--ca-duration=43800h',
      '--ca-expiry=648h',
      '--client-duration=672h',
      '--client-expiry=48h',
      '--node-duration=8760h',
      '--node-expiry=168h',
    ]);
    expect(job).toHaveProperty('spec.template.spec.containers.0.env', [
      { name: 'STATEFULSET_NAME', value: 'estafette-ci-db' },
      { name: 'NAMESPACE', value: 'estafette-ci' },
      { name: 'CLUSTER_DOMAIN', value: 'cluster.local' },
    ]);
    expect(job).toHaveProperty('spec.template.spec.containers.0.image', 'gcr.io/cockroachlabs-helm-charts/cockroach-self-signer-cert:1.3');
    expect(job).not.toHaveProperty('spec.ttlSecondsAfterFinished');
  });

  it('renews them on schedules that follow from their lifetimes', () => {
    const authority = find('CronJob', 'estafette-ci-db-rotate-self-signer');
    expect(authority).toHaveProperty('spec.schedule', '0 0 1 */11 *');
    expect(authority).toHaveProperty(CRON_ARGS, [
      'rotate',
      '--ca',
      '--ca-duration=43800h',
      '--ca-expiry=648h',
      '--ca-cron=0 0 1 */11 *',
      '--readiness-wait=30s',
      '--pod-update-timeout=2m',
    ]);
    const others = find('CronJob', 'estafette-ci-db-rotate-self-signer-client');
    expect(others).toHaveProperty('spec.schedule', '0 0 */26 * *');
    expect(others).toHaveProperty(CRON_ARGS, expect.arrayContaining(['--client', '--node', '--node-client-cron=0 0 */26 * *']));
  });

  it('is followed by the database with its Secrets', () => {
    expect(find('StatefulSet')).toHaveProperty(`${CERTIFICATE_VOLUME}.projected.sources.0.secret`, {
      name: 'estafette-ci-db-node-secret',
      items: [
        { key: 'ca.crt', path: 'ca.crt', mode: 256 },
        { key: 'tls.crt', path: 'node.crt', mode: 256 },
        { key: 'tls.key', path: 'node.key', mode: 256 },
      ],
    });
    expect(find('Job', 'estafette-ci-db-init')).toHaveProperty(
      'spec.template.spec.volumes.1.projected.sources.0.secret.name',
      'estafette-ci-db-client-secret',
    );
  });

  it('signs with the authority of the user, without asking a cluster whether it is there', () => {
    const own = withCertificates({ selfSigner: { caProvided: true, caSecret: 'company-ca' } });
    expect(own.find('Job', 'estafette-ci-db-self-signer')).toHaveProperty(ARGS, expect.arrayContaining(['--ca-secret=company-ca']));
    expect(own.ids).not.toContain('CronJob estafette-ci-db-rotate-self-signer');
    expect(own.find('CronJob')).toHaveProperty(CRON_ARGS, expect.arrayContaining(['--ca-secret=company-ca']));
  });

  it('renews nothing when it must not', () => {
    expect(withCertificates({ selfSigner: { rotateCerts: false } }).ids.filter((id) => id.startsWith('CronJob'))).toEqual([]);
  });
});

it('runs each step at its time: account, rights and Job before the release, keys first', () => {
  const chart = new Chart(Testing.app(), 'test');
  new CockroachDb(chart, 'db', { release: { name: 'estafette-ci', namespace: 'estafette-ci' } });
  const steps = chart.node
    .findAll()
    .filter((construct): construct is Manifest => construct instanceof Manifest)
    .map(({ kind, lifecycle, name, stage }) => ({
      id: `${kind} ${name}`,
      stage,
      weight: lifecycle.hook?.weight,
      events: lifecycle.hook?.events.join(),
    }));
  expect(steps.filter(({ events }) => events !== undefined)).toEqual([
    { id: 'ServiceAccount estafette-ci-db-self-signer', stage: 'foundations', weight: 1, events: 'pre-install,pre-upgrade' },
    { id: 'Role estafette-ci-db-self-signer', stage: 'foundations', weight: 2, events: 'pre-install,pre-upgrade' },
    { id: 'RoleBinding estafette-ci-db-self-signer', stage: 'foundations', weight: 3, events: 'pre-install,pre-upgrade' },
    { id: 'Job estafette-ci-db-self-signer', stage: 'keys', weight: 4, events: 'pre-install,pre-upgrade' },
    { id: 'Job estafette-ci-db-init', stage: 'data', weight: undefined, events: 'post-install,post-upgrade' },
  ]);
  expect(steps.find(({ id }) => id === 'StatefulSet estafette-ci-db')?.stage).toBe('data');
});

describe('cert-manager', () => {
  it('gets two Certificates in its current version', () => {
    const { find, ids } = withCertificates({
      selfSigner: { enabled: false },
      certManager: true,
      useCertManagerV1CRDs: true,
      certManagerIssuer: { kind: 'ClusterIssuer', name: 'vault' },
    });
    const node = find('Certificate', 'estafette-ci-db-node');
    expect(node.apiVersion).toBe('cert-manager.io/v1');
    expect(node).toHaveProperty('spec.issuerRef', { name: 'vault', kind: 'ClusterIssuer', group: 'cert-manager.io' });
    expect(node).toHaveProperty('spec.secretName', 'cockroachdb-node');
    expect(node).toHaveProperty('spec.dnsNames', [
      'localhost',
      '127.0.0.1',
      'estafette-ci-db-public',
      'estafette-ci-db-public.estafette-ci',
      'estafette-ci-db-public.estafette-ci.svc.cluster.local',
      '*.estafette-ci-db',
      '*.estafette-ci-db.estafette-ci',
      '*.estafette-ci-db.estafette-ci.svc.cluster.local',
    ]);
    expect(find('Certificate', 'estafette-ci-db-root-client')).toHaveProperty('spec.commonName', 'root');
    expect(find('StatefulSet')).toHaveProperty(`${CERTIFICATE_VOLUME}.projected.sources.0.secret.name`, 'cockroachdb-node');
    expect(ids.filter((id) => /^(Cluster|CronJob|Job .*signer)/.test(id))).toEqual([]);
  });

  it('gets them in the version of old as the chart has it, with a warning', () => {
    const { find, warnings } = withCertificates({ selfSigner: { enabled: false }, certManager: true });
    expect(find('Certificate', 'estafette-ci-db-node')).toMatchObject({
      apiVersion: 'cert-manager.io/v1alpha2',
      spec: { keySize: 2048, keyAlgorithm: 'rsa', organization: ['Cockroach'] },
    });
    expect(warnings).toEqual([expect.stringMatching(/^tls\.certs\.useCertManagerV1CRDs: .*set it to true/)]);
  });
});

describe('certificates of the user', () => {
  it('come from plain Secrets, or from TLS Secrets', () => {
    const own: Certificates = { selfSigner: { enabled: false }, provided: true, nodeSecret: 'my-node' };
    expect(withCertificates(own).find('StatefulSet')).toHaveProperty(CERTIFICATE_VOLUME, {
      name: 'certs-secret',
      secret: { secretName: 'my-node', defaultMode: 256 },
    });
    expect(withCertificates({ ...own, tlsSecret: true }).find('StatefulSet')).toHaveProperty(
      `${CERTIFICATE_VOLUME}.projected.sources.0.secret.name`,
      'my-node',
    );
    expect(withCertificates(own).find('Role')).toHaveProperty('rules.0.verbs', ['get']);
  });
});

it('uses the account that is there, when none is to be made', () => {
  const { find, ids } = synth({ tls: { serviceAccount: { create: false } } });
  expect(ids).not.toContain('ServiceAccount estafette-ci-db');
  expect(find('StatefulSet')).toHaveProperty('spec.template.spec.serviceAccountName', 'default');
});

it('leaves certificates and accounts out without TLS', () => {
  const { find, ids } = synth({ tls: { enabled: false } });
  expect(ids.filter((id) => /Role|Account|signer$/.test(id))).toEqual([]);
  expect(find('StatefulSet')).not.toHaveProperty('spec.template.spec.initContainers');
  expect(find('StatefulSet')).toHaveProperty('spec.template.spec.containers.0.readinessProbe.httpGet', {
    path: '/health?ready=1',
    port: 'http',
  });
});
