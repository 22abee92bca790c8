// What a schema cannot say of single values: names that are there twice, amounts that are too small, Go templates somewhere in a map.
import { showPath } from '../../../../helm/check';
import type { Described } from '../described';
import { leavesIn } from '../tree/skeleton';
import { NAMESPACE } from '../values/leaves';
import type { Limit } from '../values/marks';
import type { Printer } from './print';

/** Letters of a name. */
const LONGEST = 63;

/** What stands behind a word in limits. */
export const limitsOf = (limits: ReadonlySet<Limit> | undefined, word: string): readonly string[] =>
  [...(limits ?? [])].filter((limit) => limit.startsWith(`${word} `)).map((limit) => limit.slice(word.length + 1));

/** What is called after the namespace, and has no more letters than a namespace may have. */
export function longNamespaces({ fallbacks, tree, leaves }: Described): readonly string[] {
  const used = leavesIn(tree);
  return [...fallbacks].flatMap(([leaf, node]) => {
    const isOfNamespace =
      node.t === 'pieces' && node.parts.some((part) => typeof part === 'object' && part.t === 'hole' && part.leaf === NAMESPACE);
    if (!isOfNamespace || !used.has(leaf)) return [];
    const path = JSON.stringify(showPath(leaves[leaf]?.path ?? []));
    const message = `(printf "%s: nothing can be called %s: at most ${LONGEST} letters" ${path} (include ${path} $))`;
    return [`{{- if gt (len (include ${path} $)) ${LONGEST} -}}{{- fail ${message} -}}{{- end -}}`];
  });
}

/** Lists and maps in which the release evaluates Go templates: here, they would be texts like others. A schema says so of texts alone. */
export function templatesIn({ leaves }: Described, isGiven: (leaf: number) => boolean, printer: Printer): readonly string[] {
  return leaves.flatMap(({ index, path, declared, item }) => {
    if (!declared?.templated || declared.kind === 'text' || item || !isGiven(index)) return [];
    const message = `${showPath(path)} must not have a Go template in it here: write the chart again with it`;
    return [`{{- if contains "{{" (toJson ${printer.given(index)}) -}}{{- fail ${JSON.stringify(message)} -}}{{- end -}}`];
  });
}

/** @param isGiven whether a value is in values.yaml */
export function oddities({ limits, leaves }: Described, isGiven: (leaf: number) => boolean, printer: Printer): readonly string[] {
  const nameOf = (leaf: number): string => showPath(leaves[leaf]?.path ?? []);
  const refusing = (test: string, message: string): string => `{{- if ${test} -}}{{- fail ${JSON.stringify(message)} -}}{{- end -}}`;
  return [...limits].flatMap(([leaf, own]) => {
    // What is fixed is as it is, and items have no place here.
    if (!isGiven(leaf) || leaves[leaf]?.item) return [];
    const value = printer.given(leaf);
    const twice = own.has('distinct')
      ? [
          `{{- $names := list -}}{{- range ${value} -}}{{- $names = append $names .name -}}{{- end -}}` +
            refusing('ne (len $names) (len (uniq $names))', `${nameOf(leaf)}: a name is there twice: take one away`),
        ]
      : [];
    const least = limitsOf(own, 'from').map(
      (number) =>
        `{{- if ${value} }}` +
        refusing(`lt (include "amount" ${value} | float64) (divf ${number} 1000)`, `${nameOf(leaf)} is too small: take more`) +
        '{{- end -}}',
    );
    return [...twice, ...least];
  });
}
