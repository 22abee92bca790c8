// The files of a Helm chart whose values live: objects follow values.yaml as they follow the values of the release.
import { isDeepStrictEqual } from 'node:util';
import { showPath, ValuesError } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { isGroup, type Schema } from '../../helm/schema';
import { writeYaml } from '../../helm/yaml/write';
import { isCrd } from '../../kubernetes/kinds';
import { referencesOf } from '../../kubernetes/references';
import type { KubeObject } from '../../kubernetes/object';
import { isTable } from '../../helm/yaml/values';
import type { Entry } from '../common/entry';
import { fileNames } from './file-names';
import { asValues, NAMESPACE } from './live/values/leaves';
import { evaluate, holds, type Container, type Lookup, type Member, type Node } from './live/tree/model';
import { HELPERS } from './live/print/helpers';
import { inLoops, listsIn } from './live/print/loops';
import { Printer } from './live/print/print';
import { FOLLOWING, IDENTITY, objectOf, withoutNulls } from './live/tree/data';
import { knownOf } from './live/known';
import { checksOf } from './live/print/checks-file';
import { ownLookup, type Described } from './live/described';
import { describe } from './live/probe';
import { describeAdded, together } from './live/together';
import { Tangled } from './live/learn/renders';
import { pins } from './live/print/pins-file';
import { liveRules } from './live/print/rules-file';
import { ruleFiles, schemaText } from './live/print/schema-text';
import { simplified } from './live/tree/simplify';
import { isContainer, leavesIn } from './live/tree/skeleton';
import { itemFields, standingsOf } from './live/print/standings';
import { liveReadme } from './live/print/readme-file';
import { liveValues, writtenText } from './live/print/values-file';
import { settledJob, whereHelmHasIt } from './helm-chart';
import { chartYaml, notesOf } from './helm-facts';
import { keptKeys } from './helm-keys';
import { secretModeOf } from '../common/secret-settings';
import { NAMESPACE as NAMESPACE_MARK } from './helm-namespace';
import type { LiveWishes, Render, Source, ValueStanding } from './target';

/** An object of the chart. */
interface Written {
  readonly tree: Container;
  /** What makes a Job another one. @default its content */
  readonly identity: Node | undefined;
  readonly when: Member['when'];
  readonly entry: Entry;
  /** As it is in the release, or would be if it were there. */
  readonly object: KubeObject;
  /** Of the release itself, under its own name; nothing when it is switched off. */
  readonly own: KubeObject | undefined;
  /** Name of the file, without the ending. */
  file: string;
}

/** Texts by file name, below the folder of the chart. */
export function liveChartFiles(render: Render, wishes: LiveWishes): Record<string, string> {
  const { release, chart } = render;
  const described = describedOf(render, wishes);
  const source = render.source();
  const { schema, values: all } = valuesOf(render);
  const values = givenValues(described, all);
  const objects = writtenObjects(described, render);
  const printer = printerOf(described);
  const command = `cdk8s-estafette template RELEASE ${chart.name} --target helm`;
  const standing = standingsOf(described, objects);
  const fields = itemFields(described);
  const isLive = (path: string): boolean => standing.get(path)?.isLive ?? false;
  const files: Record<string, string> = {
    'Chart.yaml': chartYaml(
      render,
      objects.map(({ object }) => object),
    ),
    '.helmignore': '.written\n',
    'values.yaml':
      `# Live values. All others are fixed: values.schema.json says why. To change one, write the chart again with\n# ` +
      `${command}\n${liveValues(schema, values, isLive) || '{}\n'}`,
    'values.schema.json': schemaText(pins(schema, values, (path) => standing.get(path), command)),
    ...ruleFiles(
      liveRules(
        schema,
        values,
        (path) => standing.get(path),
        (path) => fields.get(path) ?? [],
        (path) => isTakenAsNull(path, source, release),
      ),
    ),
    'checks/written.json': writtenText(schema, values, isLive),
    ...checksOf(described, isLive, printer, chart.name, release),
    'templates/NOTES.txt': notesOf(render, render.movedTo(NAMESPACE_MARK), exampleOf(described, isLive)),
    'README.md': liveReadme(chart, schema, values, isLive, command),
  };
  for (const written of objects) {
    if (isCrd(written.object)) files[`crds/${written.file}.yaml`] = writeYaml(written.object);
    Object.assign(files, keysOf(written, printer));
  }
  const own = objects.filter(({ object }) => !isCrd(object)).map((written) => [written.file, textOf(written, objects, printer)] as const);
  const isFixed = (path: string): boolean => standing.get(path)?.fixed !== undefined;
  const { templates, helpers } = inLoops(new Map(own), listsIn(values, isFixed));
  for (const [file, text] of templates) files[`templates/${file}.yaml`] = text;
  files['templates/_helpers.tpl'] = `${HELPERS}${fallbacksOf(described, printer)}${helpers}`;
  return files;
}

/** Whether the release is what it is without a group of values, and is not refused where the parts that it is in are on. */
function isTakenAsNull(path: readonly string[], { again, schema, parts }: Source, { name, namespace }: Render['release']): boolean {
  const part = parts.find((one) => one === path[0]);
  const switches = path.map((_, index) => [...path.slice(0, index), 'enabled']).filter((one) => one.length > 1 && isDeclared(schema, one));
  const on = switches.map((one) => [one, true] as const);
  const printed = (pairs: readonly (readonly [readonly string[], unknown])[]): unknown =>
    again({ name, namespace, values: asValues(pairs), ...(part === undefined ? {} : { part }) }).map(({ object }) => object);
  return [[], on].every((around) => {
    try {
      return isDeepStrictEqual(printed([...around, [path, null]]), printed(around));
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      return false;
    }
  });
}

const isDeclared = (schema: Schema, path: readonly string[]): boolean =>
  path.reduce<Schema | undefined>((at, key) => (at && isGroup(at) ? at.fields[key] : undefined), schema) !== undefined;

/** A live value that people change, with what it is: a tag where there is one. */
function exampleOf({ leaves }: Described, isLive: (path: string) => boolean): string | undefined {
  const live = leaves.filter(({ path, base, declared }) => declared && isLive(showPath(path)) && isScalar(base));
  const one = live.find(({ path }) => path.at(-1) === 'tag') ?? live[0];
  return one && `${showPath(one.path)}=${one.base === '' ? 'VALUE' : String(one.base)}`;
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['number', 'boolean'].includes(typeof value) || (typeof value === 'string' && /^[\w.:/-]*$/.test(value));

/** Values of the chart, and those of what was added behind them. */
function valuesOf(render: Render): Pick<Source, 'schema' | 'values'> {
  const { schema, values } = render.source();
  const added = render.additions?.();
  if (!added) return { schema, values };
  return { schema: { ...schema, fields: { ...schema.fields, ...added.schema.fields } }, values: { ...values, ...added.values } };
}

/** Each value of a release and what becomes of it in the chart. */
export function standings(render: Render, wishes: LiveWishes): readonly ValueStanding[] {
  const described = describedOf(render, wishes);
  const known = standingsOf(described, writtenObjects(described, render));
  return described.leaves.flatMap(({ path: keys, declared, item }): ValueStanding[] => {
    const path = showPath(keys);
    const standing = known.get(path);
    if (!declared || item || !standing) return [];
    const { fixed, isLive } = standing;
    return [fixed === undefined ? { path, standing: isLive ? 'live' : 'idle' } : { path, standing: 'fixed', reason: fixed }];
  });
}

/** A release whose values act on each other in ways that no template can follow. */
export class CannotFollow extends ValuesError {}

const descriptions = new WeakMap<Render, Described>();
function describedOf(render: Render, wishes: LiveWishes): Described {
  const known = descriptions.get(render);
  if (known) return known;
  try {
    const { release, chart } = render;
    const source = render.source();
    const own = describe({ ...source, release }, wishes, knownOf(chart.name, secretModeOf(source.values)));
    const added = render.additions?.();
    const all = added ? together(own, describeAdded(added, release)) : own;
    const described = { ...all, tree: { ...all.tree, members: lastOfEach(all.tree.members, ownLookup(all)) } };
    descriptions.set(render, described);
    return described;
  } catch (error) {
    if (!(error instanceof Tangled)) throw error;
    const message =
      `the chart cannot follow the values of this release, since ${error.message}: name fewer of them ` +
      `with live, or some of them with fix`;
    throw new CannotFollow([{ path: [], message }], { cause: error });
  }
}

/** The values of the release, but for live ones that are not there until somebody gives them. */
function givenValues({ leaves, fixed }: Described, values: Source['values']): Record<string, unknown> {
  const absent = leaves.filter(
    ({ index, base, declared }) => typeof declared?.default === 'function' && base === undefined && !fixed.has(index),
  );
  return withoutNulls(mergeValues([values, asValues(absent.map(({ path }) => [path, null]))])) as Record<string, unknown>;
}

function writtenObjects(described: Described, { plan }: Render): Written[] {
  const { tree, entries } = described;
  const lookup = ownLookup(described);
  const own = new Map(plan.map(({ key, object }) => [key, object]));
  const written = tree.members.flatMap(({ key, value, when }): Written[] => {
    const id = key && String(evaluate(key, lookup));
    const entry = id === undefined ? undefined : entries.get(id);
    if (id === undefined || !entry || !isContainer(value)) throw new Error(`nothing is known of the object ${id}`);
    const there = own.get(id);
    const object = there ?? objectOf(evaluate(value, nameIn(value, lookup) ? lookup : orDefault(lookup, described)));
    const isIdentity = (one: Member): boolean => one.key?.t === 'literal' && one.key.value === IDENTITY;
    const members = value.members.filter((member) => !isIdentity(member));
    const identity = value.members.find(isIdentity)?.value;
    return [{ tree: { ...value, members }, identity, when, entry, object, own: there, file: '' }];
  });
  const names = fileNames(written.map(({ object }) => object));
  const counts = new Map<string, number>();
  for (const one of written) {
    const name = names.get(one.object) ?? '';
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    // Objects that are off may all be called the same, as the ServiceAccounts `default` that stand for others.
    one.file = count > 1 ? `${name}-${count}` : name;
  }
  return written;
}

const nameIn = (object: Container, lookup: Lookup): unknown => objectOf(evaluate(object, lookup)).metadata.name;

/** What an object that is off is called by may be nothing in a release: it is called as it is by default then. */
const orDefault =
  (lookup: Lookup, { leaves }: Described): Lookup =>
  (leaf) =>
    lookup(leaf) ?? leaves[leaf]?.declared?.default;

/**
 * The members without those that a later one takes the place of: one with the same name, whatever the values are, or one that is
 * there in the release. (What all parts need, each of them has.)
 */
function lastOfEach(members: readonly Member[], lookup: Lookup): readonly Member[] {
  const ids = members.map(({ key }) => key && String(evaluate(key, lookup)));
  const isThere = ({ when }: Member): boolean => !when || holds(when, lookup);
  return members.filter(
    (member, index) =>
      !members.some((other, at) => at > index && ids[at] === ids[index] && (isDeepStrictEqual(other.key, member.key) || isThere(other))),
  );
}

function printerOf({ leaves, limits, shapes, fallbacks }: Described): Printer {
  const isContainerLeaf = (leaf: number): boolean => {
    const base = leaves[leaf]?.base;
    return isTable(base) || Array.isArray(base) || ['map', 'names', 'texts', 'yaml', 'each'].includes(shapes[leaf]?.[0] ?? '');
  };
  const maps = new Set(leaves.flatMap(({ item }) => (item?.at[0] === 'key' ? [item.list] : [])));
  return new Printer({
    path: (leaf) => leaves[leaf]?.path ?? [],
    item: (leaf) => leaves[leaf]?.item,
    isMap: (leaf) => maps.has(leaf),
    isContainer: isContainerLeaf,
    isNeverNought: (leaf) => leaves[leaf]?.declared?.kind === 'text',
    fallback: (leaf) => (fallbacks.has(leaf) ? showPath(leaves[leaf]?.path ?? []) : undefined),
    isSwitch: (leaf) => shapes[leaf]?.[0] === 'switch',
    isYaml: (leaf) => shapes[leaf]?.[0] === 'yaml',
    isText: (leaf) => fallbacks.has(leaf) || (leaves[leaf]?.declared?.kind === 'text' && (limits.get(leaf)?.has('number') ?? false)),
  });
}

/** What keeps keys that an earlier chart made, for a Job that makes them where they are missing. */
function keysOf({ tree, when, entry, object }: Written, printer: Printer): Record<string, string> {
  const { name: secret } = entry.lifecycle.makesKeys ?? { name: '' };
  const { name } = object.metadata;
  // The Job is named after the Secret.
  if (!secret || !name.startsWith(secret)) return {};
  const text = `(trimSuffix ${JSON.stringify(name.slice(secret.length))} ${nameExpression(tree, printer)})`;
  return { [`templates/keys-${secret}.yaml`]: printer.declared(keptKeys(text, '.Release.Namespace', when && printer.condition(when))) };
}

/** Named templates for what stands in for values that are empty. */
function fallbacksOf({ leaves, fixed, fallbacks, tree }: Described, printer: Printer): string {
  const used = leavesIn(tree);
  return [...fallbacks]
    .filter(([leaf]) => used.has(leaf))
    .map(([leaf, node]) => {
      const other = printer.wordExpression(simplified(node, printer.names));
      const text = fixed.has(leaf) ? other : `${printer.given(leaf)} | default ${other}`;
      const path = showPath(leaves[leaf]?.path ?? []);
      const body = printer.declared(`{{- ${text} }}`);
      return `{{/* ${path}, or what stands in for it. */}}\n{{- define ${JSON.stringify(path)} -}}\n${body}\n{{- end }}\n`;
    })
    .join('');
}

function textOf(written: Written, all: readonly Written[], printer: Printer): string {
  const { tree, when, entry, object, identity } = written;
  const { lifecycle } = entry;
  let printed: Printed = { above: '', text: printer.object(tree, READ.has(object.kind)) };
  if (identity) printed = withIdentity(printed.text, written, identity, printer);
  else printed = withFollowing(printed.text, written, all, printer);
  const text = lifecycle.writtenByController ? whereHelmHasIt(object, printed.text, nameExpression(tree, printer)) : printed.text;
  return `${printed.above}${printer.declared(when ? `{{- if ${printer.condition(when)} }}\n${text}{{- end }}\n` : text)}`;
}

/** What names and checksums are made of. */
const READ: ReadonlySet<string> = new Set(['ConfigMap', 'Secret', 'Job']);

/** The name of an object as part of an expression. */
function nameExpression(tree: Container, printer: Printer): string {
  const member = (node: Node | undefined, name: string): Node | undefined =>
    node && isContainer(node) ? node.members.find(({ key }) => key?.t === 'literal' && key.value === name)?.value : undefined;
  const name = member(member(tree, 'metadata'), 'name');
  if (name?.t === 'literal' || name?.t === 'hole' || name?.t === 'pieces') return printer.textExpression(name);
  throw new Error('an object has no name');
}

interface Printed {
  /** Named templates, which stand in no condition. */
  readonly above: string;
  readonly text: string;
}

/** A Job that is another one when its identity changes. */
function withIdentity(text: string, { tree, object, file }: Written, identity: Node, printer: Printer): Printed {
  const template = `${file.replace(/-[0-9a-f]{8}$/, '')}.identity`;
  const spec = printer.object({ t: 'map', members: [{ key: { t: 'literal', value: 'spec' }, value: identity }] }, true);
  const name = nameExpression(tree, printer).replace(FOLLOWING, '%s');
  const hashed = name.startsWith('(') ? name.replace(/\)$/, ' $hash)') : `(printf ${name} $hash)`;
  const job = settledJob(object, text.replace(FOLLOWING, '{{ $hash }}'), hashed);
  return {
    above: `{{- define "${template}" }}\n${printer.declared(spec)}{{- end }}\n`,
    text: `{{- $hash := include "hash" (list (include "${template}" .)) }}\n${job}`,
  };
}

/** Checksums and names of Jobs, which follow the content of others. */
function withFollowing(text: string, { tree, entry, own, object, file }: Written, all: readonly Written[], printer: Printer): Printed {
  if (!text.includes(FOLLOWING)) return { above: '', text };
  const isLive = (node: Node): boolean => [...leavesIn(node)].some((leaf) => leaf > NAMESPACE);
  const configuration = all.filter(({ object: { kind } }) => kind === 'ConfigMap' || kind === 'Secret');
  const contentOf = (one: Written): string => `(include (print $.Template.BasePath "/${one.file}.yaml") .)`;
  const followed = configuration.filter(
    ({ entry: other, tree: node, when }) => other.owner[0] === entry.owner[0] && (isLive(node) || when !== undefined),
  );
  const checksums = checksumsOf(own ?? object);
  const out = text.replaceAll(new RegExp(`(checksum/[^:\\n]*"?): "?${FOLLOWING}"?`, 'g'), (_, key: string) => {
    const name = key.replaceAll('"', '');
    return followed.length
      ? `${key}: {{ print ${followed.map(contentOf).join(' ')} | sha256sum }}`
      : `${key}: ${JSON.stringify(checksums.get(name) ?? FOLLOWING)}`;
  });
  if (!out.includes(FOLLOWING)) return { above: '', text: out };
  // The name of a Job tells what it runs and what it reads.
  const references = referencesOf((own ?? object) as unknown);
  const read = references.flatMap((name) => configuration.filter(({ object: { kind, metadata } }) => `${kind}/${metadata.name}` === name));
  if (own && !isLive(tree) && !read.some(({ tree: node, when }) => when !== undefined || isLive(node)))
    return { above: '', text: out.replace(FOLLOWING, own.metadata.name.slice(-8)) };
  const at = out.indexOf('\nspec:\n') + 1;
  const template = `${file.replace(/-[0-9a-f]{8}$/, '')}.spec`;
  const contents = read.map((one) => ` (list (print "${one.object.kind}/" ${nameExpression(one.tree, printer)}) ${contentOf(one)})`);
  const hash = `{{ include "hash" (list (include "${template}" .)${contents.join('')}) }}`;
  return {
    above: `{{- define "${template}" }}\n${printer.declared(out.slice(at))}{{- end }}\n`,
    text: `${out.slice(0, at).trimEnd().replace(FOLLOWING, hash)}\n{{- include "${template}" . }}\n`,
  };
}

function checksumsOf(data: unknown, into = new Map<string, string>()): Map<string, string> {
  if (typeof data !== 'object' || data === null) return into;
  for (const [key, value] of Object.entries(data)) {
    if (key.startsWith('checksum/') && typeof value === 'string') into.set(key, value);
    else checksumsOf(value, into);
  }
  return into;
}
