// The files of a Helm chart that installs a release, by name below the chart's folder.
import { renderRelease, type RenderOptions } from '../../cli/render';

export function chartFilesOf(options: RenderOptions): Record<string, string> {
  const { files } = renderRelease({ ...options, target: 'helm' });
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file.slice(options.release.length + 1), text]));
}

/** What the folder of a chart that follows its values has. */
export const CHART_FOLDER = [
  '.helmignore',
  '.written',
  'Chart.yaml',
  'README.md',
  'checks',
  'templates',
  'values.schema.json',
  'values.yaml',
];

/** What a chart checks of values that act on each other, and of its release. */
export const checksIn = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .filter(([file]) => /^checks\/together\b.*\.tpl$/.test(file))
    .map(([, text]) => text)
    .join('');

/** What the rules of a chart say of each value, with those of large parts, and with rules in place of their names. */
export function rulesIn<T>(files: Readonly<Record<string, string>>): T {
  const all = withoutReferences<Record<string, unknown>>(files['checks/rules.json'] ?? '');
  const apart = Object.entries(files).flatMap(([file, text]) => {
    const part = /^checks\/rules\/(.+)\.json$/.exec(file)?.[1];
    return part === undefined ? [] : [[part, { properties: withoutReferences(text) }] as const];
  });
  return { ...all, ...Object.fromEntries(apart) } as T;
}

/** What a schema of a chart says of each value, with rules in place of their names. */
export function withoutReferences<T>(schema: string): T {
  const { definitions = {}, properties } = JSON.parse(schema) as { definitions?: Record<string, object>; properties: unknown };
  const run = (at: unknown): unknown => {
    if (typeof at !== 'object' || at === null) return at;
    if (Array.isArray(at)) return at.map(run);
    const { $ref, ...own } = at as { $ref?: unknown };
    const rules = typeof $ref === 'string' ? definitions[$ref.replace('#/definitions/', '')] : {};
    return Object.fromEntries(Object.entries({ ...own, ...rules }).map(([key, one]) => [key, run(one)]));
  };
  return run(properties) as T;
}
