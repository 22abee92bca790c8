// Who may connect: resolvers of account JWTs, tokens, keys, users and accounts.
import { isTrue, text } from '../../../helm/print';
import { listOf } from '../../common/lists';
import { isGiven } from '../tls';
import type { NatsContext } from '../values';
import { block, include, jsonItems, jsonSetting, listSetting, map, optional, quotedSetting, setting, type Entry } from './writer';

export function authorization({ values: { auth } }: NatsContext): Entry[] {
  if (!isTrue(auth.enabled)) return [];
  const { basic } = auth;
  return [
    ...resolver(auth),
    optional(setting, 'system_account', auth.systemAccount),
    isTrue(auth.token) ? block('authorization', [setting('token', `"${text(auth.token)}"`)]) : undefined,
    users(auth.nkeys?.users),
    optional(setting, 'no_auth_user', basic?.noAuthUser),
    users(basic?.users),
    // The chart writes no blank after this colon.
    isTrue(basic?.accounts) ? jsonSetting('accounts', basic?.accounts).replace(': ', ':') : undefined,
  ];
}

type Auth = NatsContext['values']['auth'];

function resolver({ resolver: own, operatorjwt }: Auth): Entry[] {
  const preload = optional(jsonSetting, 'resolver_preload', own.resolverPreload);
  const fromConfigMap = include(`accounts/${text(own.configMap?.key)}`);
  switch (text(own.type)) {
    case 'memory':
      return [setting('resolver', 'MEMORY'), fromConfigMap, preload];
    case 'full':
      return isGiven(own.configMap)
        ? [fromConfigMap, preload]
        : [
            setting('operator', own.operator),
            setting('system_account', own.systemAccount),
            map('resolver', [
              setting('type', 'full'),
              quotedSetting('dir', own.store?.dir),
              setting('allow_delete', own.allowDelete),
              quotedSetting('interval', own.interval),
            ]),
            preload,
          ];
    case 'URL':
      return [
        preload,
        isTrue(own.url) ? setting('resolver', `URL(${text(own.url)})`) : undefined,
        setting('operator', `/etc/nats-config/operator/${text(operatorjwt?.configMap?.key)}`),
      ];
    default:
      return [preload];
  }
}

const users = (list: readonly unknown[] | undefined): Entry =>
  isTrue(list) ? block('authorization', [listSetting('users', jsonItems(listOf(list)))]) : undefined;
