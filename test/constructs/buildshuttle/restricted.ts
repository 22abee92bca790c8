// Pod security `restricted`, in the words in which an API server warns: what a pod breaks of it. The server itself is asked in the integration test.
interface Security {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
  readonly appArmorProfile?: { readonly type: string };
}
interface Container {
  readonly name: string;
  readonly securityContext?: Security;
}
interface Pod {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly securityContext?: Security;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

const VOLUMES = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']);

/** `container NAME: RULE`, `volume NAME: RULE`, `pod: RULE`. */
export function broken({ containers, initContainers = [], volumes = [], securityContext: pod = {}, ...rest }: Pod): string[] {
  const unless = (fine: boolean, rule: string): string[] => (fine ? [] : [rule]);
  return [
    ...unless(!rest.hostNetwork && !rest.hostPID, 'pod: host namespaces'),
    ...volumes.flatMap(({ name, ...source }) =>
      unless(
        Object.keys(source).every((type) => VOLUMES.has(type)),
        `volume ${String(name)}: restricted volume types`,
      ),
    ),
    ...[...initContainers, ...containers].flatMap(({ name, securityContext: own = {} }) => {
      const seccomp = (own.seccompProfile ?? pod.seccompProfile)?.type;
      const { add = [], drop = [] } = own.capabilities ?? {};
      return [
        ...unless(!own.privileged, 'privileged'),
        ...unless((own.procMount ?? 'Default') === 'Default', 'procMount'),
        ...unless(own.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation != false'),
        ...unless(drop.includes('ALL') && add.every((capability) => capability === 'NET_BIND_SERVICE'), 'unrestricted capabilities'),
        ...unless((own.runAsNonRoot ?? pod.runAsNonRoot) === true, 'runAsNonRoot != true'),
        ...unless((own.runAsUser ?? pod.runAsUser) !== 0, 'runAsUser=0'),
        ...unless(seccomp === 'RuntimeDefault' || seccomp === 'Localhost', 'seccompProfile'),
        ...unless(own.appArmorProfile?.type !== 'Unconfined', 'forbidden AppArmor profile'),
      ].map((rule) => `container ${name}: ${rule}`);
    }),
  ];
}
