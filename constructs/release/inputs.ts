// What a release is made of, as users give it; checked.
import type { Issue } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { isGroup, type Schema } from '../../helm/schema';
import type { ChartDefinition } from '../common/chart';
import { refuse } from '../common/checks';
import { completeVersion, releaseIssues, type Release } from '../common/release';
import type { ApplicationOptions, CrdMode, LiveWishes, TargetName } from '../targets';
import { isKnown } from '../targets/live/known-charts';
import type { ChartFacts } from '../targets/target';
import { applicationIssues } from '../targets/application-options';
import { secretModeOf, type SecretMode } from '../common/secret-settings';
import type { Patch } from './patches';
import { withhold, type Withheld } from './withhold';

type Plain = Readonly<Record<string, unknown>>;

export interface ReleaseProps<V> {
  /** @default 'default', as Helm's */
  readonly namespace?: string;
  /** What the manifests are for. @default 'kubectl' */
  readonly target?: TargetName;
  /** Values as a Helm values file holds them; of a list, later ones win. @default the published defaults */
  readonly values?: V | readonly V[];
  /** Version of the cluster. @default DEFAULT_KUBE_VERSION */
  readonly kubeVersion?: string;
  /** APIs beyond Kubernetes' own that the cluster serves. @default none */
  readonly apiVersions?: readonly string[];
  /** Adds the Namespace of the release, first and never pruned; for Helm it is left to `helm install --create-namespace`. @default false */
  readonly createNamespace?: boolean;
  /** Whether CustomResourceDefinitions are among the objects. @default 'include' */
  readonly crds?: CrdMode;
  /** With the target argocd: the Application, in a file of its own. @default none */
  readonly application?: ApplicationOptions;
  /**
   * With the target helm: values that the chart follows, by their paths, where that can be proven; `.` is all of them. Of charts that are
   * published these are all by default, as far as it is known what becomes of them; what is named here is found out, which takes longer
   * where a release is far from the default values. @default none of a chart of your own
   */
  readonly live?: readonly string[];
  /** With the target helm: values that are fixed though they are below a path of `live`; `.` makes a print of the release. @default none */
  readonly fix?: readonly string[];
  /**
   * What live values of one's own (`liveValue`) are in this release, as a values file holds them. Others are an error.
   * @default their defaults
   */
  readonly ownValues?: Plain;
  /** With the target helm: what Chart.yaml says in place of what the chart says of itself. @default nothing */
  readonly helmChart?: Partial<ChartFacts>;
  /** Changes for which no value exists, applied last. @default none */
  readonly patches?: readonly Patch[];
  /** What an unknown key in the values is. @default 'error' */
  readonly unknownValues?: 'error' | 'warn';
}

export interface Inputs {
  readonly release: Release;
  readonly target: TargetName;
  /** All layers merged, nulls kept; with stand-ins for secrets where those are not printed. */
  readonly values: Plain;
  readonly secretMode: SecretMode;
  readonly withheld: Pick<Withheld, 'paths'>;
  readonly createNamespace: boolean;
  readonly crds: CrdMode;
  readonly application: ApplicationOptions | undefined;
  /** @default the chart follows no value */
  readonly live?: LiveWishes;
  /** What the Helm chart says of itself in another way. */
  readonly helmChart: Partial<ChartFacts>;
  /** For live values of one's own. */
  readonly ownValues: Plain;
  readonly patches: readonly Patch[];
}

/** @throws ValuesError when the props themselves are wrong; of the values nothing is known yet */
export function inputsOf(chart: ChartDefinition, name: string, props: ReleaseProps<unknown>): Inputs {
  const { namespace = 'default', target = 'kubectl', crds = 'include', application, apiVersions, unknownValues } = props;
  refuse([
    ...releaseIssues({ name, namespace, kubeVersion: props.kubeVersion }),
    ...issuesOf(application, target, crds),
    ...liveIssues(chart, props, target),
  ]);
  const kubeVersion = props.kubeVersion === undefined ? undefined : completeVersion(props.kubeVersion);
  const merged = mergeValues((Array.isArray(props.values) ? props.values : [props.values ?? {}]) as Record<string, unknown>[]);
  const secretMode = secretModeOf(merged);
  const { values, paths } = secretMode === 'inline' ? { values: merged, paths: new Map() } : withhold(chart.values, merged);
  return {
    release: { name, namespace, kubeVersion, apiVersions, unknownValues },
    target,
    values,
    secretMode,
    withheld: { paths },
    createNamespace: props.createNamespace ?? false,
    crds,
    application,
    ...wishesOf(chart, props, target),
    helmChart: props.helmChart ?? {},
    ownValues: props.ownValues ?? {},
    patches: props.patches ?? [],
  };
}

function issuesOf(application: ApplicationOptions | undefined, target: TargetName, crds: CrdMode): Issue[] {
  if (!application) return [];
  if (target !== 'argocd') return [{ path: [], message: `an Application is for the target argocd, not ${target}` }];
  if (crds === 'only') return [{ path: [], message: 'an Application is for all of a release, not for its CustomResourceDefinitions only' }];
  return applicationIssues(application).map(([option, message]) => ({ path: ['application', option], message }));
}

/** As a path: all values. */
const ALL = '.';

/** Whether the Helm chart of a chart follows values though nobody asks for it. */
const isFollowed = ({ name, chart }: ChartDefinition): boolean => isKnown(name ?? chart.name);

function wishesOf(chart: ChartDefinition, { live, fix = [] }: ReleaseProps<unknown>, target: TargetName): Pick<Inputs, 'live'> {
  if (target !== 'helm' || fix.includes(ALL)) return {};
  if (live?.length) return { live: { live, fix } };
  return isFollowed(chart) ? { live: { live: [ALL], fix, isDefault: true } } : {};
}

/** @param props as programs give them */
function liveIssues(chart: ChartDefinition, { live = [], fix = [] }: ReleaseProps<unknown>, target: TargetName): Issue[] {
  if (!live.length && !fix.length) return [];
  if (target !== 'helm') return [{ path: [], message: `live and fix are for the target helm, not ${target}: no other has values` }];
  if (!live.length && !isFollowed(chart) && !fix.includes(ALL))
    return [{ path: [], message: 'fix is for values below a path of live: name one there, such as "." for all values' }];
  return [...live, ...fix]
    .filter((path) => path !== ALL && !isDeclared(chart.values, path))
    .map((path) => ({
      path: [],
      message: `there is no value ${path} that could be live or fixed: name one of the schema, a map of several, or "." for all`,
    }));
}

function isDeclared(schema: Schema, path: string): boolean {
  const parts = path.match(/(?:\\.|[^.\\])+/g)?.map((part) => part.replaceAll('\\', '')) ?? [];
  let at: Schema | undefined = schema;
  for (const part of parts) at = at && isGroup(at) && Object.hasOwn(at.fields, part) ? at.fields[part] : undefined;
  return at !== undefined;
}
