// The pod with the database client with the least and with all of its values.
import { DbClient } from '../../../../constructs/components';
import { dbClientValues, type DbClientValues } from '../../../../constructs/estafette/db-client/values';
import { issuesOf, renderer, unset } from '../common/synth';
import { image, naming, scheduling } from '../common/values';

const render = renderer(DbClient);

it('waits for people, with the certificate of the user root', () => {
  const { find, ids, warnings } = render();
  expect(ids).toEqual(['Pod estafette-ci-db-client']);
  expect(warnings).toEqual([]);
  expect(find('Pod estafette-ci-db-client')).toHaveProperty('spec', {
    containers: [
      {
        name: 'db-client',
        image: 'cockroachdb/cockroach:v22.2.6',
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', '2147483648'],
        volumeMounts: [{ name: 'client-certs', mountPath: '/cockroach-certs' }],
      },
    ],
    terminationGracePeriodSeconds: 0,
    volumes: [
      {
        name: 'client-certs',
        projected: {
          sources: [
            {
              secret: {
                name: 'estafette-ci-db-client-secret',
                items: [
                  { key: 'ca.crt', path: 'ca.crt', mode: 256 },
                  { key: 'tls.crt', path: 'client.root.crt', mode: 256 },
                  { key: 'tls.key', path: 'client.root.key', mode: 256 },
                ],
              },
            },
          ],
        },
      },
    ],
  });
});

const everything: DbClientValues = {
  image,
  dbClientSecretName: 'certificate',
  dbClientUsername: 'api',
  securityContext: { runAsUser: 7 },
  imagePullSecrets: [{ name: 'shared' }],
  ...naming,
  pod: { ...scheduling, securityContext: { runAsNonRoot: true } },
};

describe('with every value set', () => {
  const { find, ids, warnings } = render(everything);

  it('has a fixture that leaves no value out', () => {
    expect(unset(dbClientValues, everything)).toEqual([]);
  });

  it('builds the pod as the values say', () => {
    expect(ids).toEqual(['Pod whole', 'Secret whole.registry']);
    expect(find('Pod whole')).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/name': 'part', 'app.kubernetes.io/version': '1.0.0', team: 'ci' } },
      spec: {
        securityContext: { fsGroup: 2000, later: true },
        containers: [{ image: 'registry.example.com/part:9.9', securityContext: { runAsUser: 7 }, resources: { later: true } }],
        nodeSelector: { pool: 'ci', generation: '3' },
        tolerations: [{ later: true }],
        affinity: { nodeAffinity: { later: [] } },
        volumes: [
          {
            projected: {
              sources: [{ secret: { name: 'certificate', items: [{}, { path: 'client.api.crt' }, { path: 'client.api.key' }] } }],
            },
          },
        ],
      },
    });
  });

  it('pulls with its own login only, as the chart does, and says so', () => {
    expect(find('Pod whole')).toHaveProperty('spec.imagePullSecrets', [{ name: 'whole.registry' }]);
    expect(warnings).toEqual(['imagePullSecrets: has no effect here, as in the published chart: give image.credentials']);
  });
});

it('honours the security context where the documents have it', () => {
  expect(render({ pod: { securityContext: { runAsNonRoot: true } } }).find('Pod estafette-ci-db-client')).toHaveProperty(
    'spec.containers.0.securityContext',
    { runAsNonRoot: true },
  );
});

it('shows the certificate of its own release', () => {
  expect(render({}, { name: 'ci' }).find('Pod ci-db-client')).toHaveProperty(
    'spec.volumes.0.projected.sources.0.secret.name',
    'ci-db-client-secret',
  );
});

it('takes the version of the component for an image without a tag, as the chart does', () => {
  expect(render({ image: { tag: '' } }).find('Pod estafette-ci-db-client')).toHaveProperty(
    'spec.containers.0.image',
    'cockroachdb/cockroach:1.0.0',
  );
});

it('refuses a number for a name', () => {
  expect(issuesOf(() => render({ nameOverride: 7 }))).toEqual({ nameOverride: expect.stringMatching(/put it in quotes/) });
});
