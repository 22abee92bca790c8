// A Kubernetes API server: it checks, defaults and keeps what is applied; nothing acts on it but the controllers that a test asks for.
import { join } from 'node:path';
import { controlPlane } from './control-plane';
import { needParts } from './find';
import { ownFolder } from './folder';
import { account, writeKubeconfig } from './kubeconfig';
import { kubectlWith, type Kubectl } from './kubectl';
import { freePorts } from './network';
import { once, type Part } from './part';
import { launch } from './program';

export interface ApiServer extends Part {
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
  /** Kills the server, and begins it anew on what it has kept; resolves when it is ready. */
  restart(): Promise<void>;
}

export interface ApiServerOptions {
  /** Further flags of kube-apiserver. */
  readonly flags?: readonly string[];
  /** Controllers of kube-controller-manager, by name. @default none, and it does not run */
  readonly controllers?: readonly string[];
}

/** An empty one, on loopback; the caller is an administrator. */
export async function apiServer({ flags = [], controllers = [] }: ApiServerOptions = {}): Promise<ApiServer> {
  const parts = needParts('etcd', 'kube-apiserver', 'kubectl', ...(controllers.length ? (['kube-controller-manager'] as const) : []));
  const folder = ownFolder('api-server');
  const [api = 0, etcd = 0, peers = 0] = await freePorts(3);
  const admin = account('admin', 'system:masters');
  try {
    const plane = await controlPlane({
      folder: folder.path,
      host: '127.0.0.1',
      ports: { api, etcd, peers },
      serviceRange: '10.0.0.0/24',
      accounts: [admin],
      alone: true,
      flags,
      programs: parts,
      // Nothing in it is worth a farewell: killed, it is gone in a moment.
      start: (program, args, name) => launch({ program, args, name, folder: folder.path, grace: 0 }),
    });
    const kubeconfig = join(folder.path, 'kubeconfig');
    writeKubeconfig(kubeconfig, plane.url, plane.authority, admin);
    const manager = 'kube-controller-manager' in parts ? String(parts['kube-controller-manager']) : undefined;
    const running =
      manager === undefined
        ? undefined
        : launch({
            program: manager,
            args: [`--kubeconfig=${kubeconfig}`, `--controllers=${controllers.join(',')}`, '--leader-elect=false', '--secure-port=0'],
            folder: folder.path,
            grace: 0,
          });
    const stop = once(async () => {
      await running?.stop();
      await plane.stop();
      folder.remove();
    });
    return {
      address: plane.url,
      env: { KUBECONFIG: kubeconfig },
      kubeconfig,
      kubectl: kubectlWith(parts.kubectl, kubeconfig),
      restart: () => plane.restart(),
      stop,
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
