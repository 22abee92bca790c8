// Jobs in place of the chart's bare pods, which cannot change and come back when a GitOps tool finds them gone.
import type { Job } from 'kubernetes-types/batch/v1';
import type { PodParts } from '../common/pod';
import { podTemplate } from '../common/pod';

/** The largest number that Kubernetes takes. */
const ALWAYS_AGAIN = 2_147_483_647;

/** As often as a bare pod with that restart policy runs: once with Never, until it succeeds with OnFailure. */
const retries = (restartPolicy: string): number => (restartPolicy === 'Never' ? 0 : ALWAYS_AGAIN);

export function jobOf(
  metadata: { readonly name: string; readonly labels: Record<string, string> },
  pod: PodParts & { readonly restartPolicy: string },
) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { backoffLimit: retries(pod.restartPolicy), template: podTemplate({ labels: metadata.labels }, pod) },
  } satisfies Job;
}
