// The components of the published chart: defaults as the umbrella sets them, what templates read, what comments show, and our contexts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import YAML from 'yaml';
import { commentedDefaults } from './commented.cjs';
import { dropNulls, getAt, layer, nest } from './paths.cjs';
import { scanReferences } from './references.cjs';

const contextsFolder = join(dirname(fileURLToPath(import.meta.url)), 'contexts');
const read = (file) => YAML.parse(readFileSync(file, 'utf8'), { version: '1.1', merge: true }) ?? {};

/** Keys that Helm's scope adds; a template that reads them below a value has lost its scope. */
const NOT_VALUES = new Set(['Values', 'Chart', 'Release', 'Capabilities', 'Template']);

// Without these two the chart makes up new ones at every render.
const ALWAYS = { api: { secret: { secretDecryptionKey: 'c2VjcmV0LWRlY3J5cHRpb24ta2V5', jwtKey: 'and0LWtleQ==' } } };

function templatesOf(folder) {
  const templates = join(folder, 'templates');
  return readdirSync(templates, { recursive: true })
    .filter((file) => /\.(ya?ml|tpl|txt)$/.test(file) && !file.endsWith('crds.yaml'))
    .map((file) => readFileSync(join(templates, file), 'utf8'));
}

/**
 * Values files of a component. Comments in them direct the run: `# api-versions: A B` adds APIs of the cluster,
 * `# kube-version: V` sets its version, `# only: a b` has only the values below these keys changed.
 */
function contextsOf(name, base, more = {}) {
  const folder = join(contextsFolder, name);
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.yaml'))
        .sort()
    : [];
  if (files.length === 0) return [{ name: 'defaults', values: base, apiVersions: [], ...more }];
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return {
      name: file.replace(/\.yaml$/, ''),
      values: layer(base, YAML.parse(text, { version: '1.1' }) ?? {}),
      apiVersions: /^# api-versions: (.+)$/m.exec(text)?.[1].split(/\s+/) ?? [],
      kubeVersion: /^# kube-version: (.+)$/m.exec(text)?.[1],
      only: /^# only: (.+)$/m.exec(text)?.[1].split(/\s+/),
      ...more,
    };
  });
}

/** What a subchart needs to be rendered alone: the others off. */
function aloneIn(aliases, alias) {
  const others = Object.fromEntries(aliases.filter((other) => other !== alias).map((other) => [other, { enabled: false }]));
  return layer({ ...others, [alias]: { enabled: true } }, ALWAYS);
}

/** A chart's values as it declares them, as its templates read them and as its comments show them. */
function valuesOf(folder, overrides = {}) {
  const text = readFileSync(join(folder, 'values.yaml'), 'utf8');
  return {
    defaults: dropNulls(layer(read(join(folder, 'values.yaml')), overrides)),
    references: [...scanReferences(templatesOf(folder)).values()].filter((reference) => !reference.path.some((key) => NOT_VALUES.has(key))),
    comments: commentedDefaults(text).reduce((tree, { path: at, value }) => layer(tree, nest(at, value)), {}),
  };
}

/** DevStats is a chart of its own with flat values, and without subcharts. */
export const devstatsComponent = (folder) => ({
  name: 'devstats',
  path: [],
  ...valuesOf(folder),
  contexts: contextsOf('devstats', {}, { chart: 'devstats' }),
  foreign: [],
});

/**
 * @param {string} chart folder of the unpacked umbrella chart
 * @returns components with `path` (where their values are in the umbrella's), `defaults`, `references`, `comments`, `contexts`
 */
export function componentsOf(chart) {
  const dependencies = YAML.parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')).dependencies;
  const aliases = dependencies.map(({ alias, name }) => alias ?? name);
  const umbrella = read(join(chart, 'values.yaml'));
  const component = (folder, path, overrides) => {
    const name = path.at(-1);
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
      ...below.map((sub) => component(join(inner, sub), [key, sub], layer(own.defaults[sub] ?? {}, getAt(umbrella, [key, sub]) ?? {}))),
    ];
  });
}
