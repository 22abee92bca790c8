// What a mode cannot do without of what pod security `restricted` forbids: which container breaks which rule, and why.
import { isExternal, isRootless, modeOf } from './names';
import type { Settings } from './values';

export interface Exception {
  /** Container, or volume. */
  readonly of: string;
  /** The rule, in the words in which an API server warns of it. */
  readonly rule: string;
  readonly why: string;
}

const HOST: readonly Exception[] = [
  {
    of: 'volume docker-socket',
    rule: 'restricted volume types',
    why: "the mode is the node's own engine, which is reached through its socket",
  },
];
const ROOTLESS: readonly Exception[] = [
  {
    of: 'container dind',
    rule: 'procMount',
    why: 'each RUN step gets a /proc of its own, which the kernel refuses below a masked one; the pod has a user namespace instead',
  },
  { of: 'container dind', rule: 'allowPrivilegeEscalation != false', why: 'newuidmap and newgidmap are set-uid programs' },
  {
    of: 'container dind',
    rule: 'unrestricted capabilities',
    why:
      'SETUID, SETGID, DAC_OVERRIDE and SYS_ADMIN bound what newuidmap and newgidmap may gain, within the user ' +
      'namespace of the pod; all others are dropped',
  },
  { of: 'container dind', rule: 'seccompProfile', why: 'the default profile forbids to make user namespaces and to mount' },
  { of: 'container dind', rule: 'forbidden AppArmor profile', why: 'the default profile forbids to mount' },
];
const PRIVILEGED: readonly Exception[] = [
  { of: 'container dind', rule: 'privileged', why: 'engine.privileged: an engine that is root makes namespaces, mounts and networks' },
  { of: 'container dind', rule: 'allowPrivilegeEscalation != false', why: 'follows from privileged' },
  { of: 'container dind', rule: 'unrestricted capabilities', why: 'follows from privileged' },
  { of: 'container dind', rule: 'runAsNonRoot != true', why: 'the engine is root' },
  { of: 'container dind', rule: 'runAsUser=0', why: 'the engine is root' },
];

/** In the mode kubernetes, of the builds' pods. None with an external engine. */
export function exceptionsOf(values: Settings): readonly Exception[] {
  switch (isExternal(values) ? 'externalWorker' : modeOf(values)) {
    case 'host':
      return HOST;
    case 'worker':
    case 'kubernetes':
      return isRootless(values) ? ROOTLESS : PRIVILEGED;
    default:
      return [];
  }
}
