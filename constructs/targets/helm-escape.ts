// Text that Helm evaluates: what looks like a Go template stays as it is.
import { NAMESPACE, NAMESPACE_ALONE } from './helm-namespace';

/** The text as a template, in which the namespace is that of the release. */
export function asTemplate(text: string): string {
  const parts = text.split(new RegExp(`${NAMESPACE}|${NAMESPACE_ALONE}`));
  return parts
    .map((part, index) => {
      // Braces right before an action would become part of it.
      const braces = index < parts.length - 1 ? /\{{2,}|\{+$/g : /\{{2,}/g;
      return part.replace(braces, (run) => `{{ "${run}" }}`);
    })
    .join('{{ .Release.Namespace }}');
}
