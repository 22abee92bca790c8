// The namespaces that kube-state-metrics watches.
import { text } from '../../../helm/print';
import { refuse } from '../common/need';
import { evaluated } from '../common/templates';
import type { KubeStateMetricsContext } from './values';

const VALUE = ['namespaces'] as const;

/** Items with commas between them: of a list, or of text that has them already. */
export const joined = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(',') : text(value));

/** Names with commas between them. */
export const watchedText = (context: KubeStateMetricsContext): string => evaluated(context, joined(context.values.namespaces), VALUE);

/** Each of them once; "" stands for the release's own. @throws ValuesError for what is not text, as Helm fails */
export function watchedNamespaces(context: KubeStateMetricsContext): string[] {
  if (typeof context.values.namespaces !== 'string') {
    refuse(VALUE, 'must be text while rbac.create makes roles: names with commas between them, or "" for all');
  }
  return [...new Set(watchedText(context).split(','))];
}
