// releases.yaml: which releases this checkout synthesizes.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { charts, isChartName, type ChartName } from '../constructs/charts';
import { completeVersion } from '../constructs/common/release';
import type { Patch } from '../constructs/common/patches';
import { targets, type TargetName } from '../constructs/targets';
import { locate } from '../helm/yaml/locate';
import { readYaml, YamlError } from '../helm/yaml/read';
import type { RenderOptions } from './render';
import { InputError } from './usage';
import { readUserValues, type UserValues } from './values';

const name = (length: number) => z.string().max(length).regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower case letters, digits and dashes');
const patch = z.strictObject({
  target: z.strictObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }),
  patch: z.union([z.array(z.strictObject({ op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']), path: z.string(), from: z.string().optional(), value: z.unknown().optional() })), z.record(z.string(), z.unknown())]),
});
const release = z.strictObject({
  name: name(53),
  chart: z.string().refine(isChartName, { error: `must be one of ${Object.keys(charts).join(', ')}` }),
  namespace: name(63).default('default'),
  target: z.enum(Object.keys(targets) as [TargetName, ...TargetName[]]).default('kubectl'),
  values: z.array(z.string()).default([]),
  set: z.record(z.string(), z.unknown()).default({}),
  createNamespace: z.boolean().optional(),
  kubeVersion: z.string().refine((given) => completeVersion(given) !== undefined, 'must be a version such as 1.31.0').optional(),
  apiVersions: z.array(z.string()).optional(),
  patches: z.array(patch).optional(),
});
const file = z.strictObject({ releases: z.array(release).min(1) });

export interface ReleaseEntry {
  readonly options: RenderOptions;
  /** Where a mistake in the release's values stands. */
  readonly place: UserValues['place'];
  readonly warnings: readonly string[];
}

/**
 * Reads releases.yaml and the values files it names, which are relative to it.
 * @throws InputError with every mistake, its line and column
 */
export function readReleases(path: string): ReleaseEntry[] {
  const text = read(path);
  let data: unknown;
  try {
    data = readYaml(text, path);
  } catch (error) {
    if (error instanceof YamlError) throw new InputError([error.message], { cause: error });
    throw error;
  }
  const parsed = file.safeParse(data ?? {});
  if (!parsed.success) {
    throw new InputError(parsed.error.issues.map((issue) => {
      const at = locate(text, issue.path as (string | number)[]);
      return `${path}:${at ? `${at.line}:${at.column}:` : ''} ${issue.path.join('.') || 'releases'}: ${issue.message}`;
    }));
  }
  const names = parsed.data.releases.map((entry) => entry.name);
  const twice = names.filter((entry, index) => names.indexOf(entry) !== index);
  if (twice.length) throw new InputError(twice.map((entry) => `${path}: two releases are named ${entry}; each writes a file of its name`));
  return parsed.data.releases.map((entry) => toEntry(entry, dirname(path)));
}

function toEntry({ name: releaseName, chart, values, set, patches, ...rest }: z.infer<typeof release>, folder: string): ReleaseEntry {
  const user = readUserValues({
    values: values.map((valuesFile) => resolve(folder, valuesFile)),
    'set-json': Object.entries(set).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  });
  return { options: { release: releaseName, chart: chart as ChartName, values: [user.values], patches: patches as readonly Patch[] | undefined, ...rest }, place: user.place, warnings: user.warnings };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file; it lists the releases to synthesize' : (error as Error).message;
    throw new InputError([`${path}: ${reason}`], { cause: error });
  }
}
