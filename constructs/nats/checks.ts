// What goes wrong across values: where Helm fails (problems), and where the chart does hardly what is meant (warnings).
import type { Issue } from '../../helm/check';
import { isTrue, text } from '../../helm/print';
import { advertisesPublicly } from './access';
import { asList } from './config/writer';
import type { NatsContext } from './index';
import { isGiven, tlsUses } from './tls';

type Path = readonly (string | number)[];

/** Everything for which the published chart fails to render, and names that no cluster takes. */
export const problems = (context: NatsContext): Issue[] => [
  ...nameProblems(context),
  ...secretProblems(context),
  ...resolverProblems(context),
  ...itemProblems(context),
  ...absentGroups(context),
];

function nameProblems(context: NatsContext): Issue[] {
  const { fullnameOverride, nameOverride, nats } = context.values;
  const issues: Issue[] = Object.entries({ nameOverride, fullnameOverride })
    .filter(([, value]) => isTrue(value) && typeof value !== 'string')
    .map(([key, value]) => ({ path: [key], message: `must be text, not ${String(value)}: put it in quotes` }));
  if (advertisesPublicly(context) && text(nats.serviceAccount) === '') {
    issues.push({ path: ['nats', 'serviceAccount'], message: 'is needed with nats.externalAccess and nats.advertise: name the ServiceAccount, or set one of them to false' });
  }
  return issues;
}

function secretProblems({ values }: NatsContext): Issue[] {
  const { leafnodes, natsbox } = values;
  const needed: [path: Path, secret: object | undefined][] = tlsUses(values).map(({ path, tls }) => [path, tls.secret]);
  asList(leafnodes.remotes).forEach((remote, index) => {
    const at = ['leafnodes', 'remotes', index];
    if (remote && isTrue(remote.credentials)) needed.push([[...at, 'credentials'], remote.credentials?.secret]);
    if (remote && isTrue(remote.tls)) needed.push([[...at, 'tls'], remote.tls?.secret]);
  });
  if (isTrue(natsbox.enabled) && isGiven(natsbox.credentials)) needed.push([['natsbox', 'credentials'], natsbox.credentials.secret]);
  return needed.filter(([, secret]) => !isGiven(secret))
    .map(([path]) => ({ path: [...path, 'secret'], message: 'is needed: name the Secret with the files, as secret: {name: …}' }));
}

function resolverProblems({ values: { auth } }: NatsContext): Issue[] {
  const { configMap, store, type } = auth.resolver;
  if (isTrue(type) && typeof type !== 'string') return [{ path: ['auth', 'resolver', 'type'], message: `must be none, memory, full or URL, not ${String(type)}` }];
  if (!isTrue(auth.enabled)) return [];
  if (type === 'memory' && !isGiven(configMap)) {
    return [{ path: ['auth', 'resolver', 'configMap'], message: 'is needed for the resolver type memory: give name and key of the ConfigMap with the accounts' }];
  }
  if (type === 'full' && !isGiven(configMap) && !store) {
    return [{ path: ['auth', 'resolver', 'store'], message: 'is needed for the resolver type full: give dir and size, or a configMap with the configuration' }];
  }
  if (type === 'URL' && !isGiven(auth.operatorjwt)) {
    return [{ path: ['auth', 'operatorjwt', 'configMap'], message: "is needed for the resolver type URL: give name and key of the ConfigMap with the operator's JWT" }];
  }
  return [];
}

function itemProblems({ values }: NatsContext): Issue[] {
  const lists: [path: Path, list: readonly unknown[], isRead: boolean][] = [
    [['leafnodes', 'remotes'], asList(values.leafnodes.remotes), true],
    [['gateway', 'gateways'], asList(values.gateway.gateways), isTrue(values.gateway.enabled)],
    [['topologySpreadConstraints'], asList(values.topologySpreadConstraints), true],
  ];
  return lists.filter(([, , isRead]) => isRead).flatMap(([path, list]) => list.flatMap((item, index) =>
    (typeof item === 'object' && item !== null && !Array.isArray(item) ? [] : [{ path: [...path, index], message: `must be a map, not ${JSON.stringify(item)}` }])));
}

/** Groups that may be null only while nothing reads them. */
function absentGroups(context: NatsContext): Issue[] {
  const { bootconfig, exporter, nats: { jetstream } } = context.values;
  const groups: [path: Path, group: object | undefined, switchedOn: boolean, by: string][] = [
    [['nats', 'jetstream', 'memStorage'], jetstream.memStorage, isTrue(jetstream.enabled), 'nats.jetstream.enabled'],
    [['exporter', 'serviceMonitor'], exporter.serviceMonitor, isTrue(exporter.enabled), 'exporter.enabled'],
    [['bootconfig'], bootconfig, advertisesPublicly(context), 'nats.externalAccess'],
  ];
  return groups.filter(([, group, switchedOn]) => switchedOn && !group)
    .map(([path, , , by]) => ({ path, message: `must not be null with ${by}: leave the key out to keep the defaults` }));
}

export interface Warning { readonly path: string; readonly message: string }

/** Values that are kept as the published chart has them, though they will hardly do what is meant. */
export const warnings = (context: NatsContext): Warning[] => [
  ...ignoredValues(context), ...largeNumbers(context), ...spreadWarnings(context), ...leafnodeWarnings(context),
];

function ignoredValues({ values }: NatsContext): Warning[] {
  const { auth, natsbox, nats } = values;
  const all: [isSet: unknown, path: string, message: string][] = [
    [nats.limits.writeDeadline, 'nats.limits.writeDeadline', 'has no effect in the published chart; set nats.writeDeadline'],
    [nats.limits.maxPings, 'nats.limits.maxPings', 'has no effect in the published chart; set nats.maxPings'],
    [nats.limits.lameDuckDuration, 'nats.limits.lameDuckDuration', 'has no effect in the published chart; nats.writeDeadline is written as lame_duck_duration too'],
    [nats.writeDeadline, 'nats.writeDeadline', 'is written as lame_duck_duration too, as in the published chart; the server refuses to start with less than 30s there'],
    [natsbox.imagePullSecrets, 'natsbox.imagePullSecrets', 'has no effect in the published chart; the box has those of imagePullSecrets'],
    [values.topologyKeys, 'topologyKeys', 'has no effect: Kubernetes 1.22 took the field away; use topologySpreadConstraints'],
    [typeof values.k8sClusterDomain !== 'string', 'k8sClusterDomain', 'is no text: servers will not find each other; give the DNS domain of the cluster'],
    [isTrue(auth.enabled) && !['none', 'memory', 'full', 'URL', ''].includes(text(auth.resolver.type)), 'auth.resolver.type',
      `${text(auth.resolver.type)} is no resolver; choose none, memory, full or URL`],
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
  return numbers.filter(([, value]) => typeof value === 'number' && text(value).includes('e'))
    .map(([path, value]) => ({ path, message: `is printed as ${text(value)}, as Helm does, and the server refuses that; put the number in quotes` }));
}

function spreadWarnings({ values }: NatsContext): Warning[] {
  const read = ['maxSkew', 'topologyKey', 'whenUnsatisfiable'];
  return asList(values.topologySpreadConstraints).flatMap((constraint, index) => {
    const path = `topologySpreadConstraints[${index}]`;
    if (!isTrue(constraint.maxSkew) || !isTrue(constraint.topologyKey)) return [{ path, message: 'is left out, as in the published chart: it needs maxSkew and topologyKey' }];
    const ignored = Object.keys(constraint).filter((key) => !read.includes(key));
    return ignored.length ? [{ path, message: `${ignored.join(', ')} of it has no effect in the published chart, which reads ${read.join(', ')}` }] : [];
  });
}

function leafnodeWarnings({ values: { leafnodes } }: NatsContext): Warning[] {
  const mounted = isGiven(leafnodes.tls) ? text(leafnodes.tls.secret?.name) : undefined;
  return asList(leafnodes.remotes).flatMap(({ credentials, tls }, index) => {
    const path = `leafnodes.remotes[${index}]`;
    const found: Warning[] = [];
    if (isTrue(tls) && text(tls?.secret?.name) !== mounted) found.push({ path: `${path}.tls`, message: 'its Secret is not mounted, as in the published chart; name the same one in leafnodes.tls' });
    if (isTrue(credentials) && !isTrue(leafnodes.enabled)) found.push({ path: `${path}.credentials`, message: 'its Secret is mounted with leafnodes.enabled only, as in the published chart' });
    return found;
  });
}
