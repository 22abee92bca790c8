// Configuration files of the API server.
import type { ConfigMap } from 'kubernetes-types/core/v1';
import type { Issue } from '../../../helm/check';
import { textNeeded } from '../../common/checks';
import { globalOf } from '../../common/global';
import { blockText } from '../common/extras';
import { fullNameOf, labelsOf } from '../common/identity';
import { withBuildLogin } from './build-login';
import type { ApiContext } from './values';

export function configMap(context: ApiContext) {
  const { config } = context.values;
  if (!config.enabled) return undefined;
  const files = withBuildLogin(config.files ?? {}, globalOf(context));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    data: Object.fromEntries(Object.entries(files).map(([name, content]) => [name, blockText(content)])),
  } satisfies ConfigMap;
}

export const configIssues = ({ values: { config } }: ApiContext): Issue[] =>
  config.enabled ? Object.entries(config.files ?? {}).flatMap(([name, content]) => textNeeded(content, 'config', 'files', name)) : [];
