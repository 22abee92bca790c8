// The token that clients show: given, in a Secret that exists, or made in the cluster by a Job.
import { isTrue, text } from '../../helm/print';
import { fromBase64 } from '../../kubernetes/encode';
import { backupCommand, keyObjects, type KeyObject } from '../keys';
import { listOf } from '../common/lists';
import { affinityOf, tolerationsOf } from './nodes';
import { labelsOf, secretNames, type BuildshuttleContext } from './names';
import { textMap } from '../common/metadata';
import type { Settings } from './values';

/** Where it comes from; `none` where nobody is asked for one. */
export function tokenSource({ auth }: Settings): 'none' | 'existing' | 'given' | 'made' {
  if (auth.mode === 'none') return 'none';
  if (isTrue(auth.existingSecret)) return 'existing';
  return isTrue(auth.token) ? 'given' : 'made';
}

/** What was given, decoded; undefined where it is not base64, as auth.b64encoded has it. */
export const givenToken = ({ auth }: Settings): string | undefined =>
  auth.b64encoded === true ? fromBase64(text(auth.token)) : text(auth.token);

const secretOf = (context: BuildshuttleContext) => ({
  namespace: context.release.namespace,
  name: text(secretNames(context).auth),
  keys: [text(context.values.auth.key)],
});

/** The Job that makes it, where it is neither given nor in a Secret already. */
export function tokenMakers(context: BuildshuttleContext): KeyObject[] {
  const { values, release } = context;
  if (tokenSource(values) !== 'made') return [];
  return keyObjects(
    {
      ...secretOf(context),
      given: {},
      release: release.name,
      labels: labelsOf(context),
      annotations: textMap(values.annotations),
      backup: tokenBackup(context),
    },
    {
      settings: values.auth.job,
      imagePullSecrets: listOf(values.imagePullSecrets as readonly { name: string }[]),
      placement: {
        nodeSelector: isTrue(values.nodeSelector) ? textMap(values.nodeSelector) : undefined,
        affinity: affinityOf(values),
        tolerations: tolerationsOf(values),
      },
    },
  );
}

/** The command that saves it as a values file. */
export const tokenBackup = (context: BuildshuttleContext): string => backupCommand(secretOf(context), ['auth'], () => 'token');

/** Prints it, for the URL of a client. */
export const tokenCommand = (context: BuildshuttleContext): string => {
  const { namespace, name, keys } = secretOf(context);
  return `kubectl get secret --namespace ${namespace} ${name} --output go-template='{{index .data "${keys.join('')}" | base64decode}}'`;
};
