// The server's configuration file. Its lines and their order are those of the published chart.
import { isTrue } from '../../../helm/print';
import { advertisesPublicly } from '../access';
import { isGiven } from '../tls';
import type { NatsContext } from '../values';
import { authorization } from './authorization';
import { clusterBlock, gatewayBlock, leafnodesBlock } from './clustering';
import { certificateLines, tlsBlock } from './tls';
import { block, include, jsonSetting, optional, quotedSetting, setting, write, type Entry } from './writer';

export const serverConfig = (context: NatsContext): string =>
  write([
    '# Where the reloader finds the process.',
    'pid_file: "/var/run/nats/nats.pid"',
    '# Monitoring.',
    setting('http', 8222),
    setting('server_name', '$POD_NAME'),
    tlsBlock('clients', context.values.nats.tls),
    jetstreamBlock(context),
    mqttBlock(context),
    clusterBlock(context),
    advertisesPublicly(context) ? include('advertise/client_advertise.conf') : undefined,
    leafnodesBlock(context),
    gatewayBlock(context),
    ...limits(context),
    websocketBlock(context),
    ...authorization(context),
  ]);

function jetstreamBlock({
  values: {
    nats: { jetstream },
  },
}: NatsContext): Entry {
  if (!isTrue(jetstream.enabled)) return undefined;
  const { encryption, fileStorage, memStorage } = jetstream;
  const key = isTrue(encryption?.key)
    ? quotedSetting('key', encryption?.key)
    : isTrue(encryption?.secret)
      ? setting('key', '$JS_KEY')
      : undefined;
  const fileSize = isTrue(fileStorage.existingClaim) ? fileStorage.claimStorageSize : fileStorage.size;
  return block('jetstream', [
    key,
    isTrue(memStorage?.enabled) ? setting('max_mem', memStorage?.size) : undefined,
    optional(setting, 'domain', jetstream.domain),
    // The chart writes no blank after this colon.
    ...(isTrue(fileStorage.enabled)
      ? [setting('store_dir', fileStorage.storageDirectory), setting('max_file', fileSize).replace(': ', ':')]
      : []),
  ]);
}

function mqttBlock({ values: { mqtt } }: NatsContext): Entry {
  if (!isTrue(mqtt.enabled)) return undefined;
  return block('mqtt', [
    setting('port', 1883),
    tlsBlock('mqtt', mqtt.tls),
    optional(quotedSetting, 'no_auth_user', mqtt.noAuthUser),
    quotedSetting('ack_wait', mqtt.ackWait),
    setting('max_ack_pending', mqtt.maxAckPending),
  ]);
}

function limits({ values: { nats } }: NatsContext): Entry[] {
  const { logging, limits: most } = nats;
  return [
    optional(setting, 'debug', logging.debug),
    optional(setting, 'trace', logging.trace),
    optional(setting, 'logtime', logging.logtime),
    optional(setting, 'connect_error_reports', logging.connectErrorReports),
    optional(setting, 'reconnect_error_reports', logging.reconnectErrorReports),
    optional(setting, 'max_connections', most.maxConnections),
    optional(setting, 'max_subscriptions', most.maxSubscriptions),
    optional(setting, 'max_pending', most.maxPending),
    optional(setting, 'max_control_line', most.maxControlLine),
    optional(setting, 'max_payload', most.maxPayload),
    optional(setting, 'ping_interval', nats.pingInterval),
    optional(setting, 'ping_max', nats.maxPings),
    optional(quotedSetting, 'write_deadline', nats.writeDeadline),
    optional(quotedSetting, 'lame_duck_duration', nats.writeDeadline),
  ];
}

function websocketBlock({ values: { websocket } }: NatsContext): Entry {
  if (!isTrue(websocket.enabled)) return undefined;
  return block('websocket', [
    setting('port', websocket.port),
    isGiven(websocket.tls) ? block('tls', certificateLines('ws', websocket.tls)) : setting('no_tls', websocket.noTLS),
    setting('same_origin', websocket.sameOrigin),
    optional(jsonSetting, 'allowed_origins', websocket.allowedOrigins),
  ]);
}
