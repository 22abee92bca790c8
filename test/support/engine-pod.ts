// The rootless engine of buildshuttle in a pod of its own, without what it cannot do without.
import type { KubeObject } from '../../kubernetes/object';

interface PodSpec {
  readonly initContainers: readonly { readonly securityContext: object; readonly volumeMounts: readonly { readonly name: string }[] }[];
  readonly volumes: readonly { readonly name: string }[];
}

/** Its /proc is masked. @param plan objects of a release in worker mode */
export function enginePod(
  plan: readonly { readonly object: KubeObject }[],
  { name, hostUsers }: { readonly name: string; readonly hostUsers: boolean },
): object {
  const deployment = plan.find(({ object }) => object.kind === 'Deployment')?.object as unknown as {
    spec: { template: { spec: PodSpec } };
  };
  const { spec } = deployment.spec.template;
  const [container] = spec.initContainers;
  const securityContext = { ...container?.securityContext, procMount: 'Default' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      restartPolicy: 'Never',
      hostUsers,
      containers: [{ ...container, restartPolicy: undefined, livenessProbe: undefined, securityContext }],
      volumes: spec.volumes.filter(({ name: volume }) => container?.volumeMounts.some((mount) => mount.name === volume)),
    },
  };
}
