// Logins: as operators and clients write them, and as the engine, BuildKit and registries read them.
import type { IncomingHttpHeaders } from 'node:http';
import { buildLogins, pullLogin } from '../../worker/builds/logins';
import { EgressPolicy } from '../../worker/egress/policy';
import { EngineClient } from '../../worker/engines/docker/client';
import { readConfig } from '../../worker/config';
import { checkPush } from '../../worker/registry/push-check';
import { hostOfReference, loginOf, loginOfUrl, percentDecoded } from '../../worker/registry/login';
import { parsePayload, repositoryOf, targetOf, type Payload } from '../../worker/state/payload';
import { bodyOf, payload, serve } from './support/fakes';

const parse = async (more: object): Promise<Payload> => parsePayload(await payload(1, { ...more })).payload;
const operators = readConfig({ EXTRA_DOCKER_REGISTRY_CONFIG: '{"Extra.example.com":{"username":"op","password":"x"}}' });

describe('the header for the engine', () => {
  it('is padded for passwords of every length and any bytes', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const engine = await serve((request, response) => {
      seen.push(request.headers);
      response.setHeader('content-type', 'application/json').end('{}');
    });
    const client = new EngineClient({ host: '127.0.0.1', port: engine.port, protocol: 'http' });
    const logins = Array.from({ length: 40 }, (_, length) => ({
      username: 'builder'.slice(0, 1 + (length % 7)),
      password: 'p~?é€'.repeat(9).slice(0, length),
    }));
    for (const login of logins) await client.json({ method: 'GET', path: '/x', login, logins: { 'r.example.com': login } });
    expect(seen).toHaveLength(logins.length);
    for (const [index, headers] of seen.entries()) {
      for (const header of [headers['x-registry-auth'], headers['x-registry-config']])
        expect(header).toMatch(/^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/);
      expect(JSON.parse(Buffer.from(String(headers['x-registry-auth']), 'base64url').toString())).toEqual(logins[index]);
    }
    await engine.close();
  });
});

describe('a login', () => {
  it.each([
    [
      { username: 'u', password: 'p', email: 'e@x', serveraddress: 'https://r/v1/' },
      { username: 'u', password: 'p', email: 'e@x', serveraddress: 'https://r/v1/' },
    ],
    [{ identitytoken: 't', username: '', password: null }, { identitytoken: 't' }],
    [{ auth: Buffer.from('u:p:w').toString('base64') }, { username: 'u', password: 'p:w' }],
    [{ username: '', password: 'x' }, undefined],
    [{ auth: '!!' }, undefined],
    [null, undefined],
  ])('is read from %j', (auth, login) => expect(loginOf(auth)).toEqual(login));

  it.each([
    ['p%40ss%3Aw', 'p@ss:w'],
    ['100%', '100%'],
    ['50%zz%41', '50%zzA'],
    ['%ff%fe', '%ff%fe'],
    ['%C3%A9', 'é'],
  ])('loses the percent-encoding that it has: %s', (encoded, plain) => expect(percentDecoded(encoded)).toBe(plain));

  it.each([
    ['host:5000/a/b:tag', 'host:5000'],
    ['Registry.example.com/a', 'registry.example.com'],
    ['localhost/a', 'localhost'],
    ['org/image:tag', 'docker.io'],
    ['https://index.docker.io/v1/', 'docker.io'],
  ])('belongs to the host of %s', (reference, host) => expect(hostOfReference(reference)).toBe(host));

  it('is that of docker_registry, whatever follows the host there', async () => {
    const logins = buildLogins(
      operators,
      await parse({ docker_registry: 'src.example.com/org/image:1.2', docker_login: 'u', docker_password: 'p%40' }),
    );
    expect(logins).toEqual({
      'Extra.example.com': { username: 'op', password: 'x' },
      'src.example.com': { username: 'u', password: 'p%40' },
    });
  });

  it('goes to the target, and to where its operator says that it belongs', async () => {
    const auth = { username: 'u', password: 'p', serveraddress: 'https://other.example.com/v2/' };
    const logins = buildLogins(operators, await parse({ gm_registry_auth: auth, gm_registry_host: 'EXTRA.example.com/team' }));
    expect(logins).toEqual({ 'other.example.com': auth, 'EXTRA.example.com': auth });
  });
});

describe('docker:// sources', () => {
  const login = async (sources: string, more: object = {}) => {
    const read = await parse({ sources, ...more });
    return pullLogin(operators, read, new URL(read.sources));
  };
  it.each<[string, string, object, object | undefined]>([
    [
      'as the client copies it from the URL',
      'docker://u:p%40ss%3Aw@r/o/i:1',
      { docker_login: 'u', docker_password: 'p%40ss%3Aw' },
      { username: 'u', password: 'p@ss:w' },
    ],
    ['as the URL has it', 'DOCKER://u:100%@r/o/i:1', {}, { username: 'u', password: '100%' }],
    [
      'docker_login of its own',
      'docker://u:x@r/o/i:1',
      { docker_login: 'v', docker_password: 'p%40' },
      { username: 'v', password: 'p%40' },
    ],
    [
      "the target's",
      'docker://REGISTRY.example.com/o/i:1',
      { gm_registry_auth: { username: 'g', password: 'p' } },
      { username: 'g', password: 'p' },
    ],
    ["not the target's elsewhere", 'docker://r/o/i:1', { gm_registry_auth: { username: 'g', password: 'p' } }, undefined],
    ["the operator's", 'docker://extra.example.com/o/i:1', {}, { username: 'op', password: 'x' }],
  ])('are pulled with %s', async (_name, sources, more, expected) =>
    expect(await login(sources, { docker_login: '', docker_password: '', ...more })).toEqual(expected),
  );

  it('have no login without a name', () => expect(loginOfUrl(new URL('docker://r/o'))).toBeUndefined());
});

describe('the target', () => {
  it('keeps a path below the registry', async () => {
    const read = await parse({ gm_registry_host: 'r.example.com:5000/team/x' });
    expect([targetOf(read).host, repositoryOf(read)]).toEqual([
      'r.example.com:5000',
      expect.stringMatching(/^r\.example\.com:5000\/team\/x\/acme\/web-56bc/),
    ]);
  });

  it('is asked for a token with a refresh token as OAuth has it', async () => {
    const forms: string[] = [];
    const tokens = await serve((request, response) => {
      void bodyOf(request).then((form) => {
        forms.push(`${request.method} ${form}`);
        response.end('{"access_token":"t"}');
      });
    });
    const registry = await serve((request, response) => {
      if (request.headers.authorization === 'Bearer t') response.writeHead(202).end();
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="${tokens.url}/token",service="s"` }).end();
    });
    const allowed = new EgressPolicy(readConfig({ EGRESS_ALLOW: '127.0.0.0/8' }).EGRESS_ALLOW);
    const check = {
      policy: allowed,
      host: new URL(registry.url).host,
      repository: 'a/b',
      insecure: true,
      signal: new AbortController().signal,
    };
    expect(await checkPush({ ...check, login: { identitytoken: 'refresh' } })).toBeUndefined();
    expect(forms).toEqual([
      'POST service=s&scope=repository%3Aa%2Fb%3Apull%2Cpush&grant_type=refresh_token&refresh_token=refresh&client_id=build-worker',
    ]);
    await Promise.all([tokens.close(), registry.close()]);
  });
});
