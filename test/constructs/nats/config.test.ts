// The server's configuration, line by line.
import fc from 'fast-check';
import {
  block,
  json,
  jsonSetting,
  listSetting,
  nested,
  optional,
  quotedSetting,
  setting,
  write,
} from '../../../constructs/nats/config/writer';
import type { NatsValues } from '../../../constructs/nats/values';
import { tls } from './everything';
import { config } from './synth';

const START = ['pid_file: "/var/run/nats/nats.pid"', 'http: 8222', 'server_name: $POD_NAME'];

describe('server configuration', () => {
  it('is short by default', () => {
    expect(config({})).toEqual(START);
  });

  it.each<[string, NatsValues, string[]]>([
    [
      'TLS',
      { nats: { tls: { ...tls('t'), verify: true, timeout: 2.5, curvePreferences: ['CurveP256'] } } },
      [
        'tls {',
        'cert_file: /etc/nats-certs/clients/t/tls.crt',
        'key_file: /etc/nats-certs/clients/t/tls.key',
        'ca_file: /etc/nats-certs/clients/t/ca.crt',
        'verify: true',
        'curve_preferences: [CurveP256]',
        'timeout: 2.5',
        '}',
      ],
    ],
    [
      'JetStream',
      { nats: { jetstream: { enabled: true, domain: 'hub', encryption: { key: 'a"b' }, fileStorage: { enabled: true } } } },
      ['jetstream {', 'key: "a\\"b"', 'max_mem: 1Gi', 'domain: hub', 'store_dir: /data', 'max_file:1Gi', '}'],
    ],
    [
      'JetStream on a claim',
      {
        nats: {
          jetstream: {
            enabled: true,
            encryption: { secret: { name: 's', key: 'k' } },
            memStorage: { enabled: false },
            fileStorage: { enabled: true, existingClaim: 'c', claimStorageSize: '3Gi' },
          },
        },
      },
      ['jetstream {', 'key: $JS_KEY', 'store_dir: /data', 'max_file:3Gi', '}'],
    ],
    [
      'MQTT',
      { mqtt: { enabled: true, noAuthUser: 'bob', ackWait: null } },
      ['mqtt {', 'port: 1883', 'no_auth_user: "bob"', 'ack_wait:', 'max_ack_pending: 100', '}'],
    ],
    [
      'a cluster',
      {
        cluster: { enabled: true, replicas: 2, noAdvertise: true, authorization: { user: 'u', password: 'p', timeout: 0.5 } },
        nats: { jetstream: { enabled: true } },
      },
      [
        'jetstream {',
        'max_mem: 1Gi',
        '}',
        'cluster {',
        'port: 6222',
        'name: queue',
        'authorization {',
        'user: u',
        'password: p',
        'timeout: 0.5',
        '}',
        'routes = [',
        'nats://estafette-ci-queue-0.estafette-ci-queue.estafette-ci.svc.cluster.local.:6222,nats://estafette-ci-queue-1.estafette-ci-queue.estafette-ci.svc.cluster.local.:6222,',
        ']',
        'cluster_advertise: $CLUSTER_ADVERTISE',
        'no_advertise: true',
        'connect_retries: 30',
        '}',
      ],
    ],
    [
      'leafnodes',
      {
        nats: { externalAccess: true },
        leafnodes: {
          enabled: true,
          authorization: { account: 'A', users: [{ user: 'z', limits: { b: 1, a: null } }] },
          tls: tls('l'),
          remotes: [{ url: 'tls://a:7422', credentials: { secret: { name: 'c', key: 'x.creds' } }, tls: tls('l') }, { urls: ['b', 'c'] }],
        },
      },
      [
        'include "advertise/client_advertise.conf"',
        'leafnodes {',
        'listen: "0.0.0.0:7422"',
        'include "advertise/gateway_advertise.conf"',
        'authorization: {',
        'account: "A"',
        'users: [',
        '{"limits":{"a":null,"b":1},"user":"z"},',
        ']',
        '}',
        'tls {',
        'cert_file: /etc/nats-certs/leafnodes/l/tls.crt',
        'key_file: /etc/nats-certs/leafnodes/l/tls.key',
        'ca_file: /etc/nats-certs/leafnodes/l/ca.crt',
        '}',
        'remotes: [',
        '{',
        'url: "tls://a:7422"',
        'credentials: "/etc/nats-creds/c/x.creds"',
        'tls: {',
        'cert_file: /etc/nats-certs/leafnodes/l/tls.crt',
        'key_file: /etc/nats-certs/leafnodes/l/tls.key',
        'ca_file: /etc/nats-certs/leafnodes/l/ca.crt',
        '}',
        '}',
        '{',
        'urls: ["b","c"]',
        '}',
        ']',
        '}',
      ],
    ],
    [
      'gateways',
      {
        gateway: {
          enabled: true,
          advertise: 'n.example.com',
          gateways: [{ name: 'o', url: 'nats://o:7522' }, { urls: ['nats://p:7522', 'nats://q:7522'] }],
        },
      },
      [
        'gateway {',
        'name: default',
        'port: 7522',
        'advertise: n.example.com',
        'gateways: [',
        '{',
        'name: o',
        'url: "nats://o:7522"',
        '},',
        '{',
        'urls: [nats://p:7522,nats://q:7522]',
        '},',
        ']',
        '}',
      ],
    ],
    [
      'logging and limits',
      {
        nats: {
          logging: { debug: true, trace: false, connectErrorReports: 5 },
          limits: { maxConnections: 100, maxPayload: '8MB' },
          pingInterval: '90s',
          maxPings: 3,
          writeDeadline: '31s',
        },
      },
      [
        'debug: true',
        'connect_error_reports: 5',
        'max_connections: 100',
        'max_payload: 8MB',
        'ping_interval: 90s',
        'ping_max: 3',
        'write_deadline: "31s"',
        'lame_duck_duration: "31s"',
      ],
    ],
    [
      'websockets',
      { websocket: { enabled: true, allowedOrigins: ['http://a'] } },
      ['websocket {', 'port: 443', 'no_tls: true', 'same_origin: false', 'allowed_origins: ["http://a"]', '}'],
    ],
    [
      'websockets under TLS',
      { websocket: { enabled: true, tls: { secret: { name: 'w' }, cert: 'tls.crt' } } },
      ['websocket {', 'port: 443', 'tls {', 'cert_file: /etc/nats-certs/ws/w/tls.crt', '}', 'same_origin: false', '}'],
    ],
    [
      'a token',
      { auth: { enabled: true, systemAccount: 'SYS', token: 'secret' } },
      ['system_account: SYS', 'authorization {', 'token: "secret"', '}'],
    ],
    ['keys', { auth: { enabled: true, nkeys: { users: [{ nkey: 'U' }] } } }, ['authorization {', 'users: [', '{"nkey":"U"},', ']', '}']],
    [
      'users and accounts',
      { auth: { enabled: true, basic: { noAuthUser: 'me', users: [{ user: 'me' }], accounts: { B: {}, A: {} } } } },
      ['no_auth_user: me', 'authorization {', 'users: [', '{"user":"me"},', ']', '}', 'accounts:{"A":{},"B":{}}'],
    ],
    [
      'a full resolver',
      { auth: { enabled: true, resolver: { type: 'full', operator: 'JWT', systemAccount: 'SYS', resolverPreload: { A: 'jwt' } } } },
      [
        'operator: JWT',
        'system_account: SYS',
        'resolver: {',
        'type: full',
        'dir: "/accounts/jwt"',
        'allow_delete: false',
        'interval: "2m"',
        '}',
        'resolver_preload: {"A":"jwt"}',
      ],
    ],
    [
      'a full resolver of your own',
      { auth: { enabled: true, resolver: { type: 'full', configMap: { name: 'a', key: 'r.conf' } } } },
      ['include "accounts/r.conf"'],
    ],
    [
      'a resolver in memory',
      { auth: { enabled: true, resolver: { type: 'memory', configMap: { name: 'a', key: 'r.conf' } } } },
      ['resolver: MEMORY', 'include "accounts/r.conf"'],
    ],
    [
      'a resolver by URL',
      { auth: { enabled: true, resolver: { type: 'URL', url: 'http://a/' }, operatorjwt: { configMap: { name: 'o', key: 'KO.jwt' } } } },
      ['resolver: URL(http://a/)', 'operator: /etc/nats-config/operator/KO.jwt'],
    ],
  ])('has %s', (_, values, lines) => {
    expect(config(values)).toEqual([...START, ...lines]);
  });

  it('has no login while auth.enabled is false', () => {
    expect(config({ auth: { token: 'secret', basic: { users: [{ user: 'me' }] } } })).toEqual(START);
  });

  it('prints numbers as Helm does, text as it stands', () => {
    expect(config({ nats: { limits: { maxPayload: 1048576 } } })).toContain('max_payload: 1.048576e+06');
    expect(config({ nats: { limits: { maxPayload: '1048576' } } })).toContain('max_payload: 1048576');
  });
});

describe('writer', () => {
  it('indents what is nested and leaves out what is not there', () => {
    expect(write([setting('a', 1), undefined, block('b', [listSetting('c', ['1,']), nested('{', [setting('d', undefined)], '}')])])).toBe(
      'a: 1\nb {\n  c: [\n    1,\n  ]\n  {\n    d:\n  }\n}\n',
    );
  });

  it('quotes as Go does', () => {
    expect([quotedSetting('a', 'x"\\\n\u0001é'), quotedSetting('a', true), quotedSetting('a', undefined)]).toEqual([
      'a: "x\\"\\\\\\n\\x01é"',
      'a: "true"',
      'a:',
    ]);
  });

  it.each([undefined, null, '', 0, false, [], {}])('writes no optional %j', (value) => {
    expect(optional(jsonSetting, 'a', value)).toBeUndefined();
  });

  it('writes JSON that reads back as the same, keys sorted', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(json(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(json({ b: [1, { d: null, c: 5n }], a: 'ä"' })).toBe('{"a":"ä\\"","b":[1,{"c":5,"d":null}]}');
  });
});
