// The command line of a node, and the script that initializes the cluster.
import type { CockroachDbValues } from '../../../constructs/cockroachdb/values';
import { everything } from './everything';
import { decoded, synth } from './synth';

interface Workload {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly args?: string[]; readonly command?: string[]; readonly env?: object[] }[] };
    };
  };
}
const container = (object: unknown) => (object as Workload).spec.template.spec.containers[0];

const startOf = (values: CockroachDbValues) => container(synth(values).find('StatefulSet'))?.args?.[2] ?? '';
const initOf = (values: CockroachDbValues) => container(synth(values).find('Job', 'estafette-ci-db-init'));

describe('a node', () => {
  it('joins the first three pods, whatever the number of replicas', () => {
    expect(startOf({ statefulset: { replicas: 7 } })).toBe(
      'exec /cockroach/cockroach start --join=${STATEFULSET_NAME}-0.${STATEFULSET_FQDN}:26257,${STATEFULSET_NAME}-1.${STATEFULSET_FQDN}:26257,' +
        '${STATEFULSET_NAME}-2.${STATEFULSET_FQDN}:26257 --advertise-host=$(hostname).${STATEFULSET_FQDN} --certs-dir=/cockroach/cockroach-certs/ ' +
        '--http-port=8080 --port=26257 --cache=25% --max-sql-memory=25% --logtostderr=INFO',
    );
  });

  it('takes every option', () => {
    expect(startOf(everything)).toBe(
      'exec /cockroach/cockroach start --join=other-0.other:26257,other-1.other:26257 --cluster-name=main --disable-cluster-name-verification ' +
        '--advertise-host=$(hostname).${STATEFULSET_FQDN} --certs-dir=/cockroach/cockroach-certs/ --attrs=ssd:x16c --http-port=8081 --port=26000 --cache=1GiB ' +
        '--max-disk-temp-storage=10GB --max-offset=250ms --max-sql-memory=2GiB --locality=region=eu,zone=a --sql-audit-dir=/audit ' +
        '--store=type=mem,size=4GiB,attrs=hot:fast --log-config-file=/cockroach/log-config/log-config.yaml --vmodule=x=1',
    );
  });

  it('stands alone and without TLS when asked to', () => {
    expect(startOf({ tls: { enabled: false }, conf: { 'single-node': true, join: ['ignored'] } })).toMatch(
      /^exec \/cockroach\/cockroach start-single-node --advertise-host=\S+ --insecure /,
    );
  });

  it.each([
    [{ enabled: true }, '--store=path=cockroach-data,size=100Gi'],
    [{ enabled: true, size: '5Gi', attrs: 'ssd' }, '--store=path=cockroach-data,size=5Gi,attrs=ssd'],
    [{ enabled: true, type: 'mem', size: '1GiB' }, '--store=type=mem,size=1GiB'],
  ])('describes the store %j', (store, option) => {
    expect(startOf({ conf: { store } }).split(' ')).toContain(option);
  });
});

describe('the Job that initializes', () => {
  it('asks the first node until it answers', () => {
    const script = initOf({})?.command?.[2] ?? '';
    expect(script).toContain('--host=estafette-ci-db-0.estafette-ci-db:26257\n');
    expect(script).toContain('--certs-dir=/cockroach-certs/ \\\n');
    expect(script).toMatch(/\ninitCluster;$/);
    expect(script).not.toContain('provisionCluster');
  });

  it('names the cluster, and leaves TLS out', () => {
    const script = initOf({ tls: { enabled: false }, conf: { 'cluster-name': 'main' } })?.command?.[2] ?? '';
    expect(script).toContain('--insecure \\\n');
    expect(script).toContain('--cluster-name=main \\\n');
  });

  it('is not there for one node, nor for nodes that join another cluster', () => {
    const jobs = (values: CockroachDbValues) => synth({ tls: { enabled: false }, ...values }).ids.filter((id) => id.startsWith('Job'));
    expect(jobs({ conf: { 'single-node': true } })).toEqual([]);
    expect(jobs({ conf: { join: ['other:26257'] } })).toEqual([]);
  });
});

describe('provisioning', () => {
  const values: CockroachDbValues = {
    init: {
      provisioning: {
        enabled: true,
        clusterSettings: { 'kv.rangefeed.enabled': 'true', 'cluster.organization': "'Example'", 'empty.one': '' },
        users: [{ name: 'estafette', password: 'secret', options: ['LOGIN', 'CREATEDB'] }, { name: 'reader' }],
        databases: [
          {
            name: 'estafette',
            options: ["encoding='utf-8'"],
            owners: ['estafette', 'reader'],
            backup: {
              into: 's3://backups',
              options: ['revision_history', 'detached'],
              recurring: '@always',
              fullBackup: '@daily',
              schedule: { options: ['first_run = now'] },
            },
          },
          { name: 'plain', backup: { into: 's3://plain', recurring: '@daily' } },
        ],
      },
    },
  };
  const lines = (initOf(values)?.command?.[2] ?? '').split('\n').map((line) => line.trim());

  it('runs after the cluster is initialized, and alone when there is none to initialize', () => {
    expect(lines).toContain('initCluster; provisionCluster() {');
    expect(initOf({ ...values, conf: { 'single-node': true } })?.command?.[2]).toMatch(/^provisionCluster\(\) \{/);
  });

  it('makes settings in the order of their names, then users, then databases with owners and backups', () => {
    expect(lines.slice(lines.indexOf('--execute="') + 1, lines.lastIndexOf('"'))).toEqual([
      "SET CLUSTER SETTING cluster.organization = '$cluster_organization_CLUSTER_SETTING';",
      "SET CLUSTER SETTING empty.one = '$empty_one_CLUSTER_SETTING';",
      "SET CLUSTER SETTING kv.rangefeed.enabled = '$kv_rangefeed_enabled_CLUSTER_SETTING';",
      'CREATE USER IF NOT EXISTS estafette WITH',
      "PASSWORD '$estafette_PASSWORD'",
      'LOGIN CREATEDB',
      ';',
      'CREATE USER IF NOT EXISTS reader WITH',
      'PASSWORD null',
      '',
      ';',
      'CREATE DATABASE IF NOT EXISTS estafette',
      "encoding='utf-8'",
      ';',
      'GRANT ALL ON DATABASE estafette TO estafette;',
      'GRANT ALL ON DATABASE estafette TO reader;',
      'CREATE SCHEDULE IF NOT EXISTS estafette_scheduled_backup',
      "FOR BACKUP DATABASE estafette INTO 's3://backups'",
      'WITH revision_history,detached',
      "RECURRING '@always'",
      "FULL BACKUP '@daily'",
      'WITH SCHEDULE OPTIONS first_run = now',
      ';',
      'CREATE DATABASE IF NOT EXISTS plain',
      ';',
      'CREATE SCHEDULE IF NOT EXISTS plain_scheduled_backup',
      "FOR BACKUP DATABASE plain INTO 's3://plain'",
      "RECURRING '@daily'",
      'FULL BACKUP ALWAYS',
      ';',
    ]);
  });

  it('keeps passwords and settings in a Secret, and hands them over by name', () => {
    expect(decoded(synth(values).find('Secret'))).toEqual({
      'estafette-password': 'secret',
      'cluster-organization-cluster-setting': "'Example'",
      'empty-one-cluster-setting': '',
      'kv-rangefeed-enabled-cluster-setting': 'true',
    });
    const from = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: 'estafette-ci-db-init', key } } });
    expect(initOf(values)?.env).toEqual([
      from('estafette_PASSWORD', 'estafette-password'),
      from('cluster_organization_CLUSTER_SETTING', 'cluster-organization-cluster-setting'),
      from('kv_rangefeed_enabled_CLUSTER_SETTING', 'kv-rangefeed-enabled-cluster-setting'),
    ]);
  });
});
