// What a chart refuses before anything of it is printed: what it cannot follow, and what the release would refuse, too.
import { showPath } from '../../../../helm/check';
import type { Release } from '../../../common/release';
import type { Described, RefusedNames, Refusal } from '../described';
import type { Literal } from '../tree/model';
import { leavesIn } from '../tree/skeleton';
import { NAMESPACE, RELEASE_NAME, type Leaf } from '../values/leaves';
import { anyOf, type Clause } from './blocks';
import type { Printer } from './print';
import { openOf } from '../refused';
import { longNamespaces, oddities, templatesIn } from './odd-checks';
import { onceEach } from './same-names';
import { withHelpers, WRONG } from './check-helpers';

/** What is refused of values that are live. */
export const openRefusals = ({ refusals, fixed, leaves }: Described): readonly Refusal[] => openOf(refusals, fixed, leaves);

/** Whether a Service is called after the release. */
function hasServiceOfRelease({ tree, fallbacks }: Described): boolean {
  return tree.members.some(({ key }) => {
    if (key?.t !== 'pieces' || !String(key.parts[0]).includes('\0Service\0')) return false;
    const leaves = [...leavesIn(key)];
    return leaves.includes(RELEASE_NAME) || leaves.some((leaf) => leavesIn(fallbacks.get(leaf) ?? NOTHING).has(RELEASE_NAME));
  });
}
const NOTHING: Literal = { t: 'literal', value: null };

/** What is wrong, where the release's own words are not known. */
function saidOf({ all }: Refusal, leaves: readonly Leaf[]): string {
  const [given, missing] = [true, false].map((is) =>
    all
      .filter(({ on }) => on === is)
      .map(({ leaf, test }) => `${showPath(leaves[leaf]?.path ?? [])}${test && 'is' in test ? ` ${test.is}` : ''}`),
  ) as [string[], string[]];
  if (!missing.length) return `${given.join(' cannot stand beside ')}: take one of them away`;
  return `${given.length ? `${given.join(' beside ')} needs` : 'one is needed of'} ${missing.join(' or ')}`;
}

const textOfBase = (value: unknown): string => (typeof value === 'object' ? '' : String(value ?? ''));

const refusing = (test: string, message: string): string => `{{- if ${test} -}}{{- fail ${JSON.stringify(message)} -}}{{- end -}}`;

/**
 * Refuses a release that the chart cannot be. Nothing of it is printed. What the chart was written with is right: the rules for other
 * values are read only where there are some, since Helm takes longer for them than for all objects.
 *
 * @returns files of the chart
 */
export function checksOf(
  described: Described,
  isLive: (path: string) => boolean,
  printer: Printer,
  chart: string,
  release: Pick<Release, 'name' | 'namespace'>,
): Record<string, string> {
  const once = onceEach(described, printer);
  const inNames = [
    ...once.always,
    ...(once.test === undefined ? [] : [`{{- if ${once.test} }}{{ tpl (.Files.Get "${NAMES}") . }}{{ end }}`]),
  ];
  const among = checksAmong(described, isLive, printer, chart, release);
  const parts = new Map<string, string[]>();
  const common = among.filter((line) => {
    const part = onlyPart(line);
    if (part !== undefined) parts.set(part, [...(parts.get(part) ?? []), line]);
    return part === undefined;
  });
  const together = [
    ...common,
    ...(inNames.length ? ['{{- /* Values may make names equal. */ -}}', printer.declared([OBJECTS, ...inNames].join('\n'))] : []),
  ];
  const isOther = (['Name', 'Namespace'] as const).map(
    (key) => `(ne .Release.${key} ${JSON.stringify(key === 'Name' ? release.name : release.namespace)})`,
  );
  const text = (lines: readonly string[]): string => withHelpers(`${lines.join('\n')}\n`);
  return {
    [CHECKING]: [
      CHECKS,
      `{{- if or $given ${isOther.join(' ')} }}{{ tpl (.Files.Get "${TOGETHER}") . }}{{ end }}\n`,
      ...(parts.size ? [checkedParts([...parts.keys()])] : []),
    ].join(''),
    'checks/values.tpl': `${WRONG}{{- include "wrong" . }}`,
    [TOGETHER]: text(together),
    ...Object.fromEntries([...parts].map(([part, lines]) => [`checks/together/${part}.tpl`, text(lines)])),
    ...(once.test === undefined ? {} : { [NAMES]: text([printer.declared([OBJECTS, ...once.all].join('\n'))]) }),
  };
}

/** Checks of values that are all in one part, where that is not as it was written. */
const checkedParts = (parts: readonly string[]): string => `{{- range list ${parts.map((part) => JSON.stringify(part)).join(' ')} }}
{{- if not (deepEqual (index $values .) (index $written .)) }}{{ tpl ($.Files.Get (printf "checks/together/%s.tpl" .)) $ }}{{ end }}
{{- end }}
`;

/** The part whose values alone a check asks for. @returns undefined where it depends on others, or on the release */
function onlyPart(check: string): string | undefined {
  if (/\.Release\b|\binclude "(?!amount")/.test(check)) return undefined;
  const parts = new Set([...check.matchAll(/\.Values(?:\.(\w+)\.| "([\w-]+)")/g)].map(([, key, other]) => key ?? other));
  const isOfOne = parts.size === 1 && !/\.Values(?!\.\w+\.| "[\w-]+")/.test(check);
  return isOfOne ? [...parts][0] : undefined;
}

const OBJECTS = '{{- $objects := dict -}}';
// Helm runs templates of deeper folders first: these, before others meet what they cannot print.
const CHECKING = 'templates/checks/values.yaml';
const TOGETHER = 'checks/together.tpl';
const NAMES = 'checks/names.tpl';

/** Checks each value by itself. */
const CHECKS = `{{- /* What the chart was written with is right. Another value is checked, by the rules in checks/. */ -}}
{{- $values := .Values | toJson | fromJson }}{{ $_ := set $values "global" ($values.global | default dict) }}
{{- $written := .Files.Get "checks/written.json" | fromJson }}
{{- $given := not (deepEqual $values $written) }}
{{- if $given }}
{{- $rules := .Files.Get "checks/rules.json" | fromJson }}
{{- $in := dict "files" .Files "definitions" $rules.definitions }}
{{- with tpl (.Files.Get "checks/values.tpl") (list $in $rules $values "" $written) }}
{{- fail (print "values that this chart does not take:" .) }}
{{- end }}
{{- end }}
`;

/** Checks of the release, and of values that act on each other. */
function checksAmong(
  described: Described,
  isLive: (path: string) => boolean,
  printer: Printer,
  chart: string,
  { name, namespace }: Pick<Release, 'name' | 'namespace'>,
): string[] {
  const { fixed, limits, leaves, refusedNames } = described;
  const refusals = (
    [
      [RELEASE_NAME, '.Release.Name', `the release name ${name}`, `give the release that name`],
      [NAMESPACE, '.Release.Namespace', `the namespace ${namespace}`, `give --namespace ${namespace}`],
    ] as const
  ).filter(([leaf]) => fixed.has(leaf));
  const isGiven = (leaf: number): boolean => isLive(showPath(leaves[leaf]?.path ?? []));
  const { longest, words, together: sums = [] }: RefusedNames = fixed.has(RELEASE_NAME) ? { words: [] } : refusedNames;
  const another = 'give another name, or write the chart again for this one';
  const names: readonly (readonly [test: string, what: string])[] = [
    // Helm takes dots in a name, and digits first: Services take neither.
    ...(fixed.has(RELEASE_NAME) || !hasServiceOfRelease(described)
      ? [['contains "." .Release.Name', 'have dots'] as const]
      : [['regexMatch "^[0-9]|[.]" .Release.Name', 'begin with a digit or have dots: Services cannot be called so'] as const]),
    ...(longest === undefined
      ? []
      : [[`gt (len .Release.Name) ${longest}`, `have more than ${longest} letters, or names of objects are cut`] as const]),
    ...sums.map(([leaf, letters]): [string, string] => {
      const path = showPath(leaves[leaf]?.path ?? []);
      const what = `have more than ${letters} letters together with ${path}, or names of objects are cut`;
      // What is not live is not in values.yaml.
      if (!isGiven(leaf)) return [`gt (len .Release.Name) ${letters - textOfBase(leaves[leaf]?.base).length}`, what];
      return [`gt (add (len .Release.Name) (len (toString (${printer.given(leaf)} | default "")))) ${letters}`, what];
    }),
    ...words.map((word) => [`contains ${JSON.stringify(word)} .Release.Name`, `contain ${word}, or objects are called otherwise`] as const),
  ];
  const contained = [...limits].filter(([leaf, limit]) => limit.has('inRelease') && isGiven(leaf));
  const amountOf = (leaf: number): string =>
    `(include "amount" ${fixed.has(leaf) ? JSON.stringify(textOfBase(leaves[leaf]?.base)) : printer.expression(leaf)} | float64)`;
  /** All that a refusal depends on, as an expression. */
  const clausesOf = ({ all, less }: Refusal): readonly Clause[] => [
    ...printer.clauses({ all }),
    ...(less ? [{ text: `(lt ${amountOf(less[0])} ${amountOf(less[1])})`, negated: [] }] : []),
  ];
  const refused = new Map<string, (readonly Clause[])[]>();
  for (const one of openRefusals(described)) {
    const message = one.message ?? saidOf(one, leaves);
    refused.set(message, [...(refused.get(message) ?? []), clausesOf(one)]);
  }
  return [
    '{{- /* What this chart cannot follow is refused. */ -}}',
    ...refusals.map(([leaf, expression, what, mend]) =>
      refusing(
        `ne ${expression} ${JSON.stringify(leaf === RELEASE_NAME ? name : namespace)}`,
        `this chart of ${chart} was written for ${what}: ${mend}, or write the chart again for another`,
      ),
    ),
    ...names.map(([test, what]) => printer.declared(refusing(test, `the name of the release must not ${what}: ${another}`))),
    ...contained.map(([leaf]) => {
      const message = `the name of the release must not contain ${showPath(leaves[leaf]?.path ?? [])}: give another text`;
      const given = printer.given(leaf);
      return printer.declared(`{{- if ${given} }}${refusing(`contains ${given} .Release.Name`, message)}{{- end -}}`);
    }),
    ...(fixed.has(NAMESPACE) ? [] : longNamespaces(described)),
    ...[...templatesIn(described, isGiven, printer), ...oddities(described, isGiven, printer)].map((line) => printer.declared(line)),
    ...[...refused].map(([message, tests]) => printer.declared(refusing(anyOf(tests), message))),
  ];
}
