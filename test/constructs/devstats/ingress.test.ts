// The Ingress: hosts, Services behind them, certificates.
import { project, render, issuesOf } from './synth';
import type { DevStatsValues } from '../../../constructs/devstats/values';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

const ingress = (values: DevStatsValues = {}) => render(values).find('Ingress', 'devstats-ingress');
const backends = (values: DevStatsValues = {}): [string, string][] =>
  (ingress(values).spec as { rules: { host: string; http: { paths: { backend: { service: { name: string } } }[] } }[] }).rules.map(
    ({ host, http }) => [host, http.paths[0]?.backend.service.name ?? ''],
  );

describe('Ingress', () => {
  it('has one host a project, and the domain itself for the main one', () => {
    expect(backends({ domainName: 'stats.example.org', mainProject: 'b', projects: [project('a', 1), project('b', 2)] })).toEqual([
      ['stats.example.org', 'devstats-service-b'],
      ['a.stats.example.org', 'devstats-service-a'],
      ['b.stats.example.org', 'devstats-service-b'],
    ]);
    expect(ingress({ projects: [project('graphql')] })).toHaveProperty('spec.tls', [
      { hosts: ['devstats.graphql.org', 'graphql.devstats.graphql.org'], secretName: 'devstats-tls' },
    ]);
  });

  it('leads to the Services as they are called', () => {
    expect(backends({ servicePodName: 'dashboards', projects: [project('graphql')] })).toEqual([
      ['devstats.graphql.org', 'dashboards-graphql'],
      ['graphql.devstats.graphql.org', 'dashboards-graphql'],
    ]);
  });

  it('holds the projects of its range; the main rule stays whatever is left out', () => {
    expect(backends({ indexIngressesFrom: 1, indexIngressesTo: 2, skipServices: 1 }).map(([host]) => host)).toEqual([
      'devstats.graphql.org',
      'graphqljs.devstats.graphql.org',
    ]);
  });

  it("keeps the published annotations until an issuer is named, and then asks today's cert-manager", () => {
    expect(ingress().metadata.annotations).toEqual({
      'kubernetes.io/ingress.class': 'nginx',
      'certmanager.k8s.io/issuer': 'letsencrypt-prod',
      'certmanager.k8s.io/acme-challenge-type': 'http01',
    });
    expect(ingress({ ingressIssuer: 'le' }).metadata.annotations).toEqual({
      'kubernetes.io/ingress.class': 'nginx',
      'cert-manager.io/issuer': 'le',
    });
    expect(ingress({ ingressIssuer: 'le', ingressIssuerKind: 'ClusterIssuer' }).metadata.annotations).toMatchObject({
      'cert-manager.io/cluster-issuer': 'le',
    });
    expect(issuesOf({ ingressIssuerKind: 'Vault' })).toEqual({
      ingressIssuerKind: 'must be one of Issuer, ClusterIssuer, not the text "Vault"',
    });
  });

  it('names its class in the current way, too', () => {
    expect(ingress()).toHaveProperty('spec.ingressClassName', 'nginx');
    expect(ingress({ ingressClass: 'internal' })).toMatchObject({
      spec: { ingressClassName: 'internal' },
      metadata: { annotations: { 'kubernetes.io/ingress.class': 'internal' } },
    });
    expect(ingress({ ingressClass: '' })).not.toHaveProperty('spec.ingressClassName');
    expect(ingress({ ingressClass: '' }).metadata.annotations).not.toHaveProperty('kubernetes.io/ingress.class');
  });

  it('turns plain HTTP off on demand', () => {
    expect(ingress({ ingressHttpsOnly: true }).metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true',
      'nginx.ingress.kubernetes.io/ssl-redirect': 'true',
    });
  });

  it("takes annotations of the user's own, and another Secret for the certificate", () => {
    const own = ingress({
      ingressAnnotations: { 'example.com/size': 10, 'kubernetes.io/ingress.class': null },
      ingressIssuer: 'le',
      ingressTlsSecret: 'cert',
    });
    expect(own.metadata.annotations).toEqual({ 'example.com/size': '10', 'cert-manager.io/issuer': 'le' });
    expect(own).toHaveProperty('spec.ingressClassName', 'nginx');
    expect(own).toHaveProperty('spec.tls.0.secretName', 'cert');
    expect(
      ingress({ ingressClass: '', ingressAnnotations: { 'kubernetes.io/ingress.class': 'traefik' } }).metadata.annotations,
    ).toMatchObject({ 'kubernetes.io/ingress.class': 'traefik' });
  });

  it('asks for as many certificates as its hosts need, of which one takes 100', () => {
    const tls = (count: number) =>
      (
        ingress({ projects: Array.from({ length: count }, (_, index) => project(`p${index}`, index % 60)), mainProject: 'p0' }).spec as {
          tls: { hosts: string[]; secretName: string }[];
        }
      ).tls;
    expect(tls(99).map(({ hosts, secretName }) => [hosts.length, secretName])).toEqual([[100, 'devstats-tls']]);
    expect(tls(250).map(({ hosts, secretName }) => [hosts.length, secretName])).toEqual([
      [100, 'devstats-tls'],
      [100, 'devstats-tls-2'],
      [51, 'devstats-tls-3'],
    ]);
    const hosts = tls(250).flatMap((one) => one.hosts);
    expect([hosts[0], new Set(hosts).size]).toEqual(['devstats.graphql.org', 251]);
  });
});
