// The release that is compared: from flags, or from releases.yaml.
import { CHART_NAMES, isChartName } from '../../constructs/charts';
import { targets, type TargetName } from '../../constructs/targets';
import { nearest } from '../../helm/suggest';
import { kubeVersion, oneOf } from '../input/flags';
import { dnsName } from '../input/names';
import { readReleases } from '../input/releases';
import { renderRelease, type Rendered, type RenderOptions } from '../render';
import { inputErrors } from '../report';
import { readChartValues } from '../input/chart-values';
import { placingPatches } from '../synth';
import { InputError, UsageError } from '../usage';
import type { ValueFlags } from '../input/values';

export interface Subject {
  readonly options: RenderOptions;
  readonly warnings: readonly string[];
  /** @throws InputError with the places of what is wrong */
  readonly render: (options: RenderOptions) => Rendered;
}

export interface SubjectFlags extends ValueFlags {
  readonly namespace?: string;
  readonly 'create-namespace'?: boolean;
  readonly target?: string;
  readonly 'kube-version'?: string;
  readonly 'api-versions'?: readonly string[];
  readonly 'skip-schema-validation'?: boolean;
}

/**
 * The release of a command line: a name and a chart with flags, or a name and the list that has it.
 * @throws UsageError naming a flag or argument that is wrong
 * @throws InputError when the list is wrong or lacks the release
 */
export const subjectOf = (release: string, chart: string | undefined, flags: SubjectFlags & { readonly file?: string }): Subject =>
  flags.file === undefined ? fromFlags(release, chart ?? '', flags) : fromList(flags.file, release, flags);

/** @throws UsageError naming a flag or argument that is wrong */
function fromFlags(release: string, chart: string, flags: SubjectFlags): Subject {
  if (!isChartName(chart)) throw new UsageError(`there is no chart "${chart}"; charts: ${CHART_NAMES.join(', ')}`);
  const options = {
    release: dnsName('release name', release, 53),
    chart,
    namespace: dnsName('namespace', flags.namespace ?? 'default', 63),
    target: oneOf('target', flags.target, Object.keys(targets) as TargetName[]),
    createNamespace: flags['create-namespace'],
    kubeVersion: kubeVersion(flags['kube-version']),
    apiVersions: flags['api-versions'],
    unknownValues: flags['skip-schema-validation'] ? ('warn' as const) : undefined,
  };
  const user = readChartValues(chart, flags);
  return {
    options: { ...options, values: [user.values] },
    warnings: user.warnings,
    render: (all) => inputErrors(user.place, () => renderRelease(all)),
  };
}

/** What the list says of the release, and flags do not. */
const OWN_FLAGS = [
  'values',
  'set',
  'set-string',
  'set-json',
  'set-file',
  'set-literal',
  'namespace',
  'create-namespace',
  'target',
  'kube-version',
  'api-versions',
  'skip-schema-validation',
] as const satisfies readonly (keyof SubjectFlags)[];

/**
 * @throws UsageError naming a flag that does not go with the list
 * @throws InputError when the list is wrong or lacks the release
 */
function fromList(file: string, release: string, flags: SubjectFlags): Subject {
  const given = OWN_FLAGS.filter((flag) => flags[flag] !== undefined);
  if (given.length)
    throw new UsageError(`--file takes everything about ${release} from ${file}: leave out ${given.map((flag) => `--${flag}`).join(', ')}`);
  const entries = readReleases(file);
  const entry = entries.find(({ options }) => options.release === release);
  if (!entry) {
    const names = entries.map(({ options }) => options.release);
    const near = nearest(release, names);
    throw new InputError([
      `${file}: there is no release "${release}"${near ? `; did you mean "${near}"?` : `; releases: ${names.join(', ')}`}`,
    ]);
  }
  return {
    options: entry.options,
    warnings: entry.warnings,
    render: (all) => placingPatches([entry], () => inputErrors(entry.place, () => renderRelease(all))),
  };
}
