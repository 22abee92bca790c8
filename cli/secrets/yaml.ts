// Errors about YAML: they tell the place, which says enough, and quote signs, but no words of the text.
import { HIDDEN } from './text';

/** What the package for YAML says of the text that follows. */
const TOLD =
  /(Block scalar header includes extra characters|Unresolved tag|Could not resolve tag|Not a valid tag|Not a YAML token|Unknown directive|Invalid escape sequence|Unsupported YAML version)\b.*$/s;

export const shownReason = (reason: string): string =>
  reason
    .replace(TOLD, '$1')
    .replace(
      /(Verbatim tags aren't resolved).*$|The .* (tag has no suffix)$/s,
      (_all, verbatim?: string, suffix?: string) => verbatim ?? `The ${suffix}`,
    )
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, (quoted) => (/[A-Za-z0-9]/.test(quoted) ? HIDDEN : quoted));
