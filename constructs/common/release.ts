// What a release is: the facts that Helm hands to templates beside the values.
import type { Issue } from '../../helm/check';
import { labelFault } from '../../kubernetes/names';
import { trimName } from './names';

/** Kubernetes version assumed when none is given, as `helm template` of Helm 4.1.4 assumes one. */
export const DEFAULT_KUBE_VERSION = '1.35.0';

/** `1.31`, `v1.31.2` or `1.31.2-gke.1`, completed to three numbers; undefined when it is not a version. */
export function completeVersion(given: string): string | undefined {
  const match = /^v?(\d+)\.(\d+)(\.\d+)?([-+].*)?$/.exec(given);
  return match ? `${match[1]}.${match[2]}${match[3] ?? '.0'}${match[4] ?? ''}` : undefined;
}

/** Longest names: of a release as Helm has it, since names of objects are made with it, and of a namespace. */
export const LONGEST = { release: 53, namespace: 63 } as const;

/** What is wrong with what programs say of a release. */
export function releaseIssues({ name, namespace = 'default', kubeVersion = DEFAULT_KUBE_VERSION }: Given): Issue[] {
  const named = (path: string, given: unknown, length: number): Issue[] => {
    const fault = typeof given === 'string' ? labelFault(given, length) : 'must be text';
    return fault === undefined ? [] : [{ path: [path], message: `the name ${JSON.stringify(given) ?? String(given)} ${fault}` }];
  };
  const isVersion = typeof kubeVersion === 'string' && completeVersion(kubeVersion) !== undefined;
  return [
    ...named('release', name, LONGEST.release),
    ...named('namespace', namespace, LONGEST.namespace),
    ...(isVersion ? [] : [{ path: ['kubeVersion'], message: `must be a version such as 1.31.0, not ${JSON.stringify(kubeVersion)}` }]),
  ];
}

type Given = { readonly [key in keyof Release]?: unknown };

export interface Release {
  /** Release name, the prefix of every object's name. */
  readonly name: string;
  /** Namespace of the release. Every namespaced object names it. */
  readonly namespace: string;
  /** Version of the cluster, such as `1.31.0`. @default DEFAULT_KUBE_VERSION */
  readonly kubeVersion?: string;
  /** APIs beyond Kubernetes' own that the cluster serves, such as `cloud.google.com/v1/BackendConfig`. @default none */
  readonly apiVersions?: readonly string[];
  /** What an unknown key in the values is. @default 'error' */
  readonly unknownValues?: 'error' | 'warn' | 'ignore';
  /** Whether Helm's hooks run: only then are there objects that nothing else runs, for tests and at uninstall. @default false */
  readonly runsHooks?: boolean;
}

/** Name and versions of a published chart, as templates see them under `.Chart`. */
export interface ChartInfo {
  /** The chart's published name, such as `cockroachdb`. */
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** The name it goes by in an umbrella chart; `.Chart.Name` is this one. @default name */
  readonly alias?: string;
}

export const chartName = (chart: ChartInfo): string => chart.alias ?? chart.name;

/** Helm's usual `fullname`: the override, or the release name alone when it contains the chart's, or both joined. */
export function fullName(release: Pick<Release, 'name'>, name: string, override?: string): string {
  if (override) return trimName(override);
  return trimName(release.name.includes(name) ? release.name : `${release.name}-${name}`);
}
