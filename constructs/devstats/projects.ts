// What each project gets beside Grafana: its claim, the Job that fills its database, and the hourly sync.
import type { CronJob } from 'kubernetes-types/batch/v1';
import type { PersistentVolumeClaim, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { plainText, text } from '../../helm/print';
import { podTemplate } from '../common/pod';
import { appNodes, commandOf, resourcesOf } from './container';
import { ADMINISTRATION, bare, credentials, ones, processing, projectsFile, selection, variable } from './environment';
import { jobOf } from './jobs';
import { labels, projectName, type DevStatsContext } from './names';
import type { Project, Settings } from './values';

/** The claim with the clones of a project's repositories; provisioning and sync share it. */
export function claim({ values }: DevStatsContext, project: Project) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: projectName(values.pvName, project), labels: labels('pvc', project.proj) },
    spec: {
      accessModes: [text(values.storageAccessModes)],
      storageClassName: plainText(values.storageClass),
      resources: { requests: { storage: text(project.disk) } },
    },
  } satisfies PersistentVolumeClaim;
}

function clones(values: Settings, project: Project): { volumes: Volume[]; volumeMounts: VolumeMount[] } {
  const name = projectName(values.volumeName, project);
  return {
    volumes: [{ name, persistentVolumeClaim: { claimName: projectName(values.pvName, project) } }],
    volumeMounts: [{ name, mountPath: text(values.volumeMountPath) }],
  };
}

export function provisioningJob({ values }: DevStatsContext, project: Project) {
  const { volumes, volumeMounts } = clones(values, project);
  const name = projectName(values.provisionPodName, project);
  return jobOf(
    { name, labels: labels('provision', project.proj) },
    {
      restartPolicy: text(values.provisionRestartPolicy),
      containers: [
        {
          name,
          image: plainText(values.provisionImage),
          imagePullPolicy: plainText(values.imagePullPolicy),
          ...commandOf(values.provisionCommand, values.provisionCommandArgs),
          env: [
            bare('PROJ', project.proj),
            bare('PROJDB', project.db),
            variable('PROJREPO', project.repo),
            variable('SKIPTEMP', values.skipTemp),
            ...ones('NOLOCK', 'NOBACKUP', 'SKIPADDALL', 'TEST_SERVER'),
            bare('ONLY', project.proj),
            variable('WAITBOOT', values.waitForBootstrap),
            ...ones('GHA2DB_PROPAGATE_ONLY_VAR'),
            ...processing(values),
            projectsFile(values),
            ...selection(values),
            variable('USE_FLAGS', values.useFlags),
            ...credentials(values, ...ADMINISTRATION),
          ],
          resources: resourcesOf(values, 'Provisions'),
          volumeMounts,
        },
      ],
      volumes,
      nodeSelector: appNodes(values),
    },
  );
}

/** What makes provisioning run anew: another project, another image or another task. Limits, debugging, tokens and passwords do not. */
export const provisioningIdentity = ({ values }: DevStatsContext, project: Project): unknown => ({
  project: [project.proj, project.db, project.repo].map(text),
  image: text(values.provisionImage),
  task: commandOf(values.provisionCommand, values.provisionCommandArgs),
});

export function syncCronJob({ values }: DevStatsContext, project: Project) {
  const { volumes, volumeMounts } = clones(values, project);
  const name = projectName(values.syncPodName, project);
  const { metadata, spec } = podTemplate(
    { labels: labels('sync', project.proj) },
    {
      restartPolicy: text(values.syncRestartPolicy),
      containers: [
        {
          name,
          image: plainText(values.syncImage),
          imagePullPolicy: plainText(values.imagePullPolicy),
          ...commandOf(values.syncCommand, values.syncCommandArgs),
          env: [
            bare('ONLY', project.proj),
            ...ones('GHA2DB_PROPAGATE_ONLY_VAR', 'GHA2DB_CHECK_PROVISION_FLAG', 'GHA2DB_CHECK_RUNNING_FLAG', 'GHA2DB_SET_RUNNING_FLAG'),
            ...processing(values),
            ...selection(values),
            projectsFile(values),
            ...credentials(values, 'PG_HOST', 'PG_PORT', 'PG_PASS'),
          ],
          resources: resourcesOf(values, 'Crons'),
          volumeMounts,
        },
      ],
      volumes,
      nodeSelector: appNodes(values),
    },
  );
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, labels: labels('cron', project.proj) },
    spec: {
      schedule: text(project.cron),
      concurrencyPolicy: plainText(values.concurrencyPolicy),
      jobTemplate: { spec: { template: { metadata: { name, ...metadata }, spec } } },
    },
  } satisfies CronJob;
}
