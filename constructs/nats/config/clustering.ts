// What connects servers with others: the cluster's routes, leafnodes and gateways.
import { isTrue, text } from '../../../helm/print';
import { print } from '../../../helm/template/print';
import { listOf } from '../../common/lists';
import { advertisesPublicly } from '../access';
import { clusterRoutes, nameOf } from '../identity';
import type { NatsContext } from '../values';
import { certificateLines, tlsBlock } from './tls';
import { block, include, jsonItems, jsonSetting, listSetting, map, nested, optional, quotedSetting, setting, type Entry } from './writer';

export function clusterBlock(context: NatsContext): Entry {
  const { cluster, nats } = context.values;
  if (!isTrue(cluster.enabled)) return undefined;
  const name = isTrue(cluster.name) ? cluster.name : isTrue(nats.jetstream.enabled) ? nameOf(context) : undefined;
  const { authorization: login } = cluster;
  return block('cluster', [
    setting('port', 6222),
    optional(setting, 'name', name),
    tlsBlock('cluster', cluster.tls),
    isTrue(login)
      ? block('authorization', [
          optional(setting, 'user', login?.user),
          optional(setting, 'password', login?.password),
          optional(setting, 'timeout', login?.timeout),
        ])
      : undefined,
    nested('routes = [', [clusterRoutes(context)], ']'),
    setting('cluster_advertise', '$CLUSTER_ADVERTISE'),
    optional(setting, 'no_advertise', cluster.noAdvertise),
    setting('connect_retries', nats.connectRetries),
  ]);
}

export function leafnodesBlock(context: NatsContext): Entry {
  const { leafnodes } = context.values;
  if (!isTrue(leafnodes.enabled) && !isTrue(leafnodes.remotes)) return undefined;
  return block('leafnodes', [
    isTrue(leafnodes.enabled) ? quotedSetting('listen', '0.0.0.0:7422') : undefined,
    publicAddress(context),
    optional(setting, 'no_advertise', leafnodes.noAdvertise),
    leafnodeLogin(leafnodes.authorization),
    tlsBlock('leafnodes', leafnodes.tls),
    listSetting('remotes', listOf(leafnodes.remotes).map(remote)),
  ]);
}

type Leafnodes = NatsContext['values']['leafnodes'];

function leafnodeLogin(login: Leafnodes['authorization']): Entry {
  if (!login || !isTrue(login)) return undefined;
  return map('authorization', [
    optional(setting, 'user', login.user),
    optional(setting, 'password', login.password),
    optional(quotedSetting, 'account', login.account),
    optional(setting, 'timeout', login.timeout),
    isTrue(login.users) ? listSetting('users', jsonItems(listOf(login.users))) : undefined,
  ]);
}

function remote({ url, urls, account, credentials, tls }: NonNullable<Leafnodes['remotes']>[number]): Entry {
  return nested(
    '{',
    [
      optional(quotedSetting, 'url', url),
      optional(jsonSetting, 'urls', urls),
      optional(quotedSetting, 'account', account),
      isTrue(credentials)
        ? setting('credentials', `"/etc/nats-creds/${text(credentials?.secret?.name)}/${text(credentials?.secret?.key)}"`)
        : undefined,
      isTrue(tls) && tls ? map('tls', certificateLines('leafnodes', tls)) : undefined,
    ],
    '}',
  );
}

export function gatewayBlock(context: NatsContext): Entry {
  const { gateway } = context.values;
  if (!isTrue(gateway.enabled)) return undefined;
  return block('gateway', [
    setting('name', gateway.name),
    setting('port', 7522),
    optional(setting, 'advertise', gateway.advertise),
    publicAddress(context),
    tlsBlock('gateways', gateway.tls),
    listSetting(
      'gateways',
      listOf(gateway.gateways).map(({ name, url, urls }) =>
        nested(
          '{',
          [
            optional(setting, 'name', name),
            optional(quotedSetting, 'url', url),
            isTrue(urls)
              ? `urls: [${listOf(urls)
                  .filter((each) => each !== null)
                  .map((each) => print(each))
                  .join(',')}]`
              : undefined,
          ],
          '},',
        ),
      ),
    ),
  ]);
}

const publicAddress = (context: NatsContext): Entry =>
  advertisesPublicly(context) ? include('advertise/gateway_advertise.conf') : undefined;
