// What is refused, each with its path and the mend; and what works with a warning.
import type { CockroachDbValues } from '../../../constructs/cockroachdb/values';
import { issuesOf, synth } from './synth';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

type SelfSigner = NonNullable<NonNullable<NonNullable<CockroachDbValues['tls']>['certs']>['selfSigner']>;
const signer = (selfSigner: SelfSigner): CockroachDbValues => ({ tls: { certs: { selfSigner } } });
const SIGNER = 'tls.certs.selfSigner';

describe('values that the chart refuses', () => {
  it.each<[string, CockroachDbValues, string, RegExp]>([
    ['a number for a name', { fullnameOverride: 5 }, 'fullnameOverride', /must be text, not the number 5: put it in quotes/],
    [
      'a number for a storage class',
      { storage: { persistentVolume: { storageClass: 7 } } },
      'storage.persistentVolume.storageClass',
      /put it in quotes/,
    ],
    ['a tag that is not a version', { image: { tag: 'latest' } }, 'image.tag', /must be a version, not "latest".*v22\.2\.6/],
    ['a tag that is a number', { image: { tag: 22.2 } }, 'image.tag', /must be a version, not 22\.2.*as text/],
    ['no tag', { image: { tag: '' } }, 'image.tag', /must be a version, and not empty/],
    ['no list of hosts', { conf: { join: null } }, 'conf.join', /write \[\] for none/],
    ['a store in memory without a size', { conf: { store: { enabled: true, type: 'mem' } } }, 'conf.store.size', /give a size/],
    [
      'names that would be the same',
      { fullnameOverride: 'x'.repeat(56) },
      'fullnameOverride',
      /set db.fullnameOverride, or give the release a shorter name/,
    ],
    ['no user', { init: { provisioning: { enabled: true, users: [null as never] } } }, 'init.provisioning.users.0', /take the item away/],
    ['the proxy without its client', { iap: { enabled: true, clientId: 'id' } }, 'iap.clientSecret', /give the OAuth client/],
    ['no rules', { networkPolicy: { enabled: true, ingress: null } }, 'networkPolicy.ingress', /while networkPolicy\.enabled is true/],
    ['no account under TLS', { tls: { serviceAccount: null } }, 'tls.serviceAccount', /while tls\.enabled is true/],
    [
      'no account for the name of the NetworkPolicy',
      { tls: { enabled: false, serviceAccount: null }, networkPolicy: { enabled: true } },
      'tls.serviceAccount',
      /while networkPolicy\.enabled/,
    ],
    ['no security context', { securityContext: null }, 'securityContext', /while image\.tag is v22\.1\.2 or later/],
    [
      'no security context of the container',
      { statefulset: { securityContext: null } },
      'statefulset.securityContext',
      /while image\.tag is/,
    ],
    ['no copying of certificates', { tls: { copyCerts: null } }, 'tls.copyCerts', /while tls\.enabled is true/],
    ['two makers of certificates', { tls: { certs: { certManager: true } } }, 'tls.certs.certManager', /turn one of them off/],
    ['no maker of certificates', signer({ enabled: false }), 'tls.certs', /nobody makes certificates/],
    [
      'cert-manager without an issuer',
      { tls: { certs: { selfSigner: { enabled: false }, certManager: true, certManagerIssuer: null } } },
      'tls.certs.certManagerIssuer',
      /leave it out/,
    ],
    ['no switch', signer({ caProvided: null }), `${SIGNER}.caProvided`, /must be true or false, not null/],
    [
      'a tag of the signer that is a number',
      { tls: { selfSigner: { image: { tag: 1.3 } } } },
      'tls.selfSigner.image.tag',
      /must be text, not the number 1\.3: put it in quotes/,
    ],
    [
      'another pull policy',
      { tls: { selfSigner: { image: { pullPolicy: 'Sometimes' } } } },
      'tls.selfSigner.image.pullPolicy',
      /must be one of Always, Never, IfNotPresent/,
    ],
    [
      'a lifetime in minutes',
      signer({ clientCertDuration: '90m' }),
      `${SIGNER}.clientCertDuration`,
      /must be a number of hours, such as 672h, not "90m"/,
    ],
    ['a lifetime as a number', signer({ nodeCertExpiryWindow: 168 }), `${SIGNER}.nodeCertExpiryWindow`, /must be a number of hours/],
    ['a shortest time as a number', signer({ minimumCertDuration: 624 }), `${SIGNER}.minimumCertDuration`, /must be text, such as "624h"/],
    ['no lifetime', signer({ nodeCertDuration: null }), `${SIGNER}.nodeCertDuration`, /not empty/],
    ['no lifetime of the authority', signer({ caCertDuration: null }), `${SIGNER}.caCertDuration`, /not empty/],
    [
      'an authority that is renewed too late',
      signer({ caCertExpiryWindow: '100h' }),
      `${SIGNER}.caCertExpiryWindow`,
      /must be at least 624h/,
    ],
    [
      'an authority that ends too soon',
      signer({ caCertDuration: '1000h' }),
      `${SIGNER}.caCertDuration`,
      /must exceed caCertExpiryWindow by at least 624h.*it is 352h now/,
    ],
    [
      'a client certificate that ends too soon',
      signer({ clientCertDuration: '600h' }),
      `${SIGNER}.clientCertDuration`,
      /at least 624h.*it is 552h now/,
    ],
    [
      'a node certificate that ends too soon',
      signer({ nodeCertDuration: '700h' }),
      `${SIGNER}.nodeCertDuration`,
      /at least 624h.*it is 532h now/,
    ],
    ['an authority of the user that is not named', signer({ caProvided: true }), `${SIGNER}.caSecret`, /name the Secret/],
    [
      'a schedule without lifetimes',
      { tls: { enabled: false, certs: { selfSigner: { minimumCertDuration: '', clientCertDuration: null } } } },
      `${SIGNER}.clientCertDuration`,
      /not empty/,
    ],
  ])('%s', (_what, values, path, message) => {
    expect(issuesOf(values)).toEqual({ [path]: expect.stringMatching(message) });
  });

  it('are reported all at once', () => {
    expect(
      Object.keys(
        issuesOf({ ...signer({ clientCertDuration: '1h', nodeCertDuration: '1h' }), image: { tag: 'latest' }, iap: { enabled: true } }),
      ),
    ).toEqual(['image.tag', `${SIGNER}.clientCertDuration`, `${SIGNER}.nodeCertDuration`, 'iap.clientId', 'iap.clientSecret']);
  });
});

describe('values that only look wrong', () => {
  it.each<[string, CockroachDbValues]>([
    ["lifetimes of an authority that is the user's", signer({ caProvided: true, caSecret: 'ca', caCertDuration: '1m' })],
    [
      'lifetimes of a signer that is off',
      { tls: { certs: { provided: true, selfSigner: { enabled: false, clientCertDuration: 'soon' } } } },
    ],
    ['lifetimes that are short enough for a shorter minimum', signer({ minimumCertDuration: '100h', clientCertDuration: '200h' })],
    ['lifetimes that set the minimum themselves', signer({ minimumCertDuration: '', clientCertDuration: '100h' })],
    ['no client of a proxy that is off', { iap: { clientId: 5 } }],
    [
      'no security context of an image that takes none',
      { image: { tag: 'v21.1.0' }, securityContext: null, statefulset: { securityContext: null } },
    ],
    ['no account and no copies without TLS', { tls: { enabled: false, serviceAccount: null, copyCerts: null } }],
    ['no issuer, when nobody asks it', { tls: { certs: { certManagerIssuer: null } } }],
  ])('%s', (_what, values) => {
    expect(issuesOf(values)).toEqual({});
  });
});

describe('values that work as in the chart, with a warning', () => {
  it.each<[string, CockroachDbValues, RegExp]>([
    ['a renewal without TLS', { tls: { enabled: false } }, /^tls\.certs\.selfSigner\.rotateCerts: .*set it to false/],
    ['certificates that are not used', { tls: { certs: { provided: true } } }, /^tls\.certs\.provided: .*selfSigner\.enabled to false/],
    [
      'two makers on one node',
      { conf: { 'single-node': true }, statefulset: { replicas: 1 }, tls: { certs: { certManager: true, useCertManagerV1CRDs: true } } },
      /^tls\.certs\.certManager: /,
    ],
    [
      'a login that the Jobs do not use',
      { tls: { selfSigner: { image: { credentials: { registry: 'r', username: 'u', password: 'p' } } } } },
      /^tls\.selfSigner\.image\.credentials: /,
    ],
    ['several single nodes', { conf: { 'single-node': true } }, /^conf\.single-node: .*3 replicas.*set statefulset\.replicas to 1/],
    [
      'rules of anti-affinity with leftovers',
      { statefulset: { podAntiAffinity: { type: '' } } },
      /^statefulset\.podAntiAffinity: .*to null/,
    ],
    [
      'an unfinished spread',
      { statefulset: { topologySpreadConstraints: { maxSkew: null } } },
      /^statefulset\.topologySpreadConstraints: /,
    ],
    ['an Ingress without paths', { ingress: { enabled: true, paths: [] } }, /^ingress\.paths: .*such as \//],
    [
      'a user whose name the shell cannot hold',
      { init: { provisioning: { enabled: true, users: [{ name: 'ci-bot', password: 'x' }] } } },
      /^init\.provisioning\.users: .*"ci-bot"/,
    ],
  ])('%s', (_what, values, warning) => {
    expect(synth(values).warnings).toEqual([expect.stringMatching(warning)]);
  });
});
