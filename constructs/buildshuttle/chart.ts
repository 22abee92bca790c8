// Buildshuttle as one release: the build worker with the Docker engine of its mode.
import { defineChart, type ChartDefinition } from '../common/chart';
import { imageIssues, imageWarnings } from '../common/global';
import { PACKAGE_VERSION } from '../common/package-version';
import { secretModeIssues } from '../common/secret-settings';
import { madeOf } from './lazy';
import { issues } from './issues';
import { tokenCommand, tokenMakers, tokenSource } from './token';
import { buildshuttleValues } from './values';
import { warnings } from './warnings';

/** Its version is that of this package: nobody publishes another. */
export const buildshuttle: ChartDefinition<typeof buildshuttleValues> = defineChart({
  chart: { name: 'buildshuttle', version: PACKAGE_VERSION, appVersion: PACKAGE_VERSION },
  description: 'Buildshuttle: builds container images, on the engine of the node, beside it in the pod, or elsewhere',
  values: buildshuttleValues,
  issues: (context) => [...imageIssues(context), ...secretModeIssues(context), ...issues(context)],
  warnings: (context) => [...imageWarnings(context), ...warnings(context)],
  objects: (context) => [tokenMakers(context), madeOf(context)],
  notes: (context) =>
    tokenSource(context.values) === 'none' ? [] : ['', 'This prints the token that clients need:', '', `  ${tokenCommand(context)}`],
});
