// Alertmanager in a Deployment and in a StatefulSet.
import { NOTHING, synth } from './synth';
import type { PrometheusValues } from '../../../constructs/prometheus/values';

type AlertmanagerValues = NonNullable<PrometheusValues['alertmanager']>;
const only = (alertmanager: AlertmanagerValues = {}): PrometheusValues => ({ ...NOTHING, alertmanager });

const NAME = 'estafette-ci-metrics-alertmanager';
interface Workload {
  readonly template: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } & Record<string, unknown> };
}
const workload = (values: AlertmanagerValues, kind: string): Workload => synth(only(values)).find(kind).spec as Workload;
const args = (values: AlertmanagerValues, kind: string) => workload(values, kind).template.spec.containers[0]?.args;

describe('with the published defaults', () => {
  const { find, ids } = synth(only());

  it('makes its objects', () => {
    expect(ids).toEqual(
      ['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'Deployment', 'PersistentVolumeClaim', 'Service', 'ServiceAccount'].map(
        (kind) => `${kind} ${NAME}`,
      ),
    );
  });

  it('grants nothing', () => expect(find('ClusterRole').rules).toEqual([]));

  it('runs alone', () => {
    expect(find('Deployment').spec).toMatchObject({
      template: {
        spec: {
          containers: [
            {
              name: 'metrics-alertmanager',
              image: 'quay.io/prometheus/alertmanager:v0.21.0',
              env: [{ name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
              args: [
                '--config.file=/etc/config/alertmanager.yml',
                '--storage.path=/data',
                '--cluster.listen-address=',
                '--web.external-url=http://localhost:9093',
              ],
              readinessProbe: { httpGet: { path: '/-/ready', port: 9093 }, initialDelaySeconds: 30, timeoutSeconds: 30 },
            },
            {
              name: 'metrics-alertmanager-configmap-reload',
              args: ['--volume-dir=/etc/config', '--webhook-url=http://127.0.0.1:9093/-/reload'],
            },
          ],
        },
      },
    });
  });
});

describe('in a Deployment', () => {
  it('joins the peers that are named', () => {
    expect(
      args(
        { service: { enableMeshPeer: true }, clusterPeers: ['am-0:6783'], configFileName: 'mine.yml', extraArgs: { 'log.level': 'debug' } },
        'Deployment',
      ),
    ).toEqual([
      '--config.file=/etc/config/mine.yml',
      '--storage.path=/data',
      '--cluster.listen-address=0.0.0.0:6783',
      '--cluster.advertise-address=[$(POD_IP)]:6783',
      '--log.level=debug',
      '--web.external-url=http://localhost:9093',
      '--cluster.peer=am-0:6783',
    ]);
  });

  it('gets environment variables before its own, sorted', () => {
    expect(workload({ extraEnv: { B: 1, A: 'x' } }, 'Deployment').template.spec.containers[0]).toMatchObject({
      env: [{ name: 'A', value: 'x' }, { name: 'B', value: '1' }, { name: 'POD_IP' }],
    });
  });

  it('may read its configuration from a Secret', () => {
    const { find, ids } = synth(
      only({ configFromSecret: 'am-config', extraSecretMounts: [{ name: 'tpl', mountPath: '/tpl', secretName: 'tpl' }] }),
    );
    expect(ids).not.toContain(`ConfigMap ${NAME}`);
    expect(find('Deployment').spec).toMatchObject({
      template: { spec: { volumes: [{ name: 'config-volume', secret: { secretName: 'am-config' } }, { name: 'tpl' }, {}] } },
    });
  });
});

describe('in a StatefulSet', () => {
  const cluster: AlertmanagerValues = {
    replicaCount: 2,
    statefulSet: { enabled: true, headless: { enableMeshPeer: true } },
    prefixURL: '/am',
  };

  it('joins its own pods by name', () => {
    expect(args(cluster, 'StatefulSet')).toEqual([
      '--config.file=/etc/config/alertmanager.yml',
      '--storage.path=/data',
      '--cluster.advertise-address=[$(POD_IP)]:6783',
      '--cluster.listen-address=0.0.0.0:6783',
      `--cluster.peer=${NAME}-0.${NAME}-headless:6783`,
      `--cluster.peer=${NAME}-1.${NAME}-headless:6783`,
      '--web.external-url=http://localhost:9093',
    ]);
  });

  it('probes and reloads as the chart does there', () => {
    expect(workload(cluster, 'StatefulSet').template.spec.containers).toMatchObject([
      { ports: [{ containerPort: 9093 }, { containerPort: 6783 }], readinessProbe: { httpGet: { path: '/am/#/status' } } },
      { args: ['--volume-dir=/etc/config', '--webhook-url=http://localhost:9093/am/-/reload'] },
    ]);
  });

  it('has a headless Service with the port of the mesh', () => {
    expect(synth(only(cluster)).find('Service', `${NAME}-headless`).spec).toMatchObject({
      clusterIP: 'None',
      ports: [
        { name: 'http', port: 80 },
        { name: 'meshpeer', port: 6783 },
      ],
    });
  });

  it('takes a storage class only with one for the server, and warns', () => {
    const claim = (own: string, server?: string) => {
      const { find, warnings } = synth({
        ...NOTHING,
        server: { enabled: false, persistentVolume: { storageClass: server } },
        alertmanager: { ...cluster, persistentVolume: { storageClass: own } },
      });
      return {
        spec: (find('StatefulSet').spec as { volumeClaimTemplates: [{ spec: { storageClassName?: string } }] }).volumeClaimTemplates[0]
          .spec,
        warnings,
      };
    };
    expect(claim('fast').spec).not.toHaveProperty('storageClassName');
    expect(claim('fast').warnings).toEqual([
      expect.stringMatching(/^alertmanager\.persistentVolume\.storageClass: has no effect with a StatefulSet/),
    ]);
    expect(claim('fast', 'standard')).toMatchObject({ spec: { storageClassName: 'fast' }, warnings: [] });
    expect(claim('fast', '-').spec.storageClassName).toBe('');
  });

  it('warns of what only a Deployment takes', () => {
    const { warnings } = synth(
      only({
        ...cluster,
        clusterPeers: ['a'],
        dnsConfig: { searches: ['x'] },
        extraInitContainers: [{ name: 'i' }],
        configFileName: 'mine.yml',
      }),
    );
    expect(warnings.map((warning) => warning.split(':')[0])).toEqual([
      'alertmanager.extraInitContainers',
      'alertmanager.dnsConfig',
      'alertmanager.clusterPeers',
      'alertmanager.configFileName',
    ]);
  });
});

describe('roles', () => {
  const bound = (values: AlertmanagerValues) =>
    synth(only(values))
      .objects.filter(({ kind }) => /Role/.test(kind))
      .map(({ kind, metadata, roleRef }) => [
        kind,
        metadata.namespace,
        (roleRef as { kind: string; name: string } | undefined)?.kind,
        (roleRef as { name: string } | undefined)?.name,
      ]);

  it('that exist already are bound, and none is made', () => {
    expect(bound({ useExistingRole: 'mine' })).toEqual([['ClusterRoleBinding', undefined, 'ClusterRole', 'mine']]);
  });

  it('are made in each namespace, where the chart cannot render them', () => {
    expect(bound({ useClusterRole: false, namespaces: ['a', 'b'] })).toEqual(
      ['a', 'b'].flatMap((namespace) => [
        ['Role', namespace, undefined, undefined],
        ['RoleBinding', namespace, 'Role', NAME],
      ]),
    );
    expect(bound({ useClusterRole: false, useExistingRole: 'mine', namespaces: ['a'] })).toEqual([['RoleBinding', 'a', 'Role', 'mine']]);
  });

  it('are neither when useClusterRole is null', () => expect(bound({ useClusterRole: null })).toEqual([]));
});

describe('traffic', () => {
  it('comes from the server, and to its port', () => {
    expect(synth({ ...only(), networkPolicy: { enabled: true } }).find('NetworkPolicy').spec).toMatchObject({
      ingress: [
        { from: [{ podSelector: { matchLabels: { component: 'server', app: 'metrics', release: 'estafette-ci' } } }] },
        { ports: [{ port: 9093 }] },
      ],
    });
  });
});
