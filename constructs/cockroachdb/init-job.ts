// The Job that initializes the cluster and makes its users and databases, and the Secret with what it must not show.
import type { Job } from 'kubernetes-types/batch/v1';
import type { EnvVar, Secret } from 'kubernetes-types/core/v1';
import { filled, isTrue, text } from '../../helm/print';
import { base64 } from '../../kubernetes/encode';
import { annotations, textMap } from '../common/metadata';
import { podTemplate } from '../common/pod';
import { listOf } from '../common/lists';
import { initScript } from './init-script';
import { clientSecretOf, initJobName, labelsWith, selectorLabels, serviceAccountNameOf } from './names';
import { isWithheld } from '../common/withheld';
import {
  backupOptionsVariable,
  locationVariable,
  runsInitJob,
  settingsOf,
  settingVariable,
  userVariable,
  withheldOptions,
} from './provisioning';
import { podPullSecrets } from './registry-secrets';
import { copyOf, quotedOrNone } from './text';
import { certificateVolume, copyCertificates } from './tls/pods';
import type { User, CockroachDbContext, Database } from './values';

const passwordKey = (user: User): string => `${text(user.name)}-password`;
const locationKey = (database: Database): string => `${text(database.name)}-backup-into`;
const optionsKey = (database: Database): string => `${text(database.name)}-backup-options`;
const settingKey = (setting: string): string => `${setting.replaceAll('.', '-')}-cluster-setting`;

export function initSecret(context: CockroachDbContext) {
  const { provisioning } = context.values.init;
  if (!provisioning.enabled) return undefined;
  const data = {
    ...Object.fromEntries(
      listOf(provisioning.users)
        .filter((user) => isTrue(user.password))
        .map((user) => [passwordKey(user), base64(text(user.password))]),
    ),
    ...Object.fromEntries(
      listOf(provisioning.databases)
        .filter(({ backup }) => isWithheld(backup?.into))
        .map((database) => [locationKey(database), base64(text(database.backup?.into))]),
    ),
    ...Object.fromEntries(
      listOf(provisioning.databases).flatMap((database) => {
        const options = withheldOptions(database);
        return options === undefined ? [] : [[optionsKey(database), base64(options)]];
      }),
    ),
    ...Object.fromEntries(settingsOf(context).map(([name, value]) => [settingKey(name), base64(text(value))])),
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: initJobName(context) },
    ...(isTrue(data) ? { data } : {}),
  } satisfies Secret;
}

/** Passwords and settings, as the script calls them. */
function environment(context: CockroachDbContext): EnvVar[] {
  const { provisioning } = context.values.init;
  const fromSecret = (name: string, key: string, secret = initJobName(context)): EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  return [
    ...listOf(provisioning.users).flatMap((user, index) => {
      const name = userVariable(user, index);
      if (isTrue(user.existingSecret)) return [fromSecret(name, 'password', text(user.existingSecret))];
      return isTrue(user.password) ? [fromSecret(name, passwordKey(user))] : [];
    }),
    ...listOf(provisioning.databases).flatMap((database, index) => [
      ...(isWithheld(database.backup?.into) ? [fromSecret(locationVariable(index), locationKey(database))] : []),
      ...(withheldOptions(database) === undefined ? [] : [fromSecret(backupOptionsVariable(index), optionsKey(database))]),
    ]),
    ...settingsOf(context)
      .filter(([, value]) => isTrue(value))
      .map(([name]) => fromSecret(settingVariable(name), settingKey(name))),
  ];
}

export function initJob(context: CockroachDbContext) {
  if (!runsInitJob(context)) return undefined;
  const { image, init, labels, tls } = context.values;
  const certificate = { selfSigned: clientSecretOf(context), named: tls.certs.clientRootSecret, file: 'client.root' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: initJobName(context), labels: labelsWith(context, init.labels, labels), ...annotations(init.jobAnnotations) },
    spec: {
      template: podTemplate(
        { labels: { ...selectorLabels(context), ...textMap(init.labels) }, annotations: textMap(init.annotations) },
        {
          restartPolicy: 'OnFailure',
          terminationGracePeriodSeconds: 0,
          imagePullSecrets: podPullSecrets(context),
          serviceAccountName: tls.enabled ? serviceAccountNameOf(context) : undefined,
          initContainers: copyCertificates(context, 'client-certs'),
          affinity: filled(init.affinity),
          nodeSelector: textMap(init.nodeSelector),
          tolerations: copyOf(init.tolerations),
          containers: [
            {
              name: 'cluster-init',
              image: `${text(image.repository)}:${text(image.tag)}`,
              imagePullPolicy: quotedOrNone(image.pullPolicy),
              command: ['/bin/bash', '-c', initScript(context)],
              env: environment(context),
              resources: filled(init.resources),
              volumeMounts: tls.enabled ? [{ name: 'client-certs', mountPath: '/cockroach-certs/' }] : [],
            },
          ],
          volumes: tls.enabled ? [{ name: 'client-certs', emptyDir: {} }, ...certificateVolume(context, 'certs-secret', certificate)] : [],
        },
      ),
    },
  } satisfies Job;
}
