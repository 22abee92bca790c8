// ConfigMap of Alertmanager.
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { isTrue, text } from '../../../helm/print';
import { metadataOf } from '../common/identity';
import { refuse } from '../common/need';
import { filesOf, warnOfText, yamlFile } from '../common/yaml';
import type { PrometheusContext } from '../values';

export function configMap(context: PrometheusContext) {
  const { alertmanager, alertmanagerFiles } = context.values;
  if (isTrue(alertmanager.configMapOverrideName) || isTrue(alertmanager.configFromSecret)) return undefined;
  const data = Object.fromEntries(filesOf(alertmanagerFiles).map(([name, content]) => [name, contentOf(context, name, content)]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadataOf(context, 'alertmanager'), data } satisfies ConfigMap;
}

/** Files named as YAML hold YAML, others text as it is. */
function contentOf(context: PrometheusContext, name: string, content: unknown): string {
  if (/\.ya?ml$/.test(name)) {
    warnOfText(context, 'alertmanagerFiles', name, content);
    return `${yamlFile(content)}\n`;
  }
  return typeof content === 'object' && content !== null
    ? refuse(['alertmanagerFiles', name], 'must be text: only files ending in .yml or .yaml may hold maps and lists')
    : text(content);
}
