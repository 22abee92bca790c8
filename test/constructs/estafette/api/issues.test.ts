// What is refused, each with its path and the mend; and what works with a warning.
import { Api } from '../../../../constructs/components';
import type { ApiValues } from '../../../../constructs/estafette/api/values';
import { issuesOf, renderer } from '../common/synth';
import { KEYS } from './keys';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

const render = renderer(Api);
const QUIET: ApiValues = { secret: KEYS, tls: { cert: 'c', key: 'k' } };

describe('values that are refused', () => {
  it.each<[string, ApiValues, string, RegExp]>([
    ['a number for a key', { secret: { ...KEYS, jwtKey: 1234 } }, 'secret.jwtKey', /must be text, not the number 1234: put it in quotes/],
    [
      'a flag in an annotation of the keys',
      { secret: { ...KEYS, annotations: { a: true } } },
      'secret.annotations.a',
      /must be text, not the flag true: put it in quotes/,
    ],
    [
      'a flag in an annotation of the certificate',
      { tls: { annotations: { 'estafette.io/letsencrypt-certificate': true } } },
      'tls.annotations.estafette.io/letsencrypt-certificate',
      /put it in quotes/,
    ],
    ['a number for a certificate', { tls: { cert: 5 } }, 'tls.cert', /must be text/],
    [
      'two sources of the certificate',
      { tls: { existingSecret: 'a', certManager: { enabled: true } } },
      'tls.existingSecret',
      /cert-manager makes the Secret itself; take one of the two away/,
    ],
    [
      'a certificate beside a Secret that exists',
      { tls: { existingSecret: 'a', cert: 'c' } },
      'tls.cert',
      /would go nowhere beside existingSecret: put it into that Secret/,
    ],
    ['a file without content', { config: { files: { 'more.yaml': null } } }, 'config.files.more.yaml', /must not be null/],
    ['a map for a file', { config: { files: { 'more.yaml': {} } } }, 'config.files.more.yaml', /must be text, not a map/],
    ['a number for a file', { config: { files: { 'more.yaml': 5 } } }, 'config.files.more.yaml', /must be text, not the number 5/],
    ['a host that is missing', { ingress: { hosts: [{ paths: [] }] } }, 'ingress.hosts.0.host', /must not be null/],
    ['no host', { ingress: { hosts: [null as never] } }, 'ingress.hosts.0', /take the item away/],
    [
      'no path',
      { ingressWebhooks: { hosts: [{ host: 'a', paths: [null as never] }] } },
      'ingressWebhooks.hosts.0.paths.0',
      /take the item away/,
    ],
    ['a certificate without a name', { ingress: { tls: [{ hosts: ['a'] }] } }, 'ingress.tls.0.secretName', /must not be null/],
    [
      'a certificate for no host',
      { ingress: { tls: [{ secretName: 'a', hosts: [null as never] }] } },
      'ingress.tls.0.hosts.0',
      /must not be null/,
    ],
    [
      'an unknown key in a path',
      { ingress: { hosts: [{ host: 'a', paths: [{ path: '/', type: 'Prefix' } as never] }] } },
      'ingress.hosts.0.paths.0.type',
      /unknown key "type"/,
    ],
    [
      'no type of the Service without an Ingress',
      { ingress: { enabled: false }, service: { type: null } },
      'service.type',
      /must not be null/,
    ],
    [
      'an account without a name',
      { serviceAccount: { builderServiceAccountName: '' } },
      'serviceAccount.builderServiceAccountName',
      /must not be empty.*leave the key out/,
    ],
    ['a number for a name', { nameOverride: 5 }, 'nameOverride', /put it in quotes/],
    [
      'the proxy without its client',
      { iap: { enabled: true, clientId: null, clientSecret: 's' } },
      'iap.clientId',
      /give the OAuth client/,
    ],
    ['no keys at all', { secret: null as never }, 'secret', /must not be null/],
  ])('%s', (_what, values, path, message) => {
    expect(issuesOf(() => render(values))).toEqual({ [path]: expect.stringMatching(message) });
  });

  it('are reported all at once', () => {
    expect(Object.keys(issuesOf(() => render({ nameOverride: 5, ingress: { hosts: [{}] }, tls: { cert: 1 } })))).toEqual([
      'nameOverride',
      'ingress.hosts.0.host',
      'tls.cert',
    ]);
  });

  it('do not count where they are not used, as in Helm', () => {
    expect(
      issuesOf(() =>
        render({
          ingress: { enabled: false, hosts: [{}] },
          config: { enabled: false, files: { a: null } },
          tls: { enabled: false, annotations: { a: true } },
          service: { type: 'NodePort' },
        }),
      ),
    ).toEqual({});
  });
});

describe('values that work, but hardly as meant', () => {
  it.each<[string, ApiValues, string[]]>([
    [
      'a name that the published paths do not know',
      { ...QUIET, fullnameOverride: 'core' },
      [
        'ingress.hosts: sends requests to the Service estafette-ci-api, and this release calls it core: give the hosts with that name',
        'ingressWebhooks.hosts: sends requests to the Service estafette-ci-api, and this release calls it core: give the hosts with that name',
      ],
    ],
    [
      'an account that the program is not told of',
      { ...QUIET, serviceAccount: { builderServiceAccountName: 'builder' } },
      [
        'config.files: the API server takes jobs.serviceAccount as estafette-ci-builder, and the release has builder: set it in config.yaml',
      ],
    ],
    [
      'a namespace that the program is not told of',
      {
        ...QUIET,
        jobNamespaceOverride: 'builds',
        config: { files: { 'config.yaml': 'jobs: {namespace: "{{ .Release.Namespace }}-jobs"}' } },
      },
      ['config.files: the API server takes jobs.namespace as estafette-ci-jobs, and the release has builds: set it in config.yaml'],
    ],
    [
      'cert-manager without an issuer',
      { secret: KEYS, tls: { certManager: { enabled: true, issuer: null } } },
      ['tls.certManager.issuer: is empty: cert-manager makes no certificate without an issuer'],
    ],
    [
      'a variable that tells the program',
      {
        ...QUIET,
        serviceAccount: { builderServiceAccountName: 'b' },
        deployment: { extraEnv: [{ name: 'ESCI_JOBS_SERVICEACCOUNTNAME', value: 'b' }] },
      },
      [],
    ],
    ['a file that is not YAML, which the program reports', { ...QUIET, config: { files: { 'config.yaml': '{' } } }, []],
  ])('%s', (_what, values, warnings) => {
    expect(render(values).warnings).toEqual(warnings);
  });

  it('are said of a configuration that leaves out the names of another release', () => {
    const { warnings } = render({ ...QUIET, config: { files: { 'config.yaml': 'queue: {hosts: [other]}' } } }, { name: 'ci' });
    expect(warnings).toEqual([
      'config.files: the API server takes database.host as estafette-ci-db-public, and the release has ci-db-public: set it in config.yaml',
    ]);
  });
});
