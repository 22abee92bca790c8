// `show values|schema|images|sql|graph CHART`: documented defaults, JSON Schema for
// editors, and what a release has: images, SQL, a picture.
import { chartOf, CHART_NAMES, isChartName, type ChartName } from '../constructs/charts';
import { kubeVersion, oneOf, parseFlags, VALUE_FLAGS } from './input/flags';
import { print, warn } from './output';
import { renderRelease, type Rendered, type RenderOptions } from './render';
import { inputErrors } from './report';
import { graphOf } from './show/graph';
import { imagesOf } from './show/images';
import { mermaid, tooLarge } from './show/mermaid';
import { jsonSchema } from './show/schema';
import { standingsJson, standingsText } from './show/standings';
import { documentedValues } from './show/values';
import { UsageError } from './usage';
import type { ValueFlags } from './input/values';
import { readChartValues } from './input/chart-values';

/** In one bundle with `show`, since both know all charts and their values. */
export * as completion from './completion';

export const USAGE = `usage: cdk8s-estafette show values|schema|images|sql|graph CHART [flags]
  values    the defaults as a commented values file; with --target helm, what becomes of each value in the chart that
            template writes: live, fixed with the reason, or without effect
  schema    a JSON Schema of the values, for editors
  images    every image of the release with its tag; takes --values/-f, --set and the like, and --kube-version
  sql       every SQL statement that the release runs, secrets redacted; takes what images takes
  graph     the release as a Mermaid flow chart, which GitHub draws; takes what images takes
With values --target helm:
  --live PATH          values at PATH are values of the chart, again for more (default "." for all values)
  --fix PATH           values at PATH are not, again for more
  -o, --output FORMAT  text|json (default text)
CHART is ${CHART_NAMES.join(', ')}.`;

export const FLAGS = {
  ...VALUE_FLAGS,
  'kube-version': { type: 'string' },
  target: { type: 'string' },
  live: { type: 'string', multiple: true },
  fix: { type: 'string', multiple: true },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
} as const;

const OUTPUTS = ['text', 'json'] as const;
/** The only one whose charts have values. */
const TARGETS = ['helm'] as const;

export function run(argv: readonly string[]): void {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return;
  }
  const [what, chart, ...rest] = positionals;
  if (what === undefined || chart === undefined || rest.length) throw new UsageError(`show takes what to show and a chart\n${USAGE}`);
  if (!isChartName(chart)) throw new UsageError(`there is no chart "${chart}"; charts: ${CHART_NAMES.join(', ')}`);
  const target = oneOf('target', flags.target, TARGETS);
  if (what !== 'values' || !target)
    for (const flag of ['target', 'live', 'fix', 'output'] as const)
      if (flags[flag] !== undefined) throw new UsageError(`--${flag} is for show values --target helm\n${USAGE}`);
  const { values } = chartOf(chart);
  const names = { release: nameOf(chart), namespace: nameOf(chart) };
  switch (what) {
    case 'values':
      print(target ? standings(chart, flags) : documentedValues(values, names));
      break;
    case 'schema':
      print(`${JSON.stringify(jsonSchema(values, chart, names), undefined, 2)}\n`);
      break;
    case 'images':
      print(images(chart, flags));
      break;
    case 'sql':
      print(sql(chart, flags));
      break;
    case 'graph':
      print(graph(chart, flags));
      break;
    default:
      throw new UsageError(`show knows values, schema, images, sql and graph, not "${what}"\n${USAGE}`);
  }
}

function standings(chart: ChartName, flags: ReleaseFlags & ChartFlags): string {
  const output = oneOf('output', flags.output, OUTPUTS) ?? 'text';
  const { standings: known } = rendered(chart, flags, {
    target: 'helm',
    // Where most is known of it.
    namespace: nameOf(chart),
    live: flags.live,
    fix: flags.fix,
  });
  return output === 'json' ? standingsJson(known) : standingsText(known);
}

/** The name that people give to the one release of a chart. */
const nameOf = (chart: ChartName): string => chartOf(chart).takesOver?.name ?? chart;

type ReleaseFlags = ValueFlags & { readonly 'kube-version'?: string };
interface ChartFlags {
  readonly live?: readonly string[];
  readonly fix?: readonly string[];
  readonly output?: string;
}

const images = (chart: ChartName, flags: ReleaseFlags): string =>
  imagesOf(rendered(chart, flags).plan.map(({ object }) => object))
    .map((image) => `${image}\n`)
    .join('');

function sql(chart: ChartName, flags: ReleaseFlags): string {
  const scripts = rendered(chart, flags).sql();
  if (!scripts.length) warn(`this release of ${chart} runs no SQL of its own`);
  return scripts.map(({ from, statements }) => `-- ${from}\n${statements.map((statement) => `${statement}\n`).join('')}`).join('\n');
}

function graph(chart: ChartName, flags: ReleaseFlags): string {
  const found = graphOf(rendered(chart, flags).plan);
  const text = mermaid(found);
  const problem = tooLarge(text, found);
  if (problem !== undefined) warn(`the chart has ${problem}: switch parts off in the values`);
  return text;
}

function rendered(
  chart: ChartName,
  flags: ReleaseFlags,
  more: Pick<RenderOptions, 'target' | 'namespace' | 'live' | 'fix'> = {},
): Rendered {
  const user = readChartValues(chart, flags);
  for (const warning of user.warnings) warn(warning);
  // Secrets name no image and no statement shows one: those that are not given do not matter here.
  const secrets = Object.fromEntries(Object.keys(chartOf(chart).secretFiles ?? {}).map((value) => [value, '1']));
  return inputErrors(user.place, () =>
    renderRelease({
      release: nameOf(chart),
      chart,
      values: [secrets, user.values],
      kubeVersion: kubeVersion(flags['kube-version']),
      ...more,
    }),
  );
}
