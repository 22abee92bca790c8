// DevStats as one release: database, projects and their dashboards, as the published chart installs them, on APIs that exist.
import type { Construct } from 'constructs';
import { ValuesError } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { isTrue } from '../../helm/print';
import { WARNING, type Definition } from '../common/component';
import { Manifest, type KubeObject } from '../common/manifest';
import { prepareValues } from '../common/prepare';
import { ReleaseChart, type ReleaseProps } from '../common/release-chart';
import { stageOf, type Lifecycle } from '../common/stages';
import { bootstrapJob } from './bootstrap';
import { grafanaDeployment, grafanaService } from './grafana';
import { ingress } from './ingress';
import { forProjects, type DevStatsContext } from './names';
import { roleBinding, role, serviceAccount } from './postgres/access';
import { usesEndpoints } from './postgres/patroni';
import { configEndpoints, configService, masterService, replicaService } from './postgres/services';
import { statefulSet } from './postgres/statefulset';
import { problems } from './problems';
import { claim, provisioningIdentity, provisioningJob, syncCronJob } from './projects';
import { secrets } from './secrets';
import { testPod } from './test-pod';
import { devstatsValues, type DevStatsValues } from './values';
import { warnings } from './warnings';

export const devstats: Definition<typeof devstatsValues> = {
  chart: { name: 'devstats-helm-graphql', version: '0.1.0', appVersion: '1.0' },
  values: devstatsValues,
};

/** The published chart. */
export const devstatsChart = { name: 'devstats', version: '0.1.0', appVersion: '1.0', description: 'DevStats: a highly available database, and dashboards of GitHub projects' };

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

  constructor(scope: Construct, id: string, props: DevStatsProps = {}) {
    super(scope, id, props);
    const layers = (Array.isArray(props.values) ? props.values : [props.values ?? {}]) as Record<string, unknown>[];
    const user = mergeValues(layers);
    const prepared = prepareValues(devstats, this.release, user);
    for (const warning of prepared.warnings) this.node.addMetadata(WARNING, warning);
    const { values } = prepared;
    const issues = problems(values);
    if (issues.length) throw new ValuesError(issues);
    const context: DevStatsContext = { release: this.release, chart: devstats.chart, values, warn: (path, message) => this.node.addMetadata(WARNING, `${path}: ${message}`) };
    warnings(context, user);

    secrets(context).forEach((secret) => this.add(secret));
    if (!isTrue(values.skipPostgres)) this.addPostgres(context);
    if (!isTrue(values.skipBootstrap)) this.add(bootstrapJob(context), { stage: 'migrate' });
    if (!isTrue(values.skipPVs)) forProjects(context, 'PVs', claim).forEach((object) => this.add(object));
    if (!isTrue(values.skipProvisions)) forProjects(context, 'Provisions', (...of) => this.add(provisioningJob(...of), { identity: provisioningIdentity(...of) }));
    if (!isTrue(values.skipCrons)) forProjects(context, 'Crons', syncCronJob).forEach((object) => this.add(object));
    if (!isTrue(values.skipGrafanas)) forProjects(context, 'Grafanas', grafanaDeployment).forEach((object) => this.add(object));
    if (!isTrue(values.skipServices)) forProjects(context, 'Services', grafanaService).forEach((object) => this.add(object));
    if (!isTrue(values.skipIngress)) this.add(ingress(context));
    if (isTrue(values.runTests)) this.add(testPod(context));
  }

  private addPostgres(context: DevStatsContext): void {
    const own: Lifecycle = { stage: 'data' };
    this.add(serviceAccount(context));
    this.add(role(context));
    this.add(roleBinding(context));
    this.add(masterService(context), own);
    this.add(replicaService(context), own);
    if (usesEndpoints(context.values)) {
      this.add(configService(context), own);
      this.add(configEndpoints(context), { ...own, writtenByController: true });
    }
    this.add(statefulSet(context), own);
  }

  /** @throws ValuesError when an object of that kind and name is there already */
  private add(object: KubeObject, lifecycle: Lifecycle = {}): void {
    const id = `${object.kind}-${object.metadata.name}`;
    if (this.node.tryFindChild(id)) throw new ValuesError([{ path: [], message: `two objects would be called ${object.kind}/${object.metadata.name}: give one of them another name` }]);
    new Manifest(this, id, { object, lifecycle, stage: stageOf(object, lifecycle, 'apps'), namespace: this.release.namespace });
  }
}

export { secretFiles } from './secrets';
export { devstatsValues, type DevStatsValues } from './values';
