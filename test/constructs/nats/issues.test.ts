// What is refused, each with its path and the mend; and what works with a warning.
import type { NatsValues } from '../../../constructs/nats/values';
import { tls } from './everything';
import { issuesOf, synth } from './synth';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

const external = { externalAccess: true };

describe('values that the chart refuses', () => {
  it.each<[string, NatsValues, string, RegExp]>([
    ['a number for the name', { nameOverride: 5 }, 'nameOverride', /must be text, not the number 5: put it in quotes/],
    ['a flag for the whole name', { fullnameOverride: true }, 'fullnameOverride', /must be text, not the flag true: put it in quotes/],
    ['certificates without a Secret', { nats: { tls: { ca: 'ca.crt' } } }, 'nats.tls.secret', /name the Secret/],
    ['certificates of WebSockets without a Secret', { websocket: { tls: { ca: 'ca.crt' } } }, 'websocket.tls.secret', /name the Secret/],
    [
      'credentials of a remote without a Secret',
      { leafnodes: { remotes: [{ credentials: { secret: {} } }] } },
      'leafnodes.remotes.0.credentials.secret',
      /name the Secret/,
    ],
    [
      'certificates of a remote without a Secret',
      { leafnodes: { remotes: [{ tls: { ca: 'ca.crt' } }] } },
      'leafnodes.remotes.0.tls.secret',
      /name the Secret/,
    ],
    ['a label that is a map', { nats: { selectorLabels: { team: {} } } }, '', /labels "team" of .* must be text, not a map/],
    ['no remote', { leafnodes: { remotes: [null as never] } }, 'leafnodes.remotes.0', /must not be null: take the item away/],
    ['no gateway', { gateway: { enabled: true, gateways: [null as never] } }, 'gateway.gateways.0', /must not be null: take the item away/],
    ['no constraint', { topologySpreadConstraints: ['zone' as never] }, 'topologySpreadConstraints.0', /must be a map, not "zone"/],
    ['a resolver that is not text', { auth: { resolver: { type: 5 } } }, 'auth.resolver.type', /none, memory, full or URL, not 5/],
    [
      'a resolver in memory without accounts',
      { auth: { enabled: true, resolver: { type: 'memory' } } },
      'auth.resolver.configMap',
      /name and key/,
    ],
    [
      'a full resolver without a store',
      { auth: { enabled: true, resolver: { type: 'full', store: null } } },
      'auth.resolver.store',
      /dir and size, or a configMap/,
    ],
    [
      "a resolver by URL without the operator's JWT",
      { auth: { enabled: true, resolver: { type: 'URL' } } },
      'auth.operatorjwt.configMap',
      /name and key/,
    ],
    [
      'no memory for JetStream',
      { nats: { jetstream: { enabled: true, memStorage: null } } },
      'nats.jetstream.memStorage',
      /must not be null with nats\.jetstream\.enabled/,
    ],
    [
      'no ServiceMonitor values',
      { exporter: { serviceMonitor: null } },
      'exporter.serviceMonitor',
      /must not be null with exporter\.enabled/,
    ],
    ['no init container', { nats: external, bootconfig: null }, 'bootconfig', /must not be null with nats\.externalAccess/],
    ['no account', { nats: { ...external, serviceAccount: '' } }, 'nats.serviceAccount', /name the ServiceAccount/],
    ['no Secret of certificates', { nats: { tls: { secret: null } } }, 'nats.tls.secret', /must not be null/],
    ['no limits', { nats: { limits: null } }, 'nats.limits', /must not be null/],
    ['no resolver values', { auth: { resolver: null } }, 'auth.resolver', /must not be null/],
  ])('%s', (_, values, path, message) => {
    const issues = issuesOf(values);
    expect(Object.keys(issues)).toEqual([path]);
    expect(issues[path]).toMatch(message);
  });

  it('names all mistakes at once', () => {
    expect(
      Object.keys(issuesOf({ nameOverride: 5, nats: { tls: { ca: 'x' } }, auth: { enabled: true, resolver: { type: 'memory' } } })),
    ).toEqual(['nameOverride', 'nats.tls.secret', 'auth.resolver.configMap']);
  });

  it('names the nearest key for one that it does not know', () => {
    expect(issuesOf({ nats: { limits: { maxPaylod: 5 } } } as NatsValues)['nats.limits.maxPaylod']).toMatch(/maxPayload/);
  });

  it.each<NatsValues>([
    {
      bootconfig: null,
      podDisruptionBudget: null,
      mqtt: { tls: null },
      nats: { tls: null, customConfigSecret: null, jetstream: { encryption: null, memStorage: null } },
    },
    {
      exporter: { enabled: false, serviceMonitor: null },
      natsbox: { enabled: false, credentials: null },
      auth: { basic: null, nkeys: null, operatorjwt: null, resolver: { store: null, type: null } },
    },
  ])('takes null where nothing reads below it', (values) => {
    expect(issuesOf(values)).toEqual({});
  });
});

describe('values that hardly do what is meant', () => {
  it.each<[NatsValues, string]>([
    [
      { nats: { limits: { writeDeadline: '5s' } } },
      'nats.limits.writeDeadline: has no effect in the published chart; set nats.writeDeadline',
    ],
    [{ nats: { limits: { maxPings: 5 } } }, 'nats.limits.maxPings: has no effect in the published chart; set nats.maxPings'],
    [{ nats: { limits: { lameDuckDuration: '2m' } } }, 'nats.limits.lameDuckDuration: has no effect'],
    [{ nats: { writeDeadline: '5s' } }, 'nats.writeDeadline: is written as lame_duck_duration too'],
    [{ nats: { pingInterval: '2m' } }, 'nats.pingInterval: is printed without quotes'],
    [
      { nats: { limits: { maxPayload: 8388608 } } },
      'nats.limits.maxPayload: is printed as 8.388608e+06, as Helm does, and the server refuses that; put the number in quotes',
    ],
    [{ mqtt: { maxAckPending: 1000000 } }, 'mqtt.maxAckPending: is printed as 1e+06'],
    [{ natsbox: { imagePullSecrets: [{ name: 'x' }] } }, 'natsbox.imagePullSecrets: has no effect'],
    [{ topologyKeys: ['zone'] }, 'topologyKeys: has no effect: Kubernetes 1.22 took the field away'],
    [{ k8sClusterDomain: null }, 'k8sClusterDomain: is not text'],
    [{ auth: { enabled: true, resolver: { type: 'url' } } }, 'auth.resolver.type: url is not a resolver; choose none, memory, full or URL'],
    [{ topologySpreadConstraints: [{ maxSkew: 1 }] }, 'topologySpreadConstraints[0]: is left out'],
    [
      { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }] },
      'topologySpreadConstraints[0]: labelSelector of it has no effect',
    ],
    [{ leafnodes: { enabled: true, remotes: [{ url: 'a', tls: tls('other') }] } }, 'leafnodes.remotes[0].tls: its Secret is not mounted'],
    [
      { leafnodes: { remotes: [{ url: 'a', credentials: { secret: { name: 'c', key: 'k' } } }] } },
      'leafnodes.remotes[0].credentials: its Secret is mounted with leafnodes.enabled only',
    ],
  ])('warns of %j', (values, warning) => {
    const { warnings } = synth(values);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(warning);
  });

  it('says nothing about numbers in quotes, durations and Secrets that are mounted', () => {
    expect(
      synth({
        nats: { limits: { maxPayload: '8388608' }, pingInterval: '90s' },
        leafnodes: { enabled: true, tls: tls('l'), remotes: [{ url: 'a', tls: tls('l') }] },
      }).warnings,
    ).toEqual([]);
  });
});
