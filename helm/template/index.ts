// Go templates in string values, as Helm's `tpl` evaluates them: pure, bounded and without Helm.
//
// Data may hold what YAML gives: numbers (a float64 to Go), texts, booleans, null, lists and maps. An integer that
// came from `--set` is an int64 to Helm and prints without an exponent; give it as a bigint.
import type { TemplateContext } from './run';

export { TemplateError } from './errors';
export type { TemplateContext } from './run';

/** True when the text holds an action at all; a text without one is returned as it is. */
export function hasActions(text: string): boolean {
  return text.includes('{{');
}

/** Evaluates a Go template string as Helm's `tpl` does. Throws TemplateError. */
export function evaluate(text: string, context: TemplateContext): string {
  if (!hasActions(text)) return text;
  // Most values files have few templates or none: the evaluator is loaded when the first one comes.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { evaluateTemplate } = require('./evaluate') as typeof import('./evaluate');
  return evaluateTemplate(text, context);
}
