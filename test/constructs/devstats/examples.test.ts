// The examples of DevStats: each is rendered over production.yaml, and does what its first line says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRelease } from '../../../cli/render';
import { readValues } from '../../../helm/yaml/read';
import { ROOT } from '../../support/cli';
import { difference } from '../../support/difference';
import { SECRETS } from './synth';

const FOLDER = join(ROOT, 'examples', 'devstats');
const read = (file: string): Record<string, unknown> => readValues(readFileSync(join(FOLDER, file), 'utf8'), file);
const render = (...values: Record<string, unknown>[]) =>
  renderRelease({ release: 'devstats', chart: 'devstats', namespace: 'devstats', values: [read('production.yaml'), ...values] });
const changes = (...values: Record<string, unknown>[]): string[] =>
  difference(
    render().plan.map(({ object }) => object),
    render(...values).plan.map(({ object }) => object),
  );
const ids = (...values: Record<string, unknown>[]): string[] =>
  render(...values).plan.map(({ object }) => `${object.kind}/${object.metadata.name.replace(/-[0-9a-f]{8}$/, '')}`);

describe('examples/devstats', () => {
  it('production.yaml has everything but Secrets, and is silent but for the issuer', () => {
    expect(render().warnings).toEqual([expect.stringMatching(/^ingressIssuer: /)]);
    expect(ids().filter((id) => id.startsWith('Secret/'))).toEqual([]);
    expect(ids()).toHaveLength(25);
  });

  it('tls.yaml changes the annotations of the Ingress, and leaves no warning', () => {
    expect(render(read('tls.yaml')).warnings).toEqual([]);
    expect(
      changes(read('tls.yaml')).map((line) => /Ingress\/devstats\/devstats-ingress metadata\.annotations\.(\S+):/.exec(line)?.[1]),
    ).toEqual([
      'cert-manager.io/issuer',
      'nginx.ingress.kubernetes.io/ssl-redirect',
      'nginx.ingress.kubernetes.io/force-ssl-redirect',
      'certmanager.k8s.io/issuer',
      'certmanager.k8s.io/acme-challenge-type',
    ]);
  });

  it('configmaps.yaml takes the Endpoints away, and the rights to them', () => {
    expect(changes(read('configmaps.yaml')).filter((line) => line.startsWith('-'))).toEqual([
      '- Service/devstats/devstats-postgres-config',
      '- Endpoints/devstats/devstats-postgres-config',
    ]);
  });

  it('secrets.yaml makes the three Secrets', () => {
    expect(ids({ ...read('secrets.yaml'), ...SECRETS }).filter((id) => !ids().includes(id))).toEqual([
      'Secret/github-oauth',
      'Secret/grafana-secret',
      'Secret/pg-db',
    ]);
  });

  it.each([
    [
      'one-project.yaml',
      [
        'PersistentVolumeClaim/devstats-pvc-graphiql',
        'Service/devstats-service-graphiql',
        'Deployment/devstats-grafana-graphiql',
        'Job/devstats-provision-graphiql',
        'CronJob/devstats-graphiql',
      ],
    ],
    ['debug-bootstrap.yaml', ['Job/debug']],
    ['debug-provision.yaml', ['Job/debug-graphql']],
  ])('%s is that and nothing else', (file, objects) => {
    expect(ids(read(file))).toEqual(objects);
  });

  it('has no other', () => {
    expect(
      readdirSync(FOLDER)
        .filter((file) => file.endsWith('.yaml'))
        .toSorted(),
    ).toEqual([
      'configmaps.yaml',
      'debug-bootstrap.yaml',
      'debug-provision.yaml',
      'one-project.yaml',
      'production.yaml',
      'secrets.yaml',
      'tls.yaml',
    ]);
  });
});
