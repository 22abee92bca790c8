// The two keys and the certificate: given, named, or missing.
import { Api } from '../../../../constructs/components';
import type { ApiValues } from '../../../../constructs/estafette/api/values';
import { decoded, POD, renderer } from '../common/synth';
import { KEYS } from './keys';

const render = renderer(Api);
const NAME = 'estafette-ci-api';
const QUIET: ApiValues = { tls: { cert: 'c', key: 'k' } };

describe('the keys', () => {
  it('are printed when both are given', () => {
    const { find, warnings } = render({ ...QUIET, secret: KEYS });
    expect(decoded(find(`Secret ${NAME}`))).toEqual(KEYS);
    expect(warnings).toEqual([]);
  });

  it.each<[string, ApiValues['secret'], string, string[]]>([
    ['none', {}, 'secretDecryptionKey and jwtKey are not given, so a Job makes them', []],
    ['the first', { secretDecryptionKey: KEYS.secretDecryptionKey }, 'jwtKey is not given, so a Job makes it', ['secretDecryptionKey']],
    ['the second', { jwtKey: KEYS.jwtKey, secretDecryptionKey: null }, 'secretDecryptionKey is not given, so a Job makes it', ['jwtKey']],
    ['empty ones', { jwtKey: '', secretDecryptionKey: '' }, 'secretDecryptionKey and jwtKey are not given', []],
  ])('are never made up: with %s a Job completes them in the cluster', (_what, secret, message, given) => {
    const { find, ids, warnings } = render({ ...QUIET, secret }, { namespace: 'build' });
    expect(ids).not.toContain(`Secret ${NAME}`);
    expect(find(`Deployment ${NAME}`)).toHaveProperty(`${POD}.volumes.1`, { name: 'secrets', secret: { secretName: NAME } });
    expect(find(`Job ${NAME}-keys`)).toHaveProperty(`${POD}.containers.0.env`, [
      { name: 'SECRET_NAMESPACE', value: 'build' },
      { name: 'SECRET_NAME', value: NAME },
      { name: 'SECRET_KEYS', value: 'secretDecryptionKey jwtKey' },
      { name: 'SECRET_METADATA', value: `{"name":"${NAME}","namespace":"build"}` },
    ]);
    const handed = ids.includes(`Secret ${NAME}-given-keys`) ? decoded(find(`Secret ${NAME}-given-keys`)) : {};
    expect(handed).toEqual(Object.fromEntries(given.map((key) => [key, KEYS[key as keyof typeof KEYS]])));
    expect(warnings).toEqual([expect.stringContaining(`secret: ${message}`)]);
    expect(warnings[0]).toContain(`in the Secret ${NAME} of the namespace build`);
    expect(warnings[0]).toContain(`: kubectl get secret --namespace build ${NAME} --output go-template='{api: {secret: {`);
  });

  it('are handed over as they are when they are base64', () => {
    const { find } = render({ ...QUIET, secret: { b64encoded: true, secretDecryptionKey: 'c2VjcmV0' } });
    expect(find(`Secret ${NAME}-given-keys`)).toHaveProperty('data', { secretDecryptionKey: 'c2VjcmV0' });
  });

  it('are made where the API server may run, with an image of the values and its pull secrets', () => {
    const { find } = render({
      ...QUIET,
      image: { credentials: { registry: 'r', username: 'u', password: 'p' } },
      imagePullSecrets: [{ name: 'mine' }],
      deployment: { nodeSelector: { pool: 'ci' }, tolerations: [{ key: 'ci', operator: 'Exists' }] },
      secret: { annotations: { note: 'n' }, job: { image: { repository: 'mirror/curl', tag: 9, pullPolicy: 'Always' } } },
    });
    const job = find(`Job ${NAME}-keys`);
    expect(job).toHaveProperty(`${POD}.imagePullSecrets`, [{ name: `${NAME}.registry` }, { name: 'mine' }]);
    expect(job).toHaveProperty(`${POD}.nodeSelector`, { pool: 'ci' });
    expect(job).toHaveProperty(`${POD}.tolerations`, [{ key: 'ci', operator: 'Exists' }]);
    expect(job).toHaveProperty(`${POD}.containers.0.image`, 'mirror/curl:9');
    expect(job).toHaveProperty(`${POD}.containers.0.imagePullPolicy`, 'Always');
    expect(job).toHaveProperty(
      `${POD}.containers.0.env.3.value`,
      `{"name":"${NAME}","namespace":"${NAME.slice(0, -4)}","annotations":{"note":"n"}}`,
    );
  });

  it('come from a Secret that exists', () => {
    const { find, ids, warnings } = render({ ...QUIET, secret: { existingSecret: 'vault' } });
    expect(ids).not.toContain(`Secret ${NAME}`);
    expect(find(`Deployment ${NAME}`)).toHaveProperty(`${POD}.volumes.1`, { name: 'secrets', secret: { secretName: 'vault' } });
    expect(find(`Deployment ${NAME}`)).toHaveProperty(['spec', 'template', 'metadata', 'annotations', 'checksum/secret']);
    expect(warnings).toEqual([]);
  });

  it('have no effect beside such a Secret, which a file below may not know of', () => {
    const { ids, warnings } = render({ ...QUIET, secret: { jwtKey: 'x', existingSecret: 'vault' } });
    expect(ids).not.toContain(`Secret ${NAME}`);
    expect(warnings).toEqual(['secret.jwtKey: has no effect beside existingSecret']);
  });

  it('are not encoded twice in silence', () => {
    const encoded = Buffer.from(KEYS.secretDecryptionKey).toString('base64');
    expect(render({ ...QUIET, secret: { ...KEYS, secretDecryptionKey: encoded } }).warnings).toEqual([
      expect.stringMatching(/^secret\.secretDecryptionKey: looks like a 32-byte key in base64.*set secret\.b64encoded to true/),
    ]);
    expect(render({ ...QUIET, secret: { ...KEYS, secretDecryptionKey: encoded, b64encoded: true } }).warnings).toEqual([]);
  });

  it('are not mentioned when the Secret is off', () => {
    expect(render({ ...QUIET, secret: { enabled: false } }).warnings).toEqual([]);
  });
});

describe('the certificate', () => {
  const tls = (values: ApiValues['tls']) => render({ secret: KEYS, tls: values });

  it('comes from a Secret that exists, also for the Ingresses', () => {
    const { find, ids, warnings } = tls({ existingSecret: 'wildcard' });
    expect(ids).not.toContain(`Secret ${NAME}.tls`);
    expect(find(`Ingress ${NAME}`)).toHaveProperty('spec.tls.0.secretName', 'wildcard');
    expect(find(`Ingress ${NAME}.webhooks`)).toHaveProperty('spec.tls.0.secretName', 'wildcard');
    expect(warnings).toEqual([]);
  });

  it('of which one half is missing is printed as it is, with a warning', () => {
    const { find, warnings } = tls({ cert: 'CERT' });
    expect(find(`Secret ${NAME}.tls`)).not.toHaveProperty('type');
    expect(decoded(find(`Secret ${NAME}.tls`))).toEqual({ 'tls.crt': 'CERT' });
    expect(warnings).toEqual([expect.stringContaining('without a whole certificate')]);
  });

  it('may be the business of a controller that annotations name', () => {
    const { find, warnings } = tls({ annotations: { 'estafette.io/letsencrypt-certificate': 'true' } });
    expect(find(`Secret ${NAME}.tls`).metadata.annotations).toEqual({ 'estafette.io/letsencrypt-certificate': 'true' });
    expect(warnings).toEqual([]);
  });

  it('is still asked for by the Ingresses when it is off, with a warning', () => {
    const { find, ids, warnings } = tls({ enabled: false });
    expect(ids).not.toContain(`Secret ${NAME}.tls`);
    expect(find(`Ingress ${NAME}`)).toHaveProperty('spec.tls.0.secretName', `${NAME}.tls`);
    expect(warnings).toEqual([
      `tls.enabled: is false, and ingress and ingressWebhooks still ask for the Secret ${NAME}.tls: make that Secret, or set their tls to []`,
    ]);
    expect(render({ secret: KEYS, tls: { enabled: false }, ingress: { tls: [] }, ingressWebhooks: { enabled: false } }).warnings).toEqual(
      [],
    );
  });
});
