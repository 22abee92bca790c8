// What is refused, with the path of the value and the way to mend it.
import { issuesOf, LEAST, TOKEN } from './synth';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

type Plain = Record<string, unknown>;
const merge = (base: Plain, over: Plain): Plain =>
  Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => {
      const [a, b] = [base[key], over[key]];
      const both = [a, b].every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
      return [key, both ? merge(a as Plain, b as Plain) : key in over ? b : a];
    }),
  );

describe('values that are refused', () => {
  it.each<[keyof typeof LEAST, Plain, string, RegExp]>([
    // Access
    ['host', { auth: { token: 'not base64', b64encoded: true } }, 'auth.token', /^is not text in base64/],
    ['host', { auth: { token: '/////////////////////w==', b64encoded: true } }, 'auth.token', /^is not text in base64/],
    ['host', { auth: { token: 'c2hvcnQgdG9rZW4=', b64encoded: true } }, 'auth.token', /^must have at least 16 characters/],
    ['host', { auth: { token: 'short' } }, 'auth.token', /^must have at least 16 characters/],
    ['host', { auth: { token: `${TOKEN}\n` } }, 'auth.token', /white space/],
    ['host', { auth: { mode: 'open' } }, 'auth.mode', /^must be one of token, none/],
    ['host', { auth: { mode: 'none' } }, 'networkPolicy.namespaces', /^must name the namespaces that may ask/],
    [
      'host',
      { auth: { mode: 'none' }, networkPolicy: { enabled: false, namespaces: ['a'] } },
      'networkPolicy.enabled',
      /^must be true with auth\.mode none/,
    ],
    ['host', { ingress: { enabled: true } }, 'ingress.host', /^must be a host name in lower case/],
    ['host', { ingress: { enabled: true, host: 'b.example.com', path: 'x' } }, 'ingress.path', /^must begin with \//],
    ['host', { annotations: { constructor: 'x' } }, 'annotations.constructor', /^cannot be printed by cdk8s/],
    // Engines
    ['host', { mode: 'docker' }, 'mode', /^must be one of host, worker, externalWorker, kubernetes, not the text "docker"/],
    ['host', { mode: null }, 'mode', /^must be one of host, worker, externalWorker/],
    ['host', { host: { socketPath: 'docker.sock' } }, 'host.socketPath', /^must be an absolute path on the node/],
    ['host', { host: { socketGroup: 'docker' } }, 'host.socketGroup', /^must be a number, not the text "docker"/],
    ['host', { host: { socketGroup: -1 } }, 'host.socketGroup', /^must be a whole number from 0/],
    ['worker', { builds: { network: 'bridge' } }, 'builds.network', /^must be host or none beside a rootless engine/],
    ['worker', { builds: { builder: 'classic' } }, 'builds.builder', /^must be auto or buildkit beside a rootless engine/],
    ['worker', { engine: { maxTransfers: 0 } }, 'engine.maxTransfers', /^must be a whole number from 1 to 100000, not "0"/],
    ['worker', { engine: { storage: { size: 'big' } } }, 'engine.storage.size', /^must be a size such as 10Gi, not "big"/],
    ['externalWorker', { engine: { host: null } }, 'engine.host', /^is needed in the mode externalWorker/],
    ['externalWorker', { engine: { host: 'http://engine:2375' } }, 'engine.host', /^must be a host name or an address alone/],
    [
      'externalWorker',
      { engine: { tls: { existingSecret: null } } },
      'engine.tls.existingSecret',
      /^is needed in the mode externalWorker: a Secret with ca\.crt, tls\.crt and tls\.key/,
    ],
    ['externalWorker', { engine: { insecure: true } }, 'engine.tls.existingSecret', /^has no effect beside engine\.insecure/],
    ['externalWorker', { engine: { port: 0 } }, 'engine.port', /^must be a whole number from 1 to 65535/],
    // Amounts
    ['host', { builds: { parallel: 0 } }, 'builds.parallel', /^must be a whole number from 1 to 100000, not "0"/],
    ['host', { builds: { timeoutSeconds: 1.5 } }, 'builds.timeoutSeconds', /^must be a whole number from 1/],
    ['host', { retention: { days: 0 } }, 'retention.days', /^must be a whole number from 1/],
    [
      'host',
      { retention: { size: '20Gi' } },
      'retention.size',
      /^20Gi of old logs and sources leave no room for the queue on a claim of 20Gi/,
    ],
    ['host', { retention: { cacheSize: '-1' } }, 'retention.cacheSize', /^must be a size such as 10Gi/],
    ['host', { storage: { size: '' } }, 'storage.size', /^must be a size such as 10Gi, not ""/],
    ['host', { service: { port: 70000 } }, 'service.port', /^must be a whole number from 1 to 65535, not "70000"/],
    // Storage
    ['host', { s3: { region: 'eu' } }, 's3.bucket', /^is needed with s3\.region/],
    ['host', { s3: { bucket: 'b', accessKey: 'a' } }, 's3.secretKey', /^is needed with the other key/],
    ['host', { s3: { bucket: 'b', secretKey: 'a' } }, 's3.accessKey', /^is needed with the other key/],
    [
      'host',
      { s3: { bucket: 'b', accessKey: 'a', secretKey: 'b', existingSecret: 'c' } },
      's3.accessKey',
      /^would go nowhere beside existingSecret/,
    ],
    ['host', { s3: { bucket: 'b', existingConfigMap: 'c' } }, 's3.bucket', /^has no effect beside s3\.existingConfigMap/],
    [
      'host',
      { s3: { bucket: 'b', location: 'eu-west-1' } },
      's3.location',
      /^must be the URL of an S3 server.*; a region goes to s3\.region/,
    ],
    // Names
    ['host', { fullnameOverride: '1st' }, 'fullnameOverride', /^objects cannot be called "1st"/],
    ['host', { fullnameOverride: 'x'.repeat(57) }, 'fullnameOverride', /at most 56 characters/],
    ['host', { image: { repository: 'https://registry.example.com/x' } }, 'image.repository', /is not a name of an image/],
    ['host', { image: { tag: 'a b' } }, 'image.tag', /is not a tag of an image/],
    ['host', { image: { tag: '' } }, 'image.tag', /^must not be empty/],
    ['host', { image: { digest: 'abc' } }, 'image.digest', /is not a digest: sha256:/],
    ['host', { image: { pullPolicy: 'Sometimes' } }, 'image.pullPolicy', /^must be one of Always, IfNotPresent, Never/],
    ['host', { auth: { token: null, existingSecret: 'My Secret' } }, 'auth.existingSecret', /^nothing can be called "My Secret"/],
    ['host', { auth: { key: 'a/b' } }, 'auth.key', /^must be a key of a Secret/],
    ['host', { labels: { name: 'other' } }, 'labels.name', /^is set by the chart/],
    ['host', { labels: { 'a b': 'c' } }, 'labels.a b', /is not a key of a label/],
    ['host', { nodeSelector: { a: 'b c' } }, 'nodeSelector.a', /is not a value of a label/],
    ['host', { annotations: { a: ['b'] } }, 'annotations.a', /^must be text, not a list/],
    ['host', { nodes: { role: 'a b' } }, 'nodes.role', /^must be the value of a label/],
    ['host', { extraEnv: [{ name: 'PORT', value: '1' }] }, 'extraEnv.0.name', /^PORT is set by the chart/],
    ['host', { extraEnv: [{ value: '1' }] }, 'extraEnv.0.name', /^must be the name of a variable/],
    ['host', { extraEnv: [{ name: 'A' }, { name: 'A' }] }, 'extraEnv.1.name', /^A is there twice/],
    // Networks
    ['host', { egress: { allow: ['10.0.0.0/40'] } }, 'egress.allow.0', /is not a network: write it as 10\.0\.0\.0\/8/],
    ['host', { networkPolicy: { egress: { allow: ['10.0.0.1'] } } }, 'networkPolicy.egress.allow.0', /is not a network/],
    [
      'host',
      { networkPolicy: { egress: { allow: ['169.254.169.254/32'] } } },
      'networkPolicy.egress.allow.0',
      /^169\.254\.169\.254\/32 lies in 169\.254\.0\.0\/16, which the pod never reaches/,
    ],
    [
      'host',
      { networkPolicy: { egress: { allow: ['10.0.0.1/32'], apiServer: ['10.0.0.0/24'] } } },
      'networkPolicy.egress.allow.0',
      /lies in 10\.0\.0\.0\/24, which the pod never reaches/,
    ],
    ['host', { networkPolicy: { namespaces: ['A'] } }, 'networkPolicy.namespaces.0', /^no namespace can be called "A"/],
    ['host', { imagess: {} }, 'imagess', /^unknown key "imagess".*"image"/],
  ])('%s with %j', (mode, values, path, message) => {
    expect(issuesOf(merge(LEAST[mode], values))[path]).toMatch(message);
  });

  it('names the release when its name cannot be that of objects', () => {
    expect(issuesOf(LEAST.host, { release: '1-buildshuttle' })['fullnameOverride']).toMatch(/^objects cannot be called "1-buildshuttle"/);
  });

  it('says what a rootless engine needs where the cluster is too old for it', () => {
    expect(issuesOf(LEAST.worker, { kubeVersion: '1.32' })['engine.privileged']).toMatch(
      /^a rootless engine needs user namespaces of pods, from Kubernetes 1\.33 on, not 1\.32\.0: set engine\.privileged to true/,
    );
    expect(issuesOf(LEAST.worker, { kubeVersion: '1.33' })).toEqual({});
    expect(issuesOf({ ...LEAST.worker, engine: { privileged: true } }, { kubeVersion: '1.32' })).toEqual({});
  });

  it('tells all mistakes at once, and no secret', () => {
    const issues = issuesOf({
      ...LEAST.host,
      auth: { token: 'hush-hush' },
      s3: { bucket: 'b', secretKey: 'hush-hush' },
      builds: { parallel: 0 },
    });
    expect(Object.keys(issues).toSorted()).toEqual(['auth.token', 'builds.parallel', 's3.accessKey']);
    expect(Object.values(issues).join('\n')).not.toContain('hush-hush');
  });
});
