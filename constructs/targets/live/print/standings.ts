// What becomes of each value in a chart whose values live, as its schema says it.
import { showPath } from '../../../../helm/check';
import { openRefusals } from './checks-file';
import type { Described } from '../described';
import { TEXTS, type Limit, type Shape } from '../values/marks';
import type { Container, Member, Node, Part } from '../tree/model';
import { mostOf, patternsOf } from '../values/rules';
import { limitsOf } from './odd-checks';
import { STRING_MAPS } from './print';
import type { ItemField, Standing } from './rules-file';
import { isContainer, leavesIn, switchesOf } from '../tree/skeleton';
import { LARGEST, statesOf } from '../tree/tests';
import { filledIn } from '../tree/walk';

const CONTAINERS: ReadonlySet<Shape | undefined> = new Set(['map', 'names', 'texts', 'each']);

/** A value that is not there has none of its own. */
const isState = (state: unknown): boolean => state !== undefined;

const boundOf = (limits: ReadonlySet<Limit> | undefined, word: 'least' | 'most' | 'letters'): number | undefined => {
  const [text] = limitsOf(limits, word);
  return text === undefined ? undefined : Number(text);
};

const isWhole = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value);

/** What the schema says of each value, by its path. */
export function standingsOf(
  described: Described,
  objects: readonly { readonly tree: Container; readonly when: Member['when'] }[],
): ReadonlyMap<string, Standing> {
  const { leaves, fixed, limits, shapes, fallbacks, tree } = described;
  const used = leavesIn(tree);
  for (const { all } of openRefusals(described)) for (const { leaf } of all) used.add(leaf);
  const filled = filledIn(tree);
  const standing = [...fallbacks].flatMap(([leaf, node]) => (used.has(leaf) ? [node] : []));
  standing.forEach((node) => leavesIn(node, used));
  const inText = new Set<number>();
  const taken = new Map<number, Set<string>>();
  const textMaps = new Set<number>();
  const bare = new Set<number>();
  const quoted = new Set<number>();
  const visit = (node: Node, holder = ''): void => {
    if (STRING_MAPS.has(holder) && (node.t === 'hole' || node.t === 'spread')) textMaps.add(node.leaf);
    if (node.t === 'pieces') (node.encoded ? quotedIn : holesOf)(node.parts).forEach((leaf) => inText.add(leaf));
    if (node.t === 'hole') (node.form === 'bare' ? bare : quoted).add(node.leaf);
    if (node.t === 'pieces') holesOf(node.parts).forEach((leaf) => quoted.add(leaf));
    if (node.t === 'choice') [node.yes, node.no].forEach((one) => visit(one, holder));
    if (!isContainer(node)) return;
    const keys = node.members.flatMap(({ key }) => (key?.t === 'literal' ? [String(key.value)] : []));
    for (const { key, value } of node.members) {
      if (key?.t === 'pieces') holesOf(key.parts).forEach((leaf) => inText.add(leaf));
      if (value.t === 'spread' && node.t === 'map') taken.set(value.leaf, new Set([...(taken.get(value.leaf) ?? []), ...keys]));
      visit(value, value.t === 'spread' ? holder : key?.t === 'literal' ? String(key.value) : '');
    }
  };
  [...objects.map(({ tree: node }) => node), ...standing].forEach((node) => visit(node));
  const switches = new Set(objects.flatMap(({ when }) => (when ? switchesOf(when).map(({ leaf }) => leaf) : [])));
  return new Map(
    leaves
      .filter(({ declared }) => declared)
      .map((leaf) => {
        const { index, path } = leaf;
        const limit = limits.get(index);
        const reason = fixed.get(index);
        // Where nothing but large numbers is written in another way: a number by default stands as it is.
        const isBareNumber = bare.has(index) && !quoted.has(index) && isWhole(leaf.declared?.default) && (limit?.has('number') ?? false);
        return [
          showPath(path),
          {
            ...(reason === undefined ? {} : { fixed: reason }),
            isLive: reason === undefined && (used.has(index) || switches.has(index)),
            takesNumbers: isBareNumber || !limit?.has('number'),
            takesFlags: !limit?.has('flag'),
            takesNought: filled.has(index) && !limit?.has('nought'),
            takesEmpty: !limit?.has('empty'),
            takesNull: !limit?.has('null'),
            takesTyped: !limit?.has('typed'),
            isInText: inText.has(index) || (leaf.item !== undefined && inText.has(leaf.item.list)),
            ...(shapes[index]?.[0] !== 'count'
              ? {}
              : limit?.has('large')
                ? { only: statesOf(leaf, 'count').filter(isState) }
                : { largest: LARGEST }),
            ...(leaf.isByWord
              ? { only: [...statesOf(leaf, 'word').filter(isState), ...(leaf.declared?.choices?.includes('') ? [''] : [])] }
              : leaf.declared?.choices && TEXTS.includes(shapes[index]?.[0] ?? 'map') && !limit?.has('empty')
                ? { only: [...new Set([...leaf.declared.choices, ''])] }
                : {}),
            ...(TEXTS.includes(shapes[index]?.[0] ?? 'map') && limit && (limit.has('large') || isBareNumber)
              ? { mostAsText: mostOf((rule) => limit.has(rule)) }
              : {}),
            isName: shapes[index]?.[0] === 'name',
            patterns: patternsOf((rule) => limit?.has(rule) ?? false, leaf.declared?.default),
            taken: [...(taken.get(index) ?? []), ...(shapes[index]?.[0] === 'map' ? limitsOf(limit, 'not') : [])],
            isMap: shapes[index]?.[0] === 'map',
            isContainer: CONTAINERS.has(shapes[index]?.[0]),
            isTextMap: (textMaps.has(index) && shapes[index]?.[0] === 'map') || (limit?.has('scalars') ?? false),
            areQuoted: limit?.has('quoted') ?? false,
            takesBlank: !limit?.has('blank'),
            isBare: bare.has(index),
            mostLetters: boundOf(limit, 'letters'),
            isTrimmed: limit?.has('trimmed') ?? false,
            ...(limit && [...TEXTS, 'number'].includes(shapes[index]?.[0] ?? 'map')
              ? { numbers: { isWhole: limit.has('whole'), least: boundOf(limit, 'least'), most: boundOf(limit, 'most') } }
              : {}),
            ...(limit?.has('labels') ? { keysOf: 'labels' as const } : limit?.has('keys') ? { keysOf: 'annotations' as const } : {}),
            ...(limit?.has('named') ? { namesExcept: limitsOf(limit, 'not') } : {}),
            isTextList: shapes[index]?.[0] === 'texts',
            isYaml: shapes[index]?.[0] === 'yaml',
          } satisfies Standing,
        ];
      }),
  );
}

/** What the items of each list consist of, where templates go through them, by the list's path. */
export function itemFields({ leaves, fixed, shapes }: Described): ReadonlyMap<string, readonly ItemField[]> {
  const found = new Map<string, ItemField[]>();
  for (const { path, declared, item } of leaves) {
    const list = item && leaves[item.list];
    if (!list || !declared || fixed.has(list.index) || shapes[list.index]?.[0] !== 'each') continue;
    const at = showPath(list.path);
    const own = found.get(at) ?? [];
    own.push({ path: showPath(path), at: item.at, declared });
    found.set(at, own);
  }
  return found;
}

/** What stands in a text: of a list that is joined, the list. */
const holesOf = (parts: readonly Part[]): number[] =>
  parts.flatMap((part) => (typeof part === 'object' && part.t !== 'pieces' ? [part.leaf] : []));

/** What stands between quotes in a text such as JSON, which would end with them. */
const quotedIn = (parts: readonly Part[]): number[] =>
  holesOf(parts.filter((_, at) => typeof parts[at - 1] === 'string' && String(parts[at - 1]).endsWith('"')));
