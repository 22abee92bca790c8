// Names and labels of cert-manager's four programs.
import { text } from '../../helm/print';
import { chartLabel, trimName } from '../common/names';
import { chartName, fullName } from '../common/release';
import { need } from '../common/checks';
import type { CertManagerContext } from './values';

export type Program = 'controller' | 'webhook' | 'cainjector' | 'startupapicheck';

/** How much of the common prefix fits before a program's own name. */
const PREFIX_LENGTH = { webhook: 55, cainjector: 52, startupapicheck: 52 } as const;

/** `app.kubernetes.io/name`: the chart's for the controller, the program's own for the others. */
export const nameOf = ({ chart, values }: CertManagerContext, program: Program): string =>
  program === 'controller' ? trimName(text(values.nameOverride) || chartName(chart)) : program;

export function fullNameOf({ release, chart, values }: CertManagerContext, program: Program = 'controller'): string {
  const prefix = fullName(release, text(values.nameOverride) || chartName(chart), text(values.fullnameOverride));
  return program === 'controller' ? prefix : trimName(`${trimName(prefix, PREFIX_LENGTH[program])}-${program}`);
}

/** Secret in which the webhook keeps the CA of its own certificate. */
export const webhookCaOf = (context: CertManagerContext): string => `${fullNameOf(context, 'webhook')}-ca`;

export const selectorLabels = (context: CertManagerContext, program: Program): Record<string, string> => ({
  'app.kubernetes.io/name': nameOf(context, program),
  'app.kubernetes.io/instance': context.release.name,
  'app.kubernetes.io/component': program,
});

/** Labels of a program's objects and pods. Some roles of the controller name another component. */
export const labelsOf = (context: CertManagerContext, program: Program, component: string = program): Record<string, string> => ({
  app: nameOf(context, program),
  ...selectorLabels(context, program),
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/version': context.chart.appVersion,
  ...((text(context.values.creator) || 'helm') === 'helm'
    ? { 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': chartLabel(chartName(context.chart), context.chart.version) }
    : {}),
});

/** Values of a program. The controller's are at the top. */
export const programValues = ({ values }: CertManagerContext, program: Program) => (program === 'controller' ? values : values[program]);

/** Where they are. */
export const programPath = (program: Program): string[] => (program === 'controller' ? [] : [program]);

/** Values of the ServiceAccount of a program. */
export const serviceAccountValuesOf = (context: CertManagerContext, program: Program) =>
  need(programValues(context, program).serviceAccount, ...programPath(program), 'serviceAccount');

export function serviceAccountNameOf(context: CertManagerContext, program: Program): string {
  const { create, name } = serviceAccountValuesOf(context, program);
  return text(name) || (create ? fullNameOf(context, program) : 'default');
}
