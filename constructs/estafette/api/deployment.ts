// Deployment of the API server: what it mounts beside the extras, and what restarts it.
import { digest } from '../../../kubernetes/encode';
import { listOf } from '../../common/lists';
import { loggingEnvironment } from '../common/pod';
import { deployment as serverDeployment } from '../common/server';
import { fullNameOf } from '../common/identity';
import { configMap } from './config';
import { keysSecretName } from './names';
import { keysSecret } from './secrets';
import type { ApiContext } from './values';

export function deployment(context: ApiContext) {
  const { config, deployment: settings, secret } = context.values;
  const files = config.enabled === true;
  const keys = secret.enabled === true;
  return serverDeployment(context, {
    env: [...loggingEnvironment(context.values), ...listOf(settings.extraEnv)],
    annotations: {
      ...(files ? { 'checksum/config': digest(configMap(context)?.data) } : {}),
      // Of a Secret that is not part of the release only the name is known.
      ...(keys ? { 'checksum/secret': digest(keysSecret(context)?.data ?? { secretName: keysSecretName(context) }) } : {}),
    },
    volumeMounts: [
      ...(files ? [{ name: 'configs', mountPath: '/configs' }] : []),
      ...(keys ? [{ name: 'secrets', mountPath: '/secrets' }] : []),
    ],
    volumes: [
      ...(files ? [{ name: 'configs', configMap: { name: fullNameOf(context) } }] : []),
      ...(keys ? [{ name: 'secrets', secret: { secretName: keysSecretName(context) } }] : []),
    ],
  });
}
