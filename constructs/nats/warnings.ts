// Values that are kept as the published chart has them, though they will hardly do what is meant.
import type { Warning } from '../../helm/check';
import { isTrue, text } from '../../helm/print';
import { listOf } from '../common/lists';
import type { NatsContext } from './values';
import { isGiven } from './tls';

export const warnings = (context: NatsContext): Warning[] => [
  ...ignoredValues(context),
  ...largeNumbers(context),
  ...spreadWarnings(context),
  ...leafnodeWarnings(context),
];

function ignoredValues({ values }: NatsContext): Warning[] {
  const { auth, natsbox, nats } = values;
  // NATS takes k, m and g after digits for thousands, millions and so on; other texts are durations.
  const suffixed = /^\d+[kmgtpe]i?b?$/i.test(text(nats.pingInterval));
  const all: [isSet: unknown, path: string, message: string][] = [
    [nats.limits.writeDeadline, 'nats.limits.writeDeadline', 'has no effect in the published chart; set nats.writeDeadline'],
    [nats.limits.maxPings, 'nats.limits.maxPings', 'has no effect in the published chart; set nats.maxPings'],
    [
      nats.limits.lameDuckDuration,
      'nats.limits.lameDuckDuration',
      'has no effect in the published chart; nats.writeDeadline is written as lame_duck_duration too',
    ],
    [
      nats.writeDeadline,
      'nats.writeDeadline',
      'is written as lame_duck_duration too, as in the published chart; the server refuses to start with less than 30s there',
    ],
    [
      suffixed,
      'nats.pingInterval',
      `is printed without quotes, as in the published chart, and NATS reads ${text(nats.pingInterval)} as a number of ` +
        `seconds; give seconds, or quotes inside the text: '"2m"'`,
    ],
    [natsbox.imagePullSecrets, 'natsbox.imagePullSecrets', 'has no effect in the published chart; the box has those of imagePullSecrets'],
    [values.topologyKeys, 'topologyKeys', 'has no effect: Kubernetes 1.22 took the field away; use topologySpreadConstraints'],
    [
      typeof values.k8sClusterDomain !== 'string',
      'k8sClusterDomain',
      'is not text: servers will not find each other; give the DNS domain of the cluster',
    ],
    [
      isTrue(auth.enabled) && !['none', 'memory', 'full', 'URL', ''].includes(text(auth.resolver.type)),
      'auth.resolver.type',
      `${text(auth.resolver.type)} is not a resolver; choose none, memory, full or URL`,
    ],
  ];
  return all.filter(([isSet]) => isTrue(isSet)).map(([, path, message]) => ({ path, message }));
}

/** Helm prints a number from a million on with an exponent, which NATS cannot read. */
function largeNumbers({ values: { mqtt, nats } }: NatsContext): Warning[] {
  const { jetstream, limits } = nats;
  const numbers: [path: string, value: unknown][] = [
    ...Object.entries(limits).map(([key, value]): [string, unknown] => [`nats.limits.${key}`, value]),
    ['nats.connectRetries', nats.connectRetries],
    ['nats.jetstream.memStorage.size', jetstream.memStorage?.size],
    ['nats.jetstream.fileStorage.size', jetstream.fileStorage.size],
    ['nats.jetstream.fileStorage.claimStorageSize', jetstream.fileStorage.claimStorageSize],
    ['mqtt.maxAckPending', mqtt.maxAckPending],
  ];
  return numbers
    .filter(([, value]) => typeof value === 'number' && text(value).includes('e'))
    .map(([path, value]) => ({
      path,
      message: `is printed as ${text(value)}, as Helm does, and the server refuses that; put the number in quotes`,
    }));
}

function spreadWarnings({ values }: NatsContext): Warning[] {
  const read = ['maxSkew', 'topologyKey', 'whenUnsatisfiable'];
  return listOf(values.topologySpreadConstraints).flatMap((constraint, index) => {
    const path = `topologySpreadConstraints[${index}]`;
    if (!isTrue(constraint.maxSkew) || !isTrue(constraint.topologyKey))
      return [{ path, message: 'is left out, as in the published chart: it needs maxSkew and topologyKey' }];
    const ignored = Object.keys(constraint).filter((key) => !read.includes(key));
    return ignored.length
      ? [{ path, message: `${ignored.join(', ')} of it has no effect in the published chart, which reads ${read.join(', ')}` }]
      : [];
  });
}

function leafnodeWarnings({ values: { leafnodes } }: NatsContext): Warning[] {
  const mounted = isGiven(leafnodes.tls) ? text(leafnodes.tls.secret?.name) : undefined;
  return listOf(leafnodes.remotes).flatMap(({ credentials, tls }, index) => {
    const path = `leafnodes.remotes[${index}]`;
    const found: Warning[] = [];
    if (isTrue(tls) && text(tls?.secret?.name) !== mounted)
      found.push({
        path: `${path}.tls`,
        message: 'its Secret is not mounted, as in the published chart; name the same one in leafnodes.tls',
      });
    if (isTrue(credentials) && !isTrue(leafnodes.enabled))
      found.push({ path: `${path}.credentials`, message: 'its Secret is mounted with leafnodes.enabled only, as in the published chart' });
    return found;
  });
}
