// Values for which the published chart fails to render, and names that no cluster takes.
import type { Issue } from '../../helm/check';
import { isTrue, text } from '../../helm/print';
import { textOnly } from '../common/checks';
import { listOf } from '../common/lists';
import { advertisesPublicly } from './access';
import type { NatsContext } from './values';
import { isGiven, tlsUses } from './tls';

type Path = readonly (string | number)[];

export const issues = (context: NatsContext): Issue[] => [
  ...nameIssues(context),
  ...secretIssues(context),
  ...resolverIssues(context),
  ...itemIssues(context),
  ...absentGroups(context),
];

function nameIssues(context: NatsContext): Issue[] {
  const { fullnameOverride, nameOverride, nats } = context.values;
  const issues = Object.entries({ nameOverride, fullnameOverride }).flatMap(([key, value]) => textOnly(value, key));
  if (advertisesPublicly(context) && text(nats.serviceAccount) === '') {
    issues.push({
      path: ['nats', 'serviceAccount'],
      message: 'is needed with nats.externalAccess and nats.advertise: name the ServiceAccount, or set one of them to false',
    });
  }
  return issues;
}

function secretIssues({ values }: NatsContext): Issue[] {
  const { leafnodes, natsbox } = values;
  const needed: [path: Path, secret: object | null | undefined][] = tlsUses(values).map(({ path, tls }) => [path, tls.secret]);
  listOf(leafnodes.remotes).forEach((remote, index) => {
    const at = ['leafnodes', 'remotes', index];
    if (remote && isTrue(remote.credentials)) needed.push([[...at, 'credentials'], remote.credentials?.secret]);
    if (remote && isTrue(remote.tls)) needed.push([[...at, 'tls'], remote.tls?.secret]);
  });
  if (isTrue(natsbox.enabled) && isGiven(natsbox.credentials)) needed.push([['natsbox', 'credentials'], natsbox.credentials.secret]);
  return needed
    .filter(([, secret]) => !isGiven(secret))
    .map(([path]) => ({ path: [...path, 'secret'], message: 'is needed: name the Secret with the files, as secret: {name: …}' }));
}

function resolverIssues({ values: { auth } }: NatsContext): Issue[] {
  const { configMap, store, type } = auth.resolver;
  if (isTrue(type) && typeof type !== 'string')
    return [{ path: ['auth', 'resolver', 'type'], message: `must be none, memory, full or URL, not ${String(type)}` }];
  if (!isTrue(auth.enabled)) return [];
  if (type === 'memory' && !isGiven(configMap)) {
    return [
      {
        path: ['auth', 'resolver', 'configMap'],
        message: 'is needed for the resolver type memory: give name and key of the ConfigMap with the accounts',
      },
    ];
  }
  if (type === 'full' && !isGiven(configMap) && !store) {
    return [
      {
        path: ['auth', 'resolver', 'store'],
        message: 'is needed for the resolver type full: give dir and size, or a configMap with the configuration',
      },
    ];
  }
  if (type === 'URL' && !isGiven(auth.operatorjwt)) {
    return [
      {
        path: ['auth', 'operatorjwt', 'configMap'],
        message: "is needed for the resolver type URL: give name and key of the ConfigMap with the operator's JWT",
      },
    ];
  }
  return [];
}

function itemIssues({ values }: NatsContext): Issue[] {
  const lists: [path: Path, list: readonly unknown[], isRead: boolean][] = [
    [['leafnodes', 'remotes'], listOf(values.leafnodes.remotes), true],
    [['gateway', 'gateways'], listOf(values.gateway.gateways), isTrue(values.gateway.enabled)],
    [['topologySpreadConstraints'], listOf(values.topologySpreadConstraints), true],
  ];
  return lists
    .filter(([, , isRead]) => isRead)
    .flatMap(([path, list]) =>
      list.flatMap((item, index) =>
        typeof item === 'object' && item !== null && !Array.isArray(item)
          ? []
          : [{ path: [...path, index], message: `must be a map, not ${JSON.stringify(item)}` }],
      ),
    );
}

/** Groups that may be null only while nothing reads them. */
function absentGroups(context: NatsContext): Issue[] {
  const {
    bootconfig,
    exporter,
    nats: { jetstream },
  } = context.values;
  const groups: [path: Path, group: object | undefined, switchedOn: boolean, by: string][] = [
    [['nats', 'jetstream', 'memStorage'], jetstream.memStorage, isTrue(jetstream.enabled), 'nats.jetstream.enabled'],
    [['exporter', 'serviceMonitor'], exporter.serviceMonitor, isTrue(exporter.enabled), 'exporter.enabled'],
    [['bootconfig'], bootconfig, advertisesPublicly(context), 'nats.externalAccess'],
  ];
  return groups
    .filter(([, group, switchedOn]) => switchedOn && !group)
    .map(([path, , , by]) => ({ path, message: `must not be null with ${by}: leave the key out to keep the defaults` }));
}
