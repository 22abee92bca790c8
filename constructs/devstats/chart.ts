// DevStats as one release: database, projects and their dashboards, as the published chart installs them, on APIs that exist.
import { isTrue } from '../../helm/print';
import type { KubeObject } from '../../kubernetes/object';
import { defineChart, type ChartDefinition, type Making, type Placed } from '../common/chart';
import { imageIssues, imageWarnings } from '../common/global';
import { secretModeIssues } from '../common/secret-settings';
import type { Lifecycle } from '../common/stages';
import { bootstrapJob } from './bootstrap';
import { grafanaDeployment, grafanaService } from './grafana';
import { ingress } from './ingress';
import type { DevStatsContext } from './names';
import { isPrinted, projectsOf, type ProjectSkip } from './parts';
import { roleBinding, role, serviceAccount } from './postgres/access';
import { usesEndpoints } from './postgres/patroni';
import { configEndpoints, configService, masterService, replicaService } from './postgres/services';
import { statefulSet } from './postgres/statefulset';
import { issues } from './issues';
import { claim, provisioningIdentity, provisioningJob, syncCronJob } from './projects';
import { secretFiles, secrets } from './secrets';
import { testPod } from './test-pod';
import { devstatsValues, type Project, type Settings } from './values';
import { warnings } from './warnings';

/** Object names do not follow the release: two of them need two namespaces, or other names in the values. */
export const devStats: ChartDefinition<typeof devstatsValues> = defineChart({
  chart: { name: 'devstats-helm-graphql', version: '0.1.0', appVersion: '1.0' },
  name: 'devstats',
  description: 'DevStats: a highly available database, and dashboards of GitHub projects',
  takesOver: { name: 'devstats', version: '0.1.0' },
  values: devstatsValues,
  secretFiles,
  issues: (context) => [...imageIssues(context), ...secretModeIssues(context), ...issues(context.values)],
  warnings: (context) => [...imageWarnings(context), ...warnings(context)],
  objects: (context) => [
    secrets(context).map(({ key, object }) => from(context, { key }, object)),
    isPrinted(context.values, 'skipPostgres') ? postgres(context) : [],
    isPrinted(context.values, 'skipBootstrap')
      ? from(context, { key: 'bootstrapPodName' }, bootstrapJob(context), { stage: 'migrate' })
      : [],
    projects(context),
    isPrinted(context.values, 'skipIngress') ? from(context, { key: 'ingressClass' }, ingress(context)) : [],
    isTrue(context.values.runTests) ? from(context, { key: 'testsPodName' }, testPod(context)) : [],
  ],
});

function postgres(context: DevStatsContext): Making {
  const own: Lifecycle = { stage: 'data' };
  const made = (object: KubeObject, lifecycle?: Lifecycle) => from(context, { key: 'postgresSvcName' }, object, lifecycle);
  return [
    made(serviceAccount(context)),
    made(role(context)),
    made(roleBinding(context)),
    made(masterService(context), own),
    made(replicaService(context), own),
    usesEndpoints(context.values)
      ? [made(configService(context), own), made(configEndpoints(context), { ...own, writtenByController: true })]
      : [],
    made(statefulSet(context), own),
  ];
}

function projects(context: DevStatsContext): Making {
  const each = (
    skip: ProjectSkip,
    key: keyof Settings,
    make: (context: DevStatsContext, project: Project) => KubeObject,
    identity?: typeof provisioningIdentity,
  ): Making =>
    projectsOf(context.values, skip).map(({ project, index }) =>
      from(context, { key, index }, make(context, project), identity ? { identity: identity(context, project) } : {}),
    );
  return [
    each('skipPVs', 'pvName', claim),
    each('skipProvisions', 'provisionPodName', provisioningJob, provisioningIdentity),
    each('skipCrons', 'syncPodName', syncCronJob),
    each('skipGrafanas', 'grafanaPodName', grafanaDeployment),
    each('skipServices', 'servicePodName', grafanaService),
  ];
}

/** Where an object's name comes from: a value, and the position of a project whose name follows. */
interface Source {
  readonly key: keyof Settings;
  readonly index?: number;
}

/** An object with the value to change should another one have its name: one that the user gave, where there is one. */
function from({ given }: DevStatsContext, { key, index }: Source, object: KubeObject, lifecycle: Lifecycle = {}): Placed {
  const project = index !== undefined && Object.hasOwn(given, 'projects') ? ['projects', index, 'proj'] : undefined;
  return {
    object,
    lifecycle,
    origin: {
      name: index === undefined ? key : `${key} with the name of projects[${index}]`,
      path: Object.hasOwn(given, key) ? [key] : project,
      value: [key],
    },
  };
}
