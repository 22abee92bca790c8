// releases.yaml: which releases this checkout synthesizes.
import { dirname, isAbsolute, join } from 'node:path';
// The small one: the other is half of what a command would load.
import * as z from 'zod/mini';
import { CHART_NAMES, isChartName, type ChartName } from '../../constructs/charts';
import { completeVersion } from '../../constructs/common/release';
import { patchIssues } from '../../constructs/release/patch-shape';
import type { Patch } from '../../constructs/release/patches';
import { targets, type ApplicationOptions, type TargetName } from '../../constructs/targets';
import { applicationFaults, type ApplicationOption } from '../../constructs/targets/application-options';
import { showPath } from '../../helm/check';
import { nearest } from '../../helm/suggest';
import { locate } from '../../helm/yaml/locate';
import { readYaml, readYamlStream } from '../../helm/yaml/read';
import type { RenderOptions } from '../render';
import { readFile, readingYaml } from './files';
import { InputError } from '../usage';
import { readChartValues } from './chart-values';
import type { UserValues } from './values';

const name = (length: number) =>
  z.string().check(z.maxLength(length), z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower case letters, digits and dashes'));
const patch = z.custom<Patch>().check((given) => {
  for (const { path, message } of patchIssues(given.value))
    given.issues.push({ code: 'custom', input: given.value, message, path: [...path] });
});
/** Where Argo CD finds the manifests: for a release, or at the top for all of them. */
const sourceOption = (option: ApplicationOption) =>
  z.optional(
    z.string().check((given) => {
      const message = applicationFaults[option](given.value);
      if (message !== undefined) given.issues.push({ code: 'custom', input: given.value, message });
    }),
  );
const source = {
  repoURL: sourceOption('repoURL'),
  path: sourceOption('path'),
  targetRevision: sourceOption('targetRevision'),
  project: sourceOption('project'),
  applicationNamespace: sourceOption('applicationNamespace'),
  destinationServer: sourceOption('destinationServer'),
} satisfies Record<ApplicationOption, unknown>;
const release = z.strictObject({
  name: name(53),
  chart: z.string().check(z.refine(isChartName, { error: `must be one of ${CHART_NAMES.join(', ')}` })),
  namespace: z.prefault(name(63), 'default'),
  target: z.prefault(z.enum(Object.keys(targets) as [TargetName, ...TargetName[]]), 'kubectl'),
  values: z.prefault(z.array(z.string()), []),
  set: z.prefault(z.record(z.string(), z.unknown()), {}),
  createNamespace: z.optional(z.boolean()),
  application: z.optional(z.boolean()),
  ...source,
  kubeVersion: z.optional(z.string().check(z.refine((given) => completeVersion(given) !== undefined, 'must be a version such as 1.31.0'))),
  apiVersions: z.optional(z.array(z.string())),
  live: z.optional(z.array(z.string())),
  fix: z.optional(z.array(z.string())),
  patches: z.optional(z.array(patch)),
});
const file = z.strictObject({ releases: z.array(release).check(z.minLength(1)), ...source });

/** A release of the list, its values files not read. */
export interface ListedRelease {
  readonly name: string;
  /** Where the release stands, as FILE:LINE:COLUMN. */
  readonly at: () => string;
  /** Where one of the release's patches stands. */
  readonly placeOfPatch: (index: number) => string;
  /** Reads the values files, anew each time. @throws InputError with every mistake, its line and column */
  readonly read: () => ReleaseEntry;
}

/** A release with its values. */
export interface ReleaseEntry {
  readonly options: RenderOptions;
  /** Where a mistake in the release's values stands. */
  readonly place: UserValues['place'];
  readonly warnings: readonly string[];
}

/** Where something stands, by its keys. */
type PlaceIn = (path: readonly (string | number)[]) => string;

const KEYS = [...Object.keys(file.shape), ...Object.keys(release.shape)];

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? 'text' : `the ${typeof value === 'boolean' ? 'flag' : 'number'} ${String(value)}`;
}

/** What is wrong, in words of our own; nothing is quoted but numbers and flags. */
function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const isItem = issue.path.length === 2 && issue.path[0] === 'releases';
      const wanted = isItem ? 'a map with name and chart' : (KINDS[issue.expected] ?? issue.expected);
      const isScalar = typeof issue.input === 'number' || typeof issue.input === 'boolean';
      return issue.input === undefined
        ? `is missing: ${wanted} is needed`
        : `must be ${wanted}, not ${kindOf(issue.input)}${isScalar && wanted === 'text' ? ': put it in quotes' : ''}`;
    }
    case 'too_small':
      return 'must hold at least one release';
    case 'too_big':
      return `must have at most ${String(issue.maximum)} characters`;
    case 'invalid_value':
      return issue.input === undefined ? `is missing: one of ${issue.values.join(', ')}` : `must be one of ${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

/** What zod found, as `FILE:LINE:COLUMN: path: what is wrong`. */
function linesOf(issue: z.core.$ZodIssue, placeIn: (path: readonly (string | number)[]) => string): string[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const line = (at: readonly (string | number)[], message: string): string => `${placeIn(at)}: ${showPath(at) || 'releases'}: ${message}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, KEYS);
      return line([...path, key], `unknown key "${key}"${near ? `; did you mean "${near}"?` : ''}`);
    });
  }
  return [line(path, reasonOf(issue))];
}

/** What `listReleases` lists, with the values. @throws InputError with every mistake, its line and column */
export function readReleases(...given: Parameters<typeof listReleases>): (ListedRelease & ReleaseEntry)[] {
  const mistakes: string[] = [];
  const read = listReleases(...given).flatMap((release) => {
    try {
      return [{ ...release, ...release.read() }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistakes.push(...error.lines);
      return [];
    }
  });
  if (mistakes.length) throw new InputError(mistakes);
  return read;
}

/**
 * Reads releases.yaml. The values files it names are relative to it.
 * @param all.application whether each release for Argo CD gets an Application. @default what the release says
 * @param all.path folder of the manifests, for a release that tells none
 * @param all.choose which one is read, of these names. @default all of them
 * @throws InputError with every mistake, its line and column
 */
export function listReleases(
  path: string,
  all: { readonly application?: boolean; readonly path?: string; readonly choose?: (names: readonly string[]) => string } = {},
): ListedRelease[] {
  const text = readFile(path, 'the list of releases');
  const data = readDocument(text, path);
  const placeIn = (at: readonly (string | number)[]): string => {
    for (let length = at.length; length > 0; length--) {
      const found = locate(text, at.slice(0, length));
      if (found) return `${path}:${found.line}:${found.column}`;
    }
    return path;
  };
  const parsed = file.safeParse(given(data), { reportInput: true });
  if (!parsed.success) throw new InputError(parsed.error.issues.flatMap((issue) => linesOf(issue, placeIn)));
  const names = parsed.data.releases.map((entry) => entry.name);
  const twice = names.filter((entry, index) => names.indexOf(entry) !== index);
  if (twice.length) throw new InputError(twice.map((entry) => `${path}: two releases are named ${entry}; each writes a file of its name`));
  const { releases, ...top } = parsed.data;
  const entries = releases.map((entry) => ({
    path: all.path,
    ...top,
    ...entry,
    application: entry.application ?? (all.application && entry.target === 'argocd'),
  }));
  const wrong = entries.flatMap((entry, index) =>
    sourceIssues(entry).map((message) => `${placeIn(['releases', index, 'application'])}: releases[${index}].application: ${message}`),
  );
  if (wrong.length) throw new InputError(wrong);
  const chosen = all.choose?.(names);
  return entries.flatMap((entry, index) =>
    chosen === undefined || entry.name === chosen ? [listed(entry, dirname(path), (at) => placeIn(['releases', index, ...at]))] : [],
  );
}

/** Apart from the reading of values: who asks where the release stands does not keep them. */
const listed = (entry: z.infer<typeof release>, folder: string, placeIn: PlaceIn): ListedRelease => ({
  name: entry.name,
  at: () => placeIn([]),
  placeOfPatch: (index) => placeIn(['patches', index]),
  read: () => toEntry(entry, folder, placeIn),
});

/** The one document. @throws InputError for a second one and for keys given twice: of each, one would be dropped in silence */
function readDocument(text: string, path: string): unknown {
  const twice: string[] = [];
  const [data, ...more] = readingYaml(() => readYamlStream(text, path, { warn: (message) => twice.push(message) }));
  const second = text.split('\n').findIndex((line, index) => index > 0 && /^---(\s|$)/.test(line)) + 1;
  if (more.length)
    throw new InputError([`${path}:${second || 1}:1: a second document: all releases stand in one list, "releases:", at the top`]);
  if (twice.length)
    throw new InputError(twice.map((message) => message.replace('; the last one counts', ': one of them would be dropped')));
  return data === undefined ? readingYaml(() => readYaml(text, path)) : data;
}

/** Without keys that have nothing behind them but comments. What is null further in (`set`, `patches`) means something. */
function given(data: unknown): unknown {
  if (data === null || data === undefined) return {};
  if (!isMap(data)) return data;
  const { releases, ...top } = filled(data);
  return {
    ...top,
    ...(releases === undefined
      ? {}
      : { releases: Array.isArray(releases) ? releases.map((entry) => (isMap(entry) ? filled(entry) : entry)) : releases }),
  };
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const filled = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));

function sourceIssues({ application, repoURL, target }: z.infer<typeof release>): string[] {
  if (!application) return [];
  return [
    ...(target === 'argocd' ? [] : [`an Application is for the target argocd, not ${target}`]),
    ...(repoURL === undefined
      ? ['needs repoURL, the git repository that holds the manifests: give it here, or at the top for all releases']
      : []),
  ];
}

function toEntry(
  {
    name: releaseName,
    chart,
    values,
    set,
    patches,
    application,
    repoURL,
    path,
    targetRevision,
    project,
    applicationNamespace,
    destinationServer,
    ...rest
  }: z.infer<typeof release>,
  folder: string,
  placeIn: PlaceIn,
): ReleaseEntry {
  const files = values.map((valuesFile) => (isAbsolute(valuesFile) ? valuesFile : join(folder, valuesFile)));
  /** Lines about flags, which stand here for what is written in the list. */
  const placed = (line: string): string => {
    const file = files.findIndex((name) => line.startsWith(`--values: ${name}: `));
    if (file >= 0) return `${placeIn(['values', file])}: values[${file}]: ${values[file]}${line.slice(`--values: ${files[file]}`.length)}`;
    const [, said] = /^--set-json:? (.*)$/s.exec(line) ?? [];
    if (said === undefined) return line;
    const key = Object.keys(set).find((name) => said.startsWith(name));
    return `${placeIn(key === undefined ? ['set'] : ['set', key])}: set: ${said.replace(/^([^\s:=]+)(?:=\S*)?: (?=\1: )/, '')}`;
  };
  const user = placing(placed, () =>
    readChartValues(chart as ChartName, {
      values: files,
      'set-json': Object.entries(set).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
    }),
  );
  const apply: ApplicationOptions | undefined =
    application && repoURL !== undefined ? { repoURL, path, targetRevision, project, applicationNamespace, destinationServer } : undefined;
  return {
    options: {
      release: releaseName,
      chart: chart as ChartName,
      values: [user.values],
      patches: patches as readonly Patch[] | undefined,
      application: apply,
      ...rest,
    },
    place: (issue) => placed(user.place(issue)),
    warnings: user.warnings,
  };
}

/** Runs a part; the lines of an InputError get the places in the list. */
function placing<T>(place: (line: string) => string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(error.lines.map(place), { cause: error });
    throw error;
  }
}
