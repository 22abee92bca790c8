// Secrets kept out of what is printed: every value that the schema calls secret, in every chart, for every target.
import { CHART_NAMES } from '../../../constructs/charts';
import type { TargetName } from '../../../constructs/targets';
import { writeYamlStream } from '../../../helm/yaml/write';
import { isSecretName } from '../../../constructs/common/hide/names';
import { CANARIES, formsOf, MODES, printed, shownIn, unpacked, withMode } from '../../support/canaries';
import { leavesOf, pathText } from '../../support/secret-leaves';
import { secretLeaves, valuesWith } from '../../support/secret-values';

const TARGETS: readonly TargetName[] = ['kubectl', 'argocd', 'helm'];

/** Not texts of any form: these must be a number, or base64, for Kubernetes or the chart. */
const SHOWN_ONLY_IF_VALID = new Set(['pgPort']);

describe.each(CHART_NAMES)('secrets of %s', (chart) => {
  const leaves = secretLeaves(chart);

  it('are printed inline: each value of the test counts', () => {
    const used = leaves.filter(({ path }) => !SHOWN_ONLY_IF_VALID.has(pathText(path)));
    const shown = unpacked(printed(chart, valuesWith(chart, CANARIES[0], used)).all);
    const lost = used.filter((_, index) => !formsOf(CANARIES[0](index)).some((form) => shown.includes(form)));
    expect(lost.map(({ path }) => pathText(path))).toEqual([]);
  });

  describe.each(MODES)('mode %s', (mode) => {
    // The larger charts whose values live take longer: an integration test has them.
    it.each(TARGETS)('shows none, nor anything that is made of one, for %s', (target) => {
      const wishes = target === 'helm' && chart !== 'buildshuttle' ? { fix: ['.'] } : {};
      expect(shownIn(chart, mode, { target, ...wishes })).toEqual({ paths: [], isSame: true });
    });
  });
});

/** Leaves whose name looks secret and whose value is not, each with the reason. */
const HARMLESS: readonly [path: RegExp, reason: string][] = [
  [/(^|\.)existingSecret(\.\w+)?$/, 'the name of a Secret'],
  [/(^|\.)imagePullSecrets$/, 'names of Secrets'],
  [/[sS]ecretName$/, 'the name of a Secret'],
  [/(^|\.)extraSecretMounts$|^db\.statefulset\.secretMounts$/, 'names of Secrets, and where they are mounted'],
  [/^db\.tls\.certs\.(clientRoot|node|tls)Secret$|^db\.tls\.certs\.selfSigner\.caSecret$/, 'the name of a Secret'],
  [/\.configFromSecret$|^(pg|oauth|grafana|ingressTls)Secret$|^ingress\.tlsSecret$/, 'the name of a Secret'],
  [/^secretType$/, 'the type of a Secret'],
  [/^skip\w*Secrets?$/, 'a switch'],
  [/Cert(s|Duration|ExpiryWindow|ManagerV1CRDs)?$|\.certManager(Issuer)?$|CertDuration$/, 'a switch, or how long certificates last'],
  [/\.extraSecrets$/, 'a list, of which data is secret'],
  [/\.extra(Secrets|Configmaps)\[\]\.key$/, 'a part of the name of the object'],
  [/(^|\.)(secret|configMap)\.key$|^(registries|auth)\.key$/, 'the name of a key'],
  [/\.tls\.(cert|key)$/, 'the name of a key in a Secret'],
  [/\.urlParameters\.keys$/, 'names of keys in a Secret'],
  [/\.topologyKeys?$/, 'the label of a node'],
  [/\.noAuthUser$/, 'the name of a user'],
  [/\.automountServiceAccountToken$/, 'a switch'],
  [/WebhookConfigurationAnnotations$/, 'annotations of an object of that kind'],
  [/^secrets\.externalSecrets\.keyPrefix$/, 'the beginning of names in the store'],
];

/** What no schema tells of: texts and lists that Kubernetes or a program defines. */
describe('a variable of a container with a secret name', () => {
  const secret = CANARIES[0](0);
  const env = [
    { name: 'GITHUB_TOKEN', value: secret },
    { name: 'PROXY', value: `https://user:${encodeURIComponent(secret)}@proxy.example.com` },
    { name: 'TOKEN_TTL', value: '1h' },
  ];
  const values = {
    api: {
      deployment: { extraEnv: env, extraContainers: `- name: more\n  image: more:1\n  env: [{name: API_KEY, value: '${secret}'}]\n` },
    },
    metrics: { alertmanager: { enabled: true, extraEnv: { SMTP_PASSWORD: secret } } },
    'external-dns': { enabled: true, env: [{ name: 'CF_API_TOKEN', value: secret }] },
  };

  it('comes from a Secret beside the workload', () => {
    const { all, plan, needed } = printed('estafette-ci', withMode(values, 'omit'));
    expect(formsOf(secret).filter((form) => unpacked(all).includes(form))).toEqual([]);
    expect(needed.filter(({ name }) => name.endsWith('-env'))).toEqual([
      { namespace: 'builds', name: 'ci-api-env', type: 'Opaque', keys: ['GITHUB_TOKEN', 'PROXY', 'API_KEY'] },
      { namespace: 'builds', name: 'ci-external-dns-env', type: 'Opaque', keys: ['CF_API_TOKEN'] },
      { namespace: 'builds', name: 'ci-metrics-alertmanager-env', type: 'Opaque', keys: ['SMTP_PASSWORD'] },
    ]);
    const text = writeYamlStream(plan.map(({ object }) => object));
    expect(text).toMatch(/name: TOKEN_TTL\s+value: 1h/);
    expect(text).toContain('name: ci-api-env');
  });

  it('stays as it is when it is a default of the chart', () => {
    const { all } = printed('devstats', withMode({}, 'omit'));
    expect(all).toMatch(/PATRONI_POSTGRESQL_PGPASS\s+value: /);
  });
});

describe('a value with a secret name', () => {
  it.each(CHART_NAMES)('is marked in the schema of %s, or known to be harmless', (chart) => {
    const leaves = leavesOf(chart);
    const marked = (path: readonly string[]): boolean =>
      leaves.some(({ path: other, leaf }) => leaf.secret !== undefined && other.every((key, index) => key === path[index]));
    const unmarked = leaves.filter(({ path }) => {
      const name = path.toReversed().find((key) => key !== '[]' && key !== '*') ?? '';
      return (isSecretName(name) || /pass|token|key|secret|cred|auth|cert|login/i.test(name)) && !marked(path);
    });
    expect(unmarked.map(({ path }) => pathText(path)).filter((path) => !HARMLESS.some(([known]) => known.test(path)))).toEqual([]);
  });
});
