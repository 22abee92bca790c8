// Claims: for the queue, and for the engine's images where they are to outlive the pod.
import { PersistentVolumeAccessMode, PersistentVolumeClaim } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { isTrue, plainText, text, yamlScalar } from '../../../helm/print';
import { engineClaim } from './engine';
import { metadataOf, modeOf, type BuildshuttleContext } from '../names';
import { add, overlay } from './overlay';

interface ClaimValues {
  readonly size: unknown;
  readonly storageClass: unknown;
  readonly accessMode: unknown;
}

export function addClaims(scope: Construct, context: BuildshuttleContext): void {
  const { storage, engine } = context.values;
  if (!isTrue(storage.existingClaim)) addClaim(scope, context, 'queue', storage);
  if (modeOf(context.values) === 'worker' && engineClaim(context) !== undefined && !isTrue(engine.storage.existingClaim))
    addClaim(scope, context, 'engine', { ...engine.storage, accessMode: 'ReadWriteOnce' });
}

function addClaim(scope: Construct, context: BuildshuttleContext, id: string, { size, storageClass, accessMode }: ClaimValues): void {
  const claim = new PersistentVolumeClaim(scope, `${id}-claim`, {
    metadata: metadataOf(context, `-${id}`),
    accessModes: [text(accessMode) as PersistentVolumeAccessMode],
    storageClassName: plainText(storageClass),
  });
  // As it was written: cdk8s-plus would make whole GiB of it.
  overlay(claim, add('/spec/resources', { requests: { storage: yamlScalar(size) } }));
}
