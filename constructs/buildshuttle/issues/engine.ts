// The engine of each mode: what it needs, and what a rootless one cannot do.
import type { Issue } from '../../../helm/check';
import { isTrue, plainText, text } from '../../../helm/print';
import { DEFAULT_KUBE_VERSION } from '../../common/release';
import { isExternal, isRootless, modeOf, type BuildshuttleContext } from '../names';
import { MODES, type Settings } from '../values';

/** From here on a server takes user namespaces and an unmasked /proc of pods without further ado. */
const ROOTLESS_VERSION = { major: 1, minor: 33 };

export function engineIssues({ release, values }: BuildshuttleContext): Issue[] {
  switch (modeOf(values)) {
    case 'host':
      return hostIssues(values);
    case 'kubernetes':
      return [
        ...clusterIssues(values),
        ...(isExternal(values) ? externalIssues(values) : []),
        ...(isRootless(values) ? rootlessIssues(values, release.kubeVersion ?? DEFAULT_KUBE_VERSION) : []),
      ];
    case 'worker':
      return isRootless(values) ? rootlessIssues(values, release.kubeVersion ?? DEFAULT_KUBE_VERSION) : [];
    case 'externalWorker':
      return externalIssues(values);
    default:
      return [{ path: ['mode'], message: `must be one of ${MODES.join(', ')}` }];
  }
}

function hostIssues({ host }: Settings): Issue[] {
  const path = text(host.socketPath);
  return /^\/[^\0:]+$/.test(path)
    ? []
    : [{ path: ['host', 'socketPath'], message: `must be an absolute path on the node, such as /var/run/docker.sock, not "${path}"` }];
}

/** The engine of a build begins with it and ends with it, where there is not one elsewhere. */
function clusterIssues({ engine: { host, storage, tls, insecure } }: Settings): Issue[] {
  const alone = !isTrue(host) && (isTrue(tls.existingSecret) || isTrue(insecure));
  return [
    ...(isTrue(storage.existingClaim) || isTrue(storage.size)
      ? [
          {
            path: ['engine', 'storage'],
            message:
              'has no effect in the mode kubernetes, where an engine ends with its build: take it away; builds.registryCache keeps layers',
          },
        ]
      : []),
    ...(alone
      ? [{ path: ['engine', 'host'], message: 'is needed with engine.tls and engine.insecure: the host name or address of the engine' }]
      : []),
  ];
}

function rootlessIssues({ builds }: Settings, kubeVersion: string): Issue[] {
  const [major = 0, minor = 0] = kubeVersion.replace(/^v/, '').split('.').map(Number);
  const network = plainText(builds.network);
  return [
    ...(major > ROOTLESS_VERSION.major || minor >= ROOTLESS_VERSION.minor
      ? []
      : [
          {
            path: ['engine', 'privileged'],
            message:
              `a rootless engine needs user namespaces of pods, from Kubernetes 1.33 on, not ${kubeVersion}: set ` +
              `engine.privileged to true, or take the mode host or externalWorker`,
          },
        ]),
    ...(network === undefined || network === 'host' || network === 'none'
      ? []
      : [
          {
            path: ['builds', 'network'],
            message: `must be host or none beside a rootless engine, which has no network of its own, not "${network}"`,
          },
        ]),
    ...(text(builds.builder) === 'classic'
      ? [
          {
            path: ['builds', 'builder'],
            message: 'must be auto or buildkit beside a rootless engine: the classic builder needs a network of its own',
          },
        ]
      : []),
  ];
}

function externalIssues({ mode, engine: { host, tls, insecure } }: Settings): Issue[] {
  const name = text(host);
  const secured = isTrue(tls.existingSecret);
  return [
    ...(name === ''
      ? [{ path: ['engine', 'host'], message: 'is needed in the mode externalWorker: the host name or address of the Docker engine' }]
      : /^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$|^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(name)
        ? []
        : [
            {
              path: ['engine', 'host'],
              message:
                `must be a host name or an address alone, not "${name}": the port is engine.port, and the ` +
                `protocol follows from engine.tls`,
            },
          ]),
    ...(secured === isTrue(insecure)
      ? [
          {
            path: ['engine', 'tls', 'existingSecret'],
            message: secured
              ? 'has no effect beside engine.insecure: take one of them away'
              : `is needed ${text(mode) === 'kubernetes' ? 'with engine.host' : 'in the mode externalWorker'}: ` +
                'a Secret with ca.crt, tls.crt and tls.key for mutual TLS; or accept a plain connection with engine.insecure',
          },
        ]
      : []),
  ];
}
