// More containers of the Prometheus server's pod.
import type { Container } from 'kubernetes-types/core/v1';
import { isTrue } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { readYamlPart, YamlError } from '../../../helm/yaml/read';
import { refuse } from '../common/need';
import { isMap, sortedEntries } from '../common/print';
import { evaluated } from '../common/templates';
import type { PrometheusContext } from '../values';

const VALUE = ['server', 'sidecarContainers'] as const;

/** One container for each pair of the map: a map as it is, or YAML text with templates. */
export function sidecars(context: PrometheusContext): Container[] {
  const given = context.values.server.sidecarContainers;
  if (!isTrue(given)) return [];
  if (!isMap(given)) refuse(VALUE, 'must be a map of containers by name, such as {webserver: {image: nginx}}');
  return sortedEntries(given).map(([name, spec]) => ({ name, ...specOf(context, name, spec) }));
}

function specOf(context: PrometheusContext, name: string, spec: unknown): Table {
  const path = [...VALUE, name];
  const container = typeof spec === 'string' ? readText(evaluated(context, spec, path), path) : spec;
  return isMap(container) ? container : refuse(path, 'must be a container without its name: a map, or YAML text that holds one');
}

function readText(text: string, path: readonly string[]): unknown {
  try {
    return readYamlPart(text, path.join('.')) ?? {};
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return refuse(path, `is not valid YAML after its templates were evaluated: ${error.message}`);
  }
}
