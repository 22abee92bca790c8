// Volumes of the programs' data: claims, claim templates and what stands in for them.
import type { PersistentVolumeClaim, Volume } from 'kubernetes-types/core/v1';
import { isTrue, plain, text } from '../../../helm/print';
import type { Scalar, Table } from '../../../helm/schema';
import { annotations } from '../../common/metadata';
import { listOf } from '../../common/lists';
import type { PrometheusContext } from '../values';
import { fullNameOf, metadataOf, type ProgramKey } from './identity';
import { need } from '../../common/checks';
import { textOnly } from './need';

/** Name of the data's volume in every pod. */
export const DATA = 'storage-volume';

export interface VolumeOptions {
  readonly enabled: boolean | undefined;
  readonly accessModes: readonly string[] | undefined;
  readonly annotations: Table | undefined;
  readonly existingClaim: Scalar | undefined;
  readonly size: Scalar | undefined;
  readonly storageClass: Scalar | undefined;
  readonly volumeBindingMode: Scalar | undefined;
}

/** The claim of a program that runs in a Deployment. */
export function claim(context: PrometheusContext, key: ProgramKey, own: VolumeOptions) {
  if (!own.enabled || isTrue(own.existingClaim)) return undefined;
  if (isTrue(own.volumeBindingMode)) {
    context.warn(
      `${key}.persistentVolume.volumeBindingMode`,
      'is left out: a claim has no binding mode and Kubernetes refuses one; set it in the storage class',
    );
  }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadataOf(context, key, { annotations: own.annotations }),
    spec: claimSpec(own, storageClass(key, own.storageClass)),
  } satisfies PersistentVolumeClaim;
}

/** The claim template of a program that runs in a StatefulSet. */
export const claimTemplate = (own: VolumeOptions, classes: { readonly storageClassName?: string }) =>
  ({ metadata: { name: DATA, ...annotations(own.annotations) }, spec: claimSpec(own, classes) }) satisfies PersistentVolumeClaim;

const claimSpec = (own: VolumeOptions, classes: { readonly storageClassName?: string }) => ({
  accessModes: own.accessModes === undefined ? undefined : listOf(own.accessModes),
  ...classes,
  resources: { requests: { storage: text(own.size) } },
});

/** Nothing for an empty class; a dash stands for the empty one, which turns dynamic provisioning off. */
export function storageClass(key: ProgramKey, given: Scalar | undefined): { storageClassName?: string } {
  const name = textOnly(given, key, 'persistentVolume', 'storageClass');
  return name === '' ? {} : { storageClassName: name === '-' ? '' : name };
}

/** The data's volume of a Deployment's pod. */
export const claimedVolume = (context: PrometheusContext, key: ProgramKey, own: VolumeOptions): Volume => ({
  name: DATA,
  persistentVolumeClaim: { claimName: isTrue(own.existingClaim) ? text(own.existingClaim) : fullNameOf(context, key) },
});

/** The data's volume without a claim. */
export function temporaryVolume(key: 'server' | 'alertmanager', given: { readonly sizeLimit: Scalar | undefined } | undefined): Volume {
  const { sizeLimit } = need(given, key, 'emptyDir');
  return { name: DATA, emptyDir: isTrue(sizeLimit) ? { sizeLimit: plain(sizeLimit) as string } : {} };
}
