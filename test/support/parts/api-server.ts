// A Kubernetes API server alone: it checks, defaults and keeps what is applied, and nothing acts on it.
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
}

/** An empty one, on loopback; the caller is an administrator. */
export async function apiServer(): Promise<ApiServer> {
  const parts = needParts('etcd', 'kube-apiserver', 'kubectl');
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
      programs: parts,
      // Nothing in it is worth a farewell: killed, it is gone in a moment.
      start: (program, args, name) => launch({ program, args, name, folder: folder.path, grace: 0 }),
    });
    const kubeconfig = join(folder.path, 'kubeconfig');
    writeKubeconfig(kubeconfig, plane.url, plane.authority, admin);
    const stop = once(async () => {
      await plane.stop();
      folder.remove();
    });
    return { address: plane.url, env: { KUBECONFIG: kubeconfig }, kubeconfig, kubectl: kubectlWith(parts.kubectl, kubeconfig), stop };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
