// Helm's merging of values: files over files, then the user's over a chart's defaults over its subcharts'.
import type { Warning } from './check';
import { deepCopy, getKey, isShared, isTable, setKey, share, type Values } from './yaml/values';

export type { Values } from './yaml/values';

/** A chart's values.yaml and those of its dependencies, by alias (or name). */
export interface ChartDefaults {
  readonly values: Values;
  readonly subcharts?: Readonly<Record<string, ChartDefaults>>;
}

/** A subchart's key holds something that is not a map. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/**
 * What `-f a -f b` makes of several files: later ones win, maps are merged, lists and scalars replaced. A null stays,
 * since it takes away a chart's default later on (`coalesce`). Nothing is changed; parts may be shared with the layers.
 */
export function mergeValues(layers: readonly Values[]): Values {
  return layers.reduce<Values>((merged, layer) => mergeTwo(merged, layer), {});
}

function mergeTwo(under: Values, over: Values): Values {
  const out: Values = { ...under };
  for (const key of Object.keys(over)) {
    const value = over[key];
    const below = getKey(out, key);
    setKey(out, key, isTable(value) && isTable(below) ? mergeTwo(below, value) : value);
  }
  return out;
}

/**
 * The values that a chart's templates see: the user's over the chart's defaults over its subcharts', with `global`
 * handed down. A null takes a default away. What cannot be merged (a map over a scalar, a scalar over a map) is left
 * as the higher level has it, with a warning. Nothing is changed; what no higher level touches is shared
 * with the defaults, not copied.
 * @throws MergeError when the value at a subchart's key is not a map
 */
export function coalesce(chart: ChartDefaults, user: Values, name = ''): { values: Values; warnings: Warning[] } {
  const warnings = new Map<string, Warning>();
  const run = new Coalescing((path, message) => warnings.set(`${path}: ${message}`, { path, message }));
  // Helm first merges with the defaults as they are written, to see which subcharts are on: a null for a subchart must
  // have a default to take away.
  if (mayBeNoMap(chart, user)) new Coalescing(() => undefined).chart(chart, withOwnGlobal(user), name, '', false);
  // Then it folds the subcharts' defaults into each chart's own, keeping nulls, and puts the user's values on top. So a
  // null of the parent's defaults takes a subchart's default away.
  const values = run.chart(run.folded(chart, name), withOwnGlobal(user), name, '', false);
  return { values, warnings: [...warnings.values()] };
}

/** Whether something that is no map could be what a subchart gets as its values. */
const mayBeNoMap = ({ values, subcharts = {} }: ChartDefaults, user: Values): boolean =>
  Object.entries(subcharts).some(([alias, subchart]) => {
    const [own = {}, below = {}] = [getKey(values, alias), getKey(user, alias)];
    return !isTable(own) || !isTable(below) || mayBeNoMap(subchart, own) || mayBeNoMap(subchart, below);
  });

/** What two maps that all releases share become, with nulls kept and with nulls that take away; only where nothing is to be told. */
type Merge = { readonly kept?: Values; readonly taken?: Values };
const merges = new WeakMap<Values, WeakMap<Values, Merge>>();

/** Gives back new maps where two meet, and shares all else. */
class Coalescing {
  /** How many warnings there were. */
  private told = 0;

  constructor(private readonly onWarning: (path: string, message: string) => void) {}

  folded({ values, subcharts }: ChartDefaults, name: string): ChartDefaults {
    if (!subcharts) return { values };
    const inner = Object.fromEntries(Object.entries(subcharts).map(([alias, subchart]) => [alias, this.folded(subchart, alias)]));
    return { values: this.chart({ values, subcharts: inner }, {}, name, '', true), subcharts: inner };
  }

  private warn(path: string, message: string): void {
    this.told += 1;
    this.onWarning(path, message);
  }

  /** @param given with a `global` of its own, where it has one */
  chart(chart: ChartDefaults, given: Values, name: string, prefix: string, keepNulls: boolean): Values {
    const path = join(prefix, name);
    const values = this.defaults(chart, given, path, keepNulls);
    for (const [alias, subchart] of Object.entries(chart.subcharts ?? {})) {
      const below = Object.hasOwn(values, alias) ? values[alias] : {};
      if (!isTable(below))
        throw new MergeError(`"${join(prefix, alias)}" holds the values of a subchart and must be a map, not ${JSON.stringify(below)}`);
      setKey(values, alias, this.chart(subchart, this.globals(below, values, path), alias, path, keepNulls));
    }
    return values;
  }

  /** The values over a chart's own defaults, as a map of its own. */
  private defaults(chart: ChartDefaults, given: Values, path: string, keepNulls: boolean): Values {
    const values = { ...given };
    for (const key of Object.keys(chart.values)) {
      const value = key === 'global' ? deepCopy(chart.values[key]) : chart.values[key];
      if (!Object.hasOwn(values, key)) {
        setKey(values, key, value);
        continue;
      }
      const own = values[key];
      if (own === null && !keepNulls) delete values[key];
      else if (isTable(own)) {
        // The maps of subcharts keep their nulls for the subcharts' own defaults.
        const keep = keepNulls || Object.hasOwn(chart.subcharts ?? {}, key);
        if (!isTable(value)) {
          if (value !== null) this.warn(join(path, key), 'is a map and replaces a default that is none');
        } else if (key === 'global') this.into(own, value, join(path, key), keep);
        else setKey(values, key, this.tables(own, value, join(path, key), keep));
      }
    }
    return values;
  }

  /** The map `over` over the map `under`. */
  private tables(over: Values, under: Values, path: string, keepNulls: boolean): Values {
    if (over === under || !Object.keys(over).length) return under;
    const isOnce = isShared(over) && isShared(under);
    const known = isOnce ? merges.get(over)?.get(under)?.[keepNulls ? 'kept' : 'taken'] : undefined;
    if (known) return known;
    const told = this.told;
    const merged = this.into({ ...over }, under, path, keepNulls, (above, below, at) => this.tables(above, below, at, keepNulls));
    if (isOnce && this.told === told) {
      const others = merges.get(over) ?? new WeakMap<Values, Merge>();
      merges.set(over, others.set(under, { ...others.get(under), [keepNulls ? 'kept' : 'taken']: share(merged) }));
    }
    return merged;
  }

  /**
   * Puts the map `under` below the map `over`, which is changed.
   * @param merged what two maps further in become. @default the upper one, changed: maps of `global` are shared between charts
   */
  private into(
    over: Values,
    under: Values,
    path: string,
    keepNulls: boolean,
    merged = (above: Values, below: Values, at: string): Values => this.into(above, below, at, keepNulls),
  ): Values {
    for (const key of Object.keys(under)) {
      const value = under[key];
      if (!Object.hasOwn(over, key)) {
        setKey(over, key, value);
        continue;
      }
      const given = over[key];
      if (given === null) {
        // A null over a null stays: it takes nothing away.
        if (!keepNulls && value !== null) delete over[key];
      } else if (isTable(value)) {
        if (isTable(given)) setKey(over, key, merged(given, value, join(path, key)));
        else this.warn(join(path, key), `is not a map and replaces the map ${JSON.stringify(value)}`);
      } else if (isTable(given) && value !== null) {
        this.warn(join(path, key), `is a map and replaces a default that is none: ${JSON.stringify(value)}`);
      }
    }
    return over;
  }

  /** The values of a subchart with the `global` that is handed down: the parent's over its own. */
  private globals(given: Values, above: Values, path: string): Values {
    const below = withOwnGlobal(given);
    const target = Object.hasOwn(below, 'global') ? below['global'] : {};
    const source = Object.hasOwn(above, 'global') ? above['global'] : {};
    if (!isTable(target) || !isTable(source)) {
      this.warn(join(path, 'global'), 'is not a map and is not handed down');
      return below;
    }
    for (const key of Object.keys(source)) {
      const value = source[key];
      const present = getKey(target, key);
      if (isTable(value)) {
        // One level is copied; deeper maps are shared between the charts, as in Helm.
        const copy = { ...value };
        if (Object.hasOwn(target, key)) {
          if (!isTable(present)) {
            this.warn(join(path, `global.${key}`), 'is a map and cannot be merged onto what is not a map');
            continue;
          }
          this.into(copy, present, join(path, key), true);
        }
        setKey(target, key, copy);
      } else if (isTable(present)) {
        this.warn(join(path, `global.${key}`), 'is not a map and cannot replace a map');
      } else {
        setKey(target, key, value);
      }
    }
    setKey(below, 'global', target);
    return below;
  }
}

/** A map with a `global` that may be changed. */
const withOwnGlobal = (values: Values): Values =>
  Object.hasOwn(values, 'global') ? { ...values, global: deepCopy(values['global']) } : { ...values };

const join = (prefix: string, key: string): string => (prefix ? `${prefix}.${key}` : key);
