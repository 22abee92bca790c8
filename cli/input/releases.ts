// releases.yaml: which releases this checkout synthesizes.
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { CHART_NAMES, isChartName, type ChartName } from '../../constructs/charts';
import { completeVersion } from '../../constructs/common/release';
import type { Patch } from '../../constructs/release/patches';
import { targets, type ApplicationOptions, type TargetName } from '../../constructs/targets';
import { applicationFaults, type ApplicationOption } from '../../constructs/targets/application-options';
import { showPath } from '../../helm/check';
import { nearest } from '../../helm/suggest';
import { locate } from '../../helm/yaml/locate';
import { readYaml } from '../../helm/yaml/read';
import type { RenderOptions } from '../render';
import { readFile, readingYaml } from './files';
import { InputError } from '../usage';
import { readChartValues } from './chart-values';
import type { UserValues } from './values';

const name = (length: number) =>
  z
    .string()
    .max(length)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower case letters, digits and dashes');
const patch = z.strictObject({
  target: z.strictObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }),
  patch: z.union([
    z.array(
      z.strictObject({
        op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
        path: z.string(),
        from: z.string().optional(),
        value: z.unknown().optional(),
      }),
    ),
    z.record(z.string(), z.unknown()),
  ]),
});
/** Where Argo CD finds the manifests: for a release, or at the top for all of them. */
const told = (option: ApplicationOption) =>
  z
    .string()
    .superRefine((given, context) => {
      const message = applicationFaults[option](given);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional();
const source = {
  repoURL: told('repoURL'),
  path: told('path'),
  targetRevision: told('targetRevision'),
  project: told('project'),
  applicationNamespace: told('applicationNamespace'),
  destinationServer: told('destinationServer'),
} satisfies Record<ApplicationOption, unknown>;
const release = z.strictObject({
  name: name(53),
  chart: z.string().refine(isChartName, { error: `must be one of ${CHART_NAMES.join(', ')}` }),
  namespace: name(63).default('default'),
  target: z.enum(Object.keys(targets) as [TargetName, ...TargetName[]]).default('kubectl'),
  values: z.array(z.string()).default([]),
  set: z.record(z.string(), z.unknown()).default({}),
  createNamespace: z.boolean().optional(),
  application: z.boolean().optional(),
  ...source,
  kubeVersion: z
    .string()
    .refine((given) => completeVersion(given) !== undefined, 'must be a version such as 1.31.0')
    .optional(),
  apiVersions: z.array(z.string()).optional(),
  patches: z.array(patch).optional(),
});
const file = z.strictObject({ releases: z.array(release).min(1), ...source });

export interface ReleaseEntry {
  readonly options: RenderOptions;
  /** Where a mistake in the release's values stands. */
  readonly place: UserValues['place'];
  /** Where the release stands, as FILE:LINE:COLUMN. */
  readonly at: () => string;
  /** Where one of the release's patches stands. */
  readonly placeOfPatch: (index: number) => string;
  readonly warnings: readonly string[];
}

const KEYS = [
  ...Object.keys(file.shape),
  ...Object.keys(release.shape),
  ...Object.keys(patch.shape),
  ...Object.keys(patch.shape.target.shape),
];

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
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return [line(path, `is missing: ${issue.expected === 'array' ? 'a list' : 'a text'} is needed`)];
  return [line(path, issue.message)];
}

/**
 * Reads releases.yaml and the values files it names, which are relative to it.
 * @param all.application whether each release for Argo CD gets an Application. @default what the release says
 * @param all.path folder of the manifests, for a release that tells none
 * @throws InputError with every mistake, its line and column
 */
export function readReleases(path: string, all: { readonly application?: boolean; readonly path?: string } = {}): ReleaseEntry[] {
  const text = readFile(path, 'the list of releases');
  const data = readingYaml(() => readYaml(text, path));
  const placeIn = (at: readonly (string | number)[]): string => {
    for (let length = at.length; length > 0; length--) {
      const found = locate(text, at.slice(0, length));
      if (found) return `${path}:${found.line}:${found.column}`;
    }
    return path;
  };
  const parsed = file.safeParse(data ?? {});
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
  return entries.map((entry, index) => toEntry(entry, dirname(path), (path) => placeIn(['releases', index, ...path])));
}

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
  placeIn: (path: readonly (string | number)[]) => string,
): ReleaseEntry {
  const files = values.map((valuesFile) => resolve(folder, valuesFile));
  const user = readChartValues(chart as ChartName, {
    values: files,
    'set-json': Object.entries(set).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  });
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
    place: user.place,
    at: () => placeIn([]),
    placeOfPatch: (index) => placeIn(['patches', index]),
    warnings: user.warnings,
  };
}
