// A Docker engine of its own: in namespaces that take its containers and mounts with them when it ends.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { basename, delimiter } from 'node:path';
import { request } from 'node:http';
import { needParts } from './find';
import { ownFolder } from './folder';
import { bridge } from './network';
import { once, type Part } from './part';
import { register, removeNow } from './reaper';
import { sandbox } from './sandbox';
import { untilReady } from './program';

export interface DockerEngine extends Part {
  /** The socket of its API; `address` is the same as a `unix://` URL. */
  readonly socketPath: string;
  /** Kills the engine and what runs in it; images and build cache stay. */
  halt(): Promise<void>;
  /** Starts it again on what `halt` left. */
  resume(): Promise<void>;
}

export interface DockerEngineOptions {
  /** Registries besides those on loopback that are spoken to in plain HTTP, `host:port` or a CIDR. */
  readonly insecureRegistries?: readonly string[];
  /** Further flags of dockerd; none by default. */
  readonly flags?: readonly string[];
}

const ping = (socketPath: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path: '/_ping' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .once('error', reject)
      .end();
  });

/** Containers reach this machine at the bridge's address and nothing beyond: no rule of the firewall is touched. Runs as root. */
export async function dockerEngine({ insecureRegistries = [], flags = [] }: DockerEngineOptions = {}): Promise<DockerEngine> {
  const parts = needParts('dockerd', 'containerd', 'runc', 'iptables');
  const folder = ownFolder('docker');
  const group = register('cgroup', basename(folder.path));
  const network = bridge();
  const socketPath = join(folder.path, 'docker.sock');
  const begin = () =>
    sandbox({
      name: 'dockerd',
      program: parts.dockerd,
      args: [
        '--host',
        `unix://${socketPath}`,
        '--data-root',
        join(folder.path, 'data'),
        '--exec-root',
        join(folder.path, 'run'),
        '--pidfile',
        join(folder.path, 'pid'),
        '--cgroup-parent',
        `/${group.name}`,
        '--bridge',
        network.name,
        '--iptables=false',
        '--ip6tables=false',
        '--ip-masq=false',
        '--ip-forward=false',
        '--userland-proxy=false',
        ...insecureRegistries.flatMap((registry) => ['--insecure-registry', registry]),
        ...flags,
      ],
      folder: folder.path,
      env: {
        PATH: [...new Set(Object.values(parts).map(dirname)), process.env['PATH'] ?? ''].join(delimiter),
        DOCKER_TMPDIR: join(folder.path, 'tmp'),
      },
    });
  let engine = begin();
  const stop = once(async () => {
    await engine.stop();
    removeNow([network.resource, group, folder.resource]);
  });
  try {
    await untilReady('docker engine', engine, () => ping(socketPath));
  } catch (error) {
    await stop();
    throw error;
  }
  const address = `unix://${socketPath}`;
  return {
    address,
    socketPath,
    env: { DOCKER_HOST: address },
    stop,
    halt: () => engine.stop(),
    async resume() {
      // Process ids of namespaces that are gone: the new engine would take its own for them.
      for (const name of ['pid', 'run', 'docker.sock']) rmSync(join(folder.path, name), { recursive: true, force: true });
      engine = begin();
      await untilReady('docker engine', engine, () => ping(socketPath));
    },
  };
}
