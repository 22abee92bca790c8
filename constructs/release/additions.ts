// What others add to a release: objects of their own, whose live values are told apart from those of the chart.
import type { ApiObject } from 'cdk8s';
import { checkValues, ValuesError, type Issue } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { isTrue } from '../../helm/print';
import { type any, flag, group, isGroup, list, number, table, text, type Fields, type Group, type Schema } from '../../helm/schema';
import { getKey, isTable } from '../../helm/yaml/values';
import { keyOf, type KubeObject } from '../../kubernetes/object';
import { refuse } from '../common/checks';
import type { Entry } from '../common/entry';
import { lifecycleOf } from '../common/lifecycle';
import { conditionsOf, readingWith, type OwnValue, type Reader } from '../common/live-value';
import { isLiveToken } from '../common/live-token';
import { complete } from '../common/make';
import { isManifest } from '../common/manifest';
import { stageOf } from '../common/stages';
import { withoutNulls } from '../targets/live/tree/data';
import type { SourceChange } from '../targets/target';

type Plain = Readonly<Record<string, unknown>>;
type Change = Pick<SourceChange, 'name' | 'namespace' | 'values'>;

export interface Additions {
  /** Declares the live values that the objects refer to. */
  readonly schema: Group<Fields, boolean>;
  /** What they are in the release. */
  readonly values: Plain;
  /** Whether there is any object. */
  readonly isAny: boolean;
  /** Whether objects refer to live values, or to what Helm tells of the release. */
  readonly isLive: boolean;
  /** The objects that are switched on. @param change other values over those of the release. @default none */
  make(change?: Change): readonly Entry[];
}

interface Place {
  readonly release: { readonly name: string; readonly namespace: string };
  /** Path of the release's construct. */
  readonly path: string;
  /** Keys of the values that are the chart's. */
  readonly taken: Fields;
  /** Values for the live ones, in place of their defaults. */
  readonly ownValues: Plain;
}

/** @throws ValuesError when live values contradict each other, or `ownValues` does not fit them */
export function additionsOf(constructs: readonly ApiObject[], { release, path, taken, ownValues }: Place): Additions {
  const seen = new Set<OwnValue>();
  let isLive = false;
  const collector: Reader = {
    get release() {
      isLive = true;
      return release;
    },
    value: (own) => {
      isLive = true;
      seen.add(own);
      return own.fallback;
    },
    sides: (sides) => sides.forEach(produced),
  };
  readingWith(collector, () => {
    for (const construct of constructs) {
      conditionsOf(construct).forEach((own) => own.resolve());
      construct.toJson();
    }
  });
  const schema = schemaOf([...seen], taken);
  refuse([
    ...checkValues(schema, ownValues as Record<string, unknown>).issues.map((issue) => ({ ...issue, path: ['ownValues', ...issue.path] })),
    ...refusedKeys(ownValues, ['ownValues']),
  ]);
  const defaults = defaultsOf([...seen]);
  const valuesWith = (given: Plain): Plain => withoutNulls(mergeValues([defaults, ownValues, given])) as Plain;
  const base: Change = { ...release, values: {} };

  const objectOf = (construct: ApiObject, { name, namespace, values }: Change): KubeObject | undefined => {
    const merged = valuesWith(values);
    const reader: Reader = {
      release: { name, namespace },
      value: (own) => own.path.reduce<unknown>((at, key) => (isTable(at) ? getKey(at, key) : undefined), merged),
    };
    return readingWith(reader, () => {
      if (!conditionsOf(construct).every((own) => isTrue(own.resolve()))) return undefined;
      const made = construct.toJson() as KubeObject;
      // What names no namespace got that of the release from cdk8s.
      const isOwn = made.metadata.namespace === release.namespace;
      return complete(isOwn ? { ...made, metadata: { ...made.metadata, namespace } } : made, namespace);
    });
  };

  return {
    schema,
    values: valuesWith({}),
    isAny: constructs.length > 0,
    isLive,
    make: (change = base) => {
      refuse(refusedKeys(change.values, []));
      return constructs.flatMap((construct): Entry[] => {
        const object = objectOf(construct, change);
        if (!object) return [];
        const known = change === base ? undefined : objectOf(construct, { ...base, values: change.values });
        const lifecycle = lifecycleOf(construct);
        const owner = construct.node.path
          .slice(path.length + 1)
          .split('/')
          .slice(0, -1);
        const stage = isManifest(construct) ? construct.stage : stageOf(object, lifecycle, 'apps');
        return [{ object, key: keyOf(object), stage, lifecycle, owner, isAdded: true, ...(known ? { knownAs: nameIn(known) } : {}) }];
      });
    },
  };
}

/** Keys with which cdk8s makes no object. */
function refusedKeys(value: unknown, path: Issue['path']): Issue[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => refusedKeys(item, [...path, index]));
  if (!isTable(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'constructor'
      ? [{ path: [...path, key], message: 'cannot be a key, since cdk8s makes no object with it: give another one' }]
      : refusedKeys(item, [...path, key]),
  );
}

const nameIn = ({ metadata: { name, namespace } }: KubeObject): NonNullable<Entry['knownAs']> => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

/** Asks for all live values in what stands on one side of a choice. */
function produced(data: unknown): void {
  if (isLiveToken(data)) produced(data.resolve());
  else if (Array.isArray(data)) data.forEach(produced);
  else if (isTable(data)) Object.values(data).forEach(produced);
}

const LEAVES = { string: text, number, boolean: flag } as const;

function leafOf({ fallback, sentence }: OwnValue): Schema {
  if (Array.isArray(fallback)) return list(fallback, sentence);
  if (isTable(fallback)) return table(fallback, sentence);
  const declare = LEAVES[typeof fallback as keyof typeof LEAVES] as typeof any;
  return declare(fallback, sentence);
}

function defaultsOf(all: readonly OwnValue[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { path, fallback } of all) {
    let at = out;
    for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[path.at(-1) ?? ''] = fallback;
  }
  return out;
}

/** @throws ValuesError when a value is declared in two ways, stands inside another one, or takes a key of the chart */
function schemaOf(all: readonly OwnValue[], taken: Fields): Group<Fields, boolean> {
  const issues: Issue[] = [];
  const fields: Record<string, Schema> = {};
  for (const own of all) {
    const { path } = own;
    const [first = ''] = path;
    if (Object.hasOwn(taken, first) || first === 'global') {
      issues.push({ path, message: `is a live value of your own below ${first}, a key of the chart: begin with a key of your own` });
      continue;
    }
    let at = fields;
    let isRight = true;
    for (const key of path.slice(0, -1)) {
      const below = (at[key] ??= group({}) as Schema);
      if (!isGroup(below)) {
        isRight = false;
        break;
      }
      at = below.fields as Record<string, Schema>;
    }
    const key = path.at(-1) ?? '';
    const leaf = leafOf(own);
    if (!isRight || (at[key] && isGroup(at[key]))) issues.push({ path, message: 'stands inside another live value, or holds one' });
    else if (at[key] && JSON.stringify(at[key]) !== JSON.stringify(leaf))
      issues.push({ path, message: 'is given twice, with another default or another sentence: make it once, and use it in both places' });
    else at[key] = leaf;
  }
  if (issues.length) throw new ValuesError(issues);
  return group(fields);
}
