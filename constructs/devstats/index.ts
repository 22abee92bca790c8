// DevStats as one release: database, projects and their dashboards, as the published chart installs them, on APIs that exist.
import type { Construct } from 'constructs';
import { ValuesError, type Issue } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { isTrue } from '../../helm/print';
import { WARNING } from '../common/component';
import type { Definition } from '../common/chart';
import { Manifest } from '../common/manifest';
import type { KubeObject } from '../../kubernetes/object';
import { ReleaseChart, type ReleaseProps } from '../release/release-chart';
import { stageOf, type Lifecycle } from '../common/stages';
import { bootstrapJob } from './bootstrap';
import { checkedValues } from './check';
import { grafanaDeployment, grafanaService } from './grafana';
import { ingress } from './ingress';
import type { DevStatsContext } from './names';
import { isPrinted, projectsOf, type ProjectSkip } from './parts';
import { roleBinding, role, serviceAccount } from './postgres/access';
import { usesEndpoints } from './postgres/patroni';
import { configEndpoints, configService, masterService, replicaService } from './postgres/services';
import { statefulSet } from './postgres/statefulset';
import { claim, provisioningIdentity, provisioningJob, syncCronJob } from './projects';
import { secrets } from './secrets';
import { testPod } from './test-pod';
import { devstatsValues, type DevStatsValues, type Project, type Settings } from './values';
import { warnings } from './warnings';

export const devstats: Definition<typeof devstatsValues> = {
  chart: { name: 'devstats-helm-graphql', version: '0.1.0', appVersion: '1.0' },
  values: devstatsValues,
};

/** The published chart. */
export const devstatsChart = {
  name: 'devstats',
  version: '0.1.0',
  appVersion: '1.0',
  description: 'DevStats: a highly available database, and dashboards of GitHub projects',
};

export type DevStatsProps = ReleaseProps<DevStatsValues>;

/**
 * A release of DevStats.
 *
 *     new DevStats(app, 'devstats', { namespace: 'devstats', values: { existingSecret: { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' } } });
 *
 * Object names do not follow the release: two of them need two namespaces, or other names in the values.
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export class DevStats extends ReleaseChart {
  protected override readonly facts = devstatsChart;
  private readonly user: Readonly<Record<string, unknown>>;
  private readonly origins = new Map<string, Origin>();
  private readonly collisions: Issue[] = [];

  constructor(scope: Construct, id: string, props: DevStatsProps = {}) {
    super(scope, id, props);
    const layers = (Array.isArray(props.values) ? props.values : [props.values ?? {}]) as Record<string, unknown>[];
    this.user = mergeValues(layers);
    const prepared = checkedValues(devstats, this.release, this.user);
    for (const warning of prepared.warnings) this.node.addMetadata(WARNING, warning);
    const { values } = prepared;
    const context: DevStatsContext = {
      release: this.release,
      chart: devstats.chart,
      values,
      warn: (path, message) => this.node.addMetadata(WARNING, `${path}: ${message}`),
    };
    warnings(context, this.user);

    secrets(context).forEach(({ key, object }) => this.add(object, { key }));
    if (isPrinted(values, 'skipPostgres')) this.addPostgres(context);
    if (isPrinted(values, 'skipBootstrap')) this.add(bootstrapJob(context), { key: 'bootstrapPodName' }, { stage: 'migrate' });
    this.addProjects(context);
    if (isPrinted(values, 'skipIngress')) this.add(ingress(context), { key: 'ingressClass' });
    if (isTrue(values.runTests)) this.add(testPod(context), { key: 'testsPodName' });
    if (this.collisions.length) throw new ValuesError(this.collisions);
  }

  private addPostgres(context: DevStatsContext): void {
    const own: Lifecycle = { stage: 'data' };
    const from: Origin = { key: 'postgresSvcName' };
    this.add(serviceAccount(context), from);
    this.add(role(context), from);
    this.add(roleBinding(context), from);
    this.add(masterService(context), from, own);
    this.add(replicaService(context), from, own);
    if (usesEndpoints(context.values)) {
      this.add(configService(context), from, own);
      this.add(configEndpoints(context), from, { ...own, writtenByController: true });
    }
    this.add(statefulSet(context), from, own);
  }

  private addProjects(context: DevStatsContext): void {
    const each = (
      skip: ProjectSkip,
      key: keyof Settings,
      make: (context: DevStatsContext, project: Project) => KubeObject,
      identity?: typeof provisioningIdentity,
    ): void =>
      projectsOf(context.values, skip).forEach(({ project, index }) =>
        this.add(make(context, project), { key, index }, identity ? { identity: identity(context, project) } : {}),
      );
    each('skipPVs', 'pvName', claim);
    each('skipProvisions', 'provisionPodName', provisioningJob, provisioningIdentity);
    each('skipCrons', 'syncPodName', syncCronJob);
    each('skipGrafanas', 'grafanaPodName', grafanaDeployment);
    each('skipServices', 'servicePodName', grafanaService);
  }

  /** Two objects of one kind and name are noted, with a value that the user gave where there is one. */
  private add(object: KubeObject, origin: Origin, lifecycle: Lifecycle = {}): void {
    const id = `${object.kind}-${object.metadata.name}`;
    const other = this.origins.get(id);
    if (other) {
      const path = this.given(origin) ?? this.given(other) ?? [origin.key];
      this.collisions.push({
        path,
        message: `two objects would be called ${object.kind}/${object.metadata.name}, by ${nameOf(other)} and by ${nameOf(origin)}: give one of them another name`,
      });
      return;
    }
    this.origins.set(id, origin);
    new Manifest(this, id, { object, lifecycle, stage: stageOf(object, lifecycle, 'apps'), namespace: this.release.namespace });
  }

  private given({ key, index }: Origin): Issue['path'] | undefined {
    if (Object.hasOwn(this.user, key)) return [key];
    return index !== undefined && Object.hasOwn(this.user, 'projects') ? ['projects', index, 'proj'] : undefined;
  }
}

/** Where an object's name comes from: a value, and the position of a project whose name follows. */
interface Origin {
  readonly key: keyof Settings;
  readonly index?: number;
}
const nameOf = ({ key, index }: Origin): string => (index === undefined ? key : `${key} with the name of projects[${index}]`);

export { secretFiles } from './secrets';
export { devstatsValues, type DevStatsValues } from './values';
