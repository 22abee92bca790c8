// The published chart without the subcharts that a context switches off: Helm prints the same and reads a tenth.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import YAML from 'yaml';
import { getAt } from './paths';
import type { Values } from './types';

/** Of a Chart.yaml. */
interface Metadata {
  readonly dependencies?: readonly { readonly name: string; readonly alias?: string }[];
}

/**
 * @param chart folder of the whole chart
 * @returns a function from a context's values to the folder of the chart that it needs
 */
export function trimmer(chart: string): (values: Values) => string {
  const { dependencies = [], ...rest } = YAML.parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as Metadata;
  const folders = new Map<string, string>();
  return (values) => {
    const kept = dependencies.filter(({ alias, name }) => getAt(values, [alias ?? name, 'enabled']) !== false);
    const key = kept.map(({ alias, name }) => alias ?? name).join('+') || 'none';
    if (kept.length === dependencies.length) return chart;
    const folder = folders.get(key) ?? makeOnce(chart, `${chart}-only-${key}`, { ...rest, dependencies: kept });
    folders.set(key, folder);
    return folder;
  };
}

function makeOnce(chart: string, folder: string, meta: Required<Metadata>): string {
  if (existsSync(folder)) return folder;
  const part = `${folder}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  mkdirSync(join(part, 'charts'), { recursive: true });
  writeFileSync(join(part, 'Chart.yaml'), YAML.stringify(meta));
  cpSync(join(chart, 'values.yaml'), join(part, 'values.yaml'));
  for (const { name } of meta.dependencies) cpSync(join(chart, 'charts', name), join(part, 'charts', name), { recursive: true });
  try {
    renameSync(part, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // the other worker was quicker
    rmSync(part, { recursive: true });
  }
  return folder;
}
