// Values of a chart: what the user gives, and the files that the chart takes secrets from.
import { chartOf, type ChartName } from '../../constructs/charts';
import { withSecretFiles } from './secret-files';
import { readUserValues, type UserValues, type ValueFlags } from './values';

/** Every command reads values with this. @throws InputError */
export function readChartValues(chart: ChartName, flags: ValueFlags): UserValues {
  const names = chartOf(chart).secretFiles;
  return withSecretFiles(readUserValues(flags, Object.keys(names ?? {})), flags.values, names);
}
