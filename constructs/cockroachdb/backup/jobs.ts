// The Jobs around backups: one that sets the schedule, one that checks what it makes, one that restores.
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { Issue } from '../../../helm/check';
import { filled, integer, isTrue, text } from '../../../helm/print';
import { cronFault, longestPause } from '../../../kubernetes/cron';
import type { Placed, SqlScript } from '../../common/chart';
import type { Lifecycle } from '../../common/stages';
import type { KubeObject } from '../../../kubernetes/object';
import { textMap } from '../../common/metadata';
import { podTemplate } from '../../common/pod';
import { clientSecretOf, fullNameOf, labelsOf, serviceAccountNameOf } from '../names';
import { podPullSecrets } from '../registry-secrets';
import { copyOf, quotedOrNone } from '../text';
import { certificateVolume, copyCertificates } from '../tls/pods';
import type { CockroachDbContext } from '../values';
import {
  CREDENTIALS,
  pauseScript,
  restoreScript,
  restoreStatements,
  scheduleScript,
  scheduleStatements,
  verificationScript,
  verificationStatements,
} from './script';
import type { BackupSettings, Location, RestoreSettings } from './values';

type RecoveryObject = Placed & { readonly object: KubeObject };

/** Helm waits for the release before it runs them. */
const afterRelease: Lifecycle = { hook: { events: ['post-install', 'post-upgrade'], weight: 10, deletePolicy: ['before-hook-creation'] } };

/** A pod with the client, a certificate, and the secret parameters of the URL. */
function clientPod(context: CockroachDbContext, name: string, script: string, { urlParameters }: Location): PodTemplateSpec {
  const { image, init, tls } = context.values;
  const secret = text(urlParameters.existingSecret);
  const certificate = { selfSigned: clientSecretOf(context), named: tls.certs.clientRootSecret, file: 'client.root' };
  return podTemplate(
    // None of the database's: its Services and its budget select pods by those.
    { labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': context.release.name } },
    {
      restartPolicy: 'Never',
      imagePullSecrets: podPullSecrets(context),
      serviceAccountName: tls.enabled ? serviceAccountNameOf(context) : undefined,
      initContainers: copyCertificates(context, 'client-certs'),
      affinity: filled(init.affinity),
      nodeSelector: textMap(init.nodeSelector),
      tolerations: copyOf(init.tolerations),
      containers: [
        {
          name,
          image: `${text(image.repository)}:${text(image.tag)}`,
          imagePullPolicy: quotedOrNone(image.pullPolicy),
          command: ['/bin/bash', '-c', script],
          resources: filled(init.resources),
          volumeMounts: [
            ...(tls.enabled ? [{ name: 'client-certs', mountPath: '/cockroach-certs/' }] : []),
            ...(secret ? [{ name: 'credentials', mountPath: CREDENTIALS, readOnly: true }] : []),
          ],
        },
      ],
      volumes: [
        ...(tls.enabled ? [{ name: 'client-certs', emptyDir: {} }, ...certificateVolume(context, 'certs-secret', certificate)] : []),
        ...(secret ? [{ name: 'credentials', secret: { secretName: secret } }] : []),
      ],
    },
  );
}

const jobName = (context: CockroachDbContext, name: string): string => `${fullNameOf(context)}-${name}`;

const job = (context: CockroachDbContext, name: string, script: string, location: Location) =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(context, name), labels: labelsOf(context) },
    spec: { template: clientPod(context, name, script, location) },
  }) satisfies Job;

/** Seconds after which the newest backup is too old. */
export function maximumAge({ schedule, verification }: BackupSettings): number | undefined {
  if (isTrue(verification.maximumAge)) return Number(text(verification.maximumAge)) * 3600;
  const pause = longestPause(text(schedule));
  return pause === undefined ? undefined : pause * 60 * 2;
}

/** Of backups that are off but have a place nothing but the pause is left; without a place there is nothing at all. */
export function backupObjects(context: CockroachDbContext, settings: BackupSettings): RecoveryObject[] {
  if (!settings.enabled) {
    return isTrue(settings.url)
      ? [{ object: job(context, 'backup', pauseScript(context, settings), settings), lifecycle: afterRelease }]
      : [];
  }
  const set = { object: job(context, 'backup', scheduleScript(context, settings), settings), lifecycle: afterRelease };
  const age = maximumAge(settings);
  if (!settings.verification.enabled || age === undefined) return [set];
  return [set, { object: verification(context, settings, age), lifecycle: {} }];
}

/** The SQL of `backupObjects`. */
export function backupSql(context: CockroachDbContext, settings: BackupSettings): SqlScript[] {
  if (!settings.enabled && !isTrue(settings.url)) return [];
  const set = { from: `Job/${jobName(context, 'backup')}`, statements: scheduleStatements(settings) };
  const age = maximumAge(settings);
  if (!settings.enabled || !settings.verification.enabled || age === undefined) return [set];
  return [set, { from: `CronJob/${jobName(context, 'backup-check')}`, statements: verificationStatements(settings, age) }];
}

/** The SQL of `restoreObjects`. */
export const restoreSql = (context: CockroachDbContext, settings: RestoreSettings): SqlScript[] =>
  settings.enabled ? [{ from: `Job/${jobName(context, 'restore')}`, statements: restoreStatements(settings) }] : [];

const verification = (context: CockroachDbContext, settings: BackupSettings, seconds: number) =>
  ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: jobName(context, 'backup-check'), labels: labelsOf(context) },
    spec: {
      schedule: text(settings.verification.schedule),
      concurrencyPolicy: 'Forbid',
      failedJobsHistoryLimit: 1,
      successfulJobsHistoryLimit: 1,
      jobTemplate: {
        spec: {
          backoffLimit: 1,
          activeDeadlineSeconds: 1800,
          template: clientPod(context, 'backup-check', verificationScript(context, settings, seconds), settings),
        },
      },
    },
  }) satisfies CronJob;

/** The Job that restores. It takes the place of the migrator. */
export function restoreObjects(context: CockroachDbContext, settings: RestoreSettings): RecoveryObject[] {
  if (!settings.enabled) return [];
  const script = restoreScript(context, settings, refusal(context));
  return [{ object: job(context, 'restore', script, settings), lifecycle: { stage: 'migrate', ...afterRelease } }];
}

/** What to do where a database has tables already. */
function refusal(context: CockroachDbContext): string[] {
  const name = fullNameOf(context);
  const replicas = integer(context.values.statefulset.replicas);
  const claims = Array.from({ length: Number(replicas) || 1 }, (_, index) => `datadir-${name}-${index}`);
  const namespace = `--namespace ${context.release.namespace}`;
  return [
    'The database has tables already, and a backup can be restored into an empty one only. If nothing in it is needed any more, empty it:',
    `  kubectl scale statefulset ${name} ${namespace} --replicas=0`,
    `  kubectl delete persistentvolumeclaim ${namespace} ${claims.join(' ')}`,
    `  kubectl scale statefulset ${name} ${namespace} --replicas=${replicas}`,
  ];
}

// What no script may hold, and no URL has.
const CONTROL = /\p{Cc}/u;

function locationIssues({ url, urlParameters }: Location, ...path: Issue['path']): Issue[] {
  const given = text(url);
  const names = Object.entries(urlParameters.keys ?? {});
  const hasSecret = isTrue(urlParameters.existingSecret);
  return [
    ...(/^[a-z0-9][a-z0-9+-]*:\/\/\S+$/i.test(given) && !CONTROL.test(given)
      ? []
      : [{ path: [...path, 'url'], message: 'must be where the backups are, such as gs://bucket/db-backups?AUTH=specified' }]),
    ...(names.length && !hasSecret
      ? [{ path: [...path, 'urlParameters', 'existingSecret'], message: 'is needed for the parameters: name the Secret that has them' }]
      : []),
    ...names.flatMap(([name, key]) => [
      ...(/^[\w.-]+$/.test(text(key))
        ? []
        : [
            {
              path: [...path, 'urlParameters', 'keys', name],
              message: 'must be a key of the Secret: letters, digits, dots, dashes and underscores',
            },
          ]),
      ...(new RegExp(`[?&]${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}=`).test(given)
        ? [{ path: [...path, 'url'], message: `has the parameter ${name}, which is to come from the Secret: take it out of the URL` }]
        : []),
    ]),
    ...(/[?&](AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|CREDENTIALS|AZURE_ACCOUNT_KEY|AZURE_CLIENT_SECRET)=/i.test(given)
      ? [{ path: [...path, 'url'], message: 'holds a secret: put it into a Secret and name it in urlParameters' }]
      : []),
  ];
}

/** What is wrong with the values, at the path where they stand. */
export function backupIssues(settings: BackupSettings, ...path: Issue['path']): Issue[] {
  if (!settings.enabled && !isTrue(settings.url)) return [];
  const { schedule, fullBackup, label, verification: check } = settings;
  const cron = (value: unknown, ...key: Issue['path']): Issue[] => {
    const fault = cronFault(text(value));
    return fault === undefined
      ? []
      : [{ path: [...path, ...key], message: `${fault}; give a cron expression such as @daily or 0 4 * * *` }];
  };
  return [
    ...locationIssues(settings, ...path),
    ...(isTrue(label) && !CONTROL.test(text(label)) ? [] : [{ path: [...path, 'label'], message: 'must be text of one line' }]),
    ...cron(schedule, 'schedule'),
    ...(isTrue(fullBackup) && text(fullBackup).toUpperCase() !== 'ALWAYS' ? cron(fullBackup, 'fullBackup') : []),
    ...(check.enabled ? cron(check.schedule, 'verification', 'schedule') : []),
    ...(isTrue(check.maximumAge) && !(Number(text(check.maximumAge)) > 0)
      ? [{ path: [...path, 'verification', 'maximumAge'], message: 'must be a number of hours' }]
      : []),
    ...(settings.enabled && check.enabled && !isTrue(check.maximumAge) && maximumAge(settings) === undefined
      ? [
          {
            path: [...path, 'verification', 'maximumAge'],
            message: 'is needed for this schedule: how many hours may pass between two backups',
          },
        ]
      : []),
  ];
}

export function restoreIssues(settings: RestoreSettings, ...path: Issue['path']): Issue[] {
  if (!settings.enabled) return [];
  return [
    ...locationIssues(settings, ...path),
    ...(CONTROL.test(text(settings.time)) ? [{ path: [...path, 'time'], message: 'must be text of one line' }] : []),
  ];
}
