// The components of the published chart: defaults as the umbrella sets them, what templates read, what comments show, and our contexts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import YAML from 'yaml';
import { commentedDefaults } from './commented';
import { dropNulls, getAt, layer, nest } from './paths';
import { scanReferences } from './references';
import type { Component, Context, Values } from './types';

/** As a Chart.yaml lists it. */
interface Dependency {
  readonly name: string;
  readonly alias?: string;
}

const contextsFolder = join(__dirname, 'contexts');
const read = (file: string): Values => YAML.parse(readFileSync(file, 'utf8'), { version: '1.1', merge: true }) ?? {};

/** Keys that Helm's scope adds; a template that reads them below a value has lost its scope. */
const NOT_VALUES = new Set(['Values', 'Chart', 'Release', 'Capabilities', 'Template']);

// Without these two the chart makes up new ones at every render.
const ALWAYS = { api: { secret: { secretDecryptionKey: 'c2VjcmV0LWRlY3J5cHRpb24ta2V5', jwtKey: 'and0LWtleQ==' } } };

function templatesOf(folder: string): string[] {
  const templates = join(folder, 'templates');
  return readdirSync(templates, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ya?ml|tpl|txt)$/.test(file) && !file.endsWith('crds.yaml'))
    .map((file) => readFileSync(join(templates, file), 'utf8'));
}

/**
 * Values files of a component. Comments in them direct the run: `# api-versions: A B` adds APIs of the cluster,
 * `# kube-version: V` sets its version, `# only: a b` has only the values below these keys changed.
 */
function contextsOf(name: string, base: Values, more: Partial<Context> = {}): [Context, ...Context[]] {
  const folder = join(contextsFolder, name);
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.yaml'))
        .sort()
    : [];
  const [first, ...others] = files.map((file): Context => {
    const text = readFileSync(join(folder, file), 'utf8');
    const values: Values = YAML.parse(text, { version: '1.1' }) ?? {};
    return {
      name: file.replace(/\.yaml$/, ''),
      values: layer(base, values),
      apiVersions: /^# api-versions: (.+)$/m.exec(text)?.[1]?.split(/\s+/) ?? [],
      kubeVersion: /^# kube-version: (.+)$/m.exec(text)?.[1],
      only: /^# only: (.+)$/m.exec(text)?.[1]?.split(/\s+/),
      ...more,
    };
  });
  return first ? [first, ...others] : [{ name: 'defaults', values: base, apiVersions: [], ...more }];
}

/** What a subchart needs to be rendered alone: the others off. */
function aloneIn(aliases: readonly string[], alias: string): Values {
  const others = Object.fromEntries(aliases.filter((other) => other !== alias).map((other) => [other, { enabled: false }]));
  return layer({ ...others, [alias]: { enabled: true } }, ALWAYS);
}

/** A chart's values as it declares them, as its templates read them and as its comments show them. */
function valuesOf(folder: string, overrides: unknown = {}): Pick<Component, 'defaults' | 'references' | 'comments'> {
  const text = readFileSync(join(folder, 'values.yaml'), 'utf8');
  return {
    defaults: dropNulls(layer(read(join(folder, 'values.yaml')), overrides)),
    references: [...scanReferences(templatesOf(folder)).values()].filter((reference) => !reference.path.some((key) => NOT_VALUES.has(key))),
    comments: commentedDefaults(text).reduce<Values>((tree, { path: at, value }) => layer(tree, nest(at, value)), {}),
  };
}

/** DevStats is a chart of its own with flat values, and without subcharts. */
export const devstatsComponent = (folder: string): Component => ({
  name: 'devstats',
  path: [],
  ...valuesOf(folder),
  contexts: contextsOf('devstats', {}, { chart: 'devstats' }),
  foreign: [],
});

/** @param chart folder of the unpacked umbrella chart */
export function componentsOf(chart: string): Component[] {
  const { dependencies } = read(join(chart, 'Chart.yaml')) as { dependencies: Dependency[] };
  const aliases = dependencies.map(({ alias, name }) => alias ?? name);
  const umbrella = read(join(chart, 'values.yaml'));
  const component = (folder: string, path: readonly [string, ...string[]], overrides: unknown): Component => {
    const name = path.at(-1) ?? path[0];
    return {
      name,
      path,
      ...valuesOf(folder, overrides),
      contexts: contextsOf(name, aloneIn(aliases, path[0])),
      // Values of a subchart's subchart are another component's.
      foreign: path.length === 1 && existsSync(join(folder, 'charts')) ? readdirSync(join(folder, 'charts')) : [],
    };
  };
  return dependencies.flatMap(({ alias, name }) => {
    const key = alias ?? name;
    const folder = join(chart, 'charts', name);
    const inner = join(folder, 'charts');
    const own = component(folder, [key], umbrella[key]);
    const below = existsSync(inner) ? readdirSync(inner) : [];
    return [
      own,
      ...below.map((sub) =>
        component(join(inner, sub), [key, sub], layer(getAt(own.defaults, [sub]) ?? {}, getAt(umbrella, [key, sub]) ?? {})),
      ),
    ];
  });
}
