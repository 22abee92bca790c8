// `show values|schema|images CHART`: documented defaults, JSON Schema for editors, every image.
import { chartOf, CHART_NAMES, isChartName, type ChartName } from '../constructs/charts';
import { kubeVersion, parseFlags, VALUE_FLAGS } from './input/flags';
import { print, warn } from './output';
import { renderRelease } from './render';
import { inputErrors } from './report';
import { imagesOf } from './show/images';
import { jsonSchema } from './show/schema';
import { documentedValues } from './show/values';
import { UsageError } from './usage';
import type { ValueFlags } from './input/values';
import { readChartValues } from './input/chart-values';

export const USAGE = `usage: cdk8s-estafette show values|schema|images CHART [flags]
  values    the defaults as a commented values file
  schema    a JSON Schema of the values, for editors
  images    every image of the release with its tag; takes --values/-f, --set and the like, and --kube-version
CHART is ${CHART_NAMES.join(', ')}.`;

const FLAGS = { ...VALUE_FLAGS, 'kube-version': { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

export function run(argv: readonly string[]): void {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return;
  }
  const [what, chart, ...rest] = positionals;
  if (what === undefined || chart === undefined || rest.length) throw new UsageError(`show takes what to show and a chart\n${USAGE}`);
  if (!isChartName(chart)) throw new UsageError(`there is no chart "${chart}"; charts: ${CHART_NAMES.join(', ')}`);
  const { values } = chartOf(chart);
  const names = { release: nameOf(chart), namespace: nameOf(chart) };
  switch (what) {
    case 'values':
      print(documentedValues(values, names));
      break;
    case 'schema':
      print(`${JSON.stringify(jsonSchema(values, chart, names), undefined, 2)}\n`);
      break;
    case 'images':
      print(images(chart, flags));
      break;
    default:
      throw new UsageError(`show knows values, schema and images, not "${what}"\n${USAGE}`);
  }
}

/** The name that people give to the one release of a chart. */
const nameOf = (chart: ChartName): string => chartOf(chart).takesOver?.name ?? chart;

function images(chart: ChartName, flags: ValueFlags & { readonly 'kube-version'?: string }): string {
  const user = readChartValues(chart, flags);
  for (const warning of user.warnings) warn(warning);
  // Secrets name no image: those that are not given do not matter here.
  const secrets = Object.fromEntries(Object.keys(chartOf(chart).secretFiles ?? {}).map((value) => [value, '1']));
  const { plan } = inputErrors(user.place, () =>
    renderRelease({ release: nameOf(chart), chart, values: [secrets, user.values], kubeVersion: kubeVersion(flags['kube-version']) }),
  );
  return imagesOf(plan.map(({ object }) => object))
    .map((image) => `${image}\n`)
    .join('');
}
