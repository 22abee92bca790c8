// From values that were read to the objects of all charts, and everything that is wrong with them at once.
import { ValuesError, warningText, type Issue, type Warning } from '../../helm/check';
import { isClusterScoped } from '../../kubernetes/kinds';
import { keyOf, type KubeObject } from '../../kubernetes/object';
import type { ChartDefinition, Making, Placed, SqlScript } from './chart';
import type { Entry } from './entry';
import type { Release } from './release';
import { prefixed, resolve, type Resolved } from './resolve';
import { stageOf } from './stages';
import { kubernetesStrings } from './strings';
import { uniqueNames } from './unique-names';
import { unusable } from './unusable';

/** What a chart makes of values. */
export interface Made {
  readonly entries: readonly Entry[];
  /** Keys of objects that others took away. @default none */
  readonly removed?: ReadonlySet<string>;
  /** The values, merged with the defaults; templates in them are not evaluated. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What users should know about their values, one sentence each. */
  readonly warnings: readonly string[];
  /** What people are told after an installation, line by line. */
  readonly notes: readonly string[];
  /** The SQL that the objects run. */
  sql(): readonly SqlScript[];
}

/**
 * The objects of a release, for whoever applies them: those that only Helm's hooks run are among them.
 * A pure function: the same input gives the same objects.
 * @param user the values as Helm's layering gives them, nulls kept
 * @param global what a chart above would hand down. @default nothing
 * @throws ValuesError with everything that is wrong
 */
export function make(
  chart: ChartDefinition,
  release: Release,
  user: Readonly<Record<string, unknown>>,
  global?: Readonly<Record<string, unknown>>,
): Made {
  const resolution = resolve(chart, release, user, global);
  const { root } = resolution;
  const warnings = [...resolution.warnings];
  const found: Issue[] = [];
  const made: Entry[] = [];
  const parts = all(root);
  for (const part of parts) {
    if (!part.isReadable) continue;
    const warn = (warning: Warning): void => void warnings.push(warningText(warning, part.path));
    const context = { ...part.context, warn: (path: string, message: string) => warn({ path, message }) };
    const own = part.chart.issues?.(context) ?? [];
    found.push(...own.map((issue) => ({ ...issue, path: [...part.path, ...issue.path] })));
    // What is made of wrong values says what is wrong in other words.
    if (own.length) continue;
    part.chart.warnings?.(context).forEach(warn);
    made.push(...(prefixed(found, part.path, () => entriesOf(part, context, release)) ?? []));
  }
  const { entries: unique, issues: doubles } = uniqueNames(made);
  const issues = [...resolution.issues, ...[...found, ...doubles].filter(({ path }) => !resolution.isTold(path))];
  if (issues.length) throw new ValuesError(issues);
  warnings.push(...unusable(unique, release));
  const entries = parts.reduce<readonly Entry[]>((before, { chart, context }) => chart.arrange?.(before, context) ?? before, unique);
  for (const {
    chart: { review },
    context,
    path,
  } of parts)
    warnings.push(...(review?.(entries, context) ?? []).map((warning) => warningText(warning, path)));
  return {
    entries,
    values: root.context.templates.root['Values'] as Readonly<Record<string, unknown>>,
    warnings,
    notes: parts.flatMap(({ chart: { notes }, context }) => notes?.(context) ?? []),
    sql: () => parts.flatMap(({ chart: { sql }, context }) => sql?.(context) ?? []),
  };
}

/** A chart and its parts, in the order in which they are declared. */
const all = (part: Resolved): Resolved[] => [part, ...part.parts.flatMap(all)];

function entriesOf({ chart, path }: Resolved, context: Resolved['context'], { namespace }: Release): Entry[] {
  return flat(chart.objects?.(context) ?? []).map(({ object: made, lifecycle = {}, origin }) => {
    const object = complete(made, namespace);
    return { object, key: keyOf(object), stage: stageOf(object, lifecycle, chart.stage ?? 'apps'), lifecycle, owner: path, origin };
  });
}

type There = Placed & { readonly object: KubeObject };

function flat(making: Making): There[] {
  if (making === undefined) return [];
  if (isList(making)) return making.flatMap(flat);
  const made: Placed = 'object' in making ? making : { object: making };
  return isThere(made) ? [made] : [];
}

const isList = (making: Making): making is readonly Making[] => Array.isArray(making);
const isThere = (made: Placed): made is There => made.object !== undefined;

/**
 * The object in its namespace, with text where Kubernetes takes text.
 * @throws ValuesError when a label or annotation is a list or a map
 */
export function complete(object: KubeObject, namespace: string): KubeObject {
  const { name, namespace: own = namespace, ...rest } = object.metadata;
  return kubernetesStrings({ ...object, metadata: { name, ...(isClusterScoped(object.kind) ? {} : { namespace: own }), ...rest } });
}
