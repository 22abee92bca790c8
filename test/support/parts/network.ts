// Ports and bridges that nobody else uses.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { register, type Resource } from './reaper';

/** Ports on loopback that are free now, each given once. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
    return address.port;
  });
  await Promise.all(
    servers.map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve);
        }),
    ),
  );
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port ?? 0;
}

export function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

/** The same in the network of another process, with this machine's own files and processes in sight. */
export function ipOf(pid: number, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('nsenter', ['--target', String(pid), '--net', '--', 'ip', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

export interface Network {
  /** The first half of its addresses: "10.N". */
  readonly prefix: string;
  readonly device: Resource;
}

/**
 * Makes a device for a /16 inside 10.0.0.0/8 in which this machine has no address. The device's name has the network's number,
 * and there can be one of a name: so no other test, in whatever process, takes the same network.
 * @param add arguments of `ip link add DEVICE`
 */
export function network(...add: readonly string[]): Network {
  const used = new Set(
    Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .map(({ address }) => address.split('.').slice(0, 2).join('.')),
  );
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const number = randomInt(100, 250);
    if (used.has(`10.${number}`)) continue;
    const { status, stderr } = spawnSync('ip', ['link', 'add', `c8s${number}`, ...add], { encoding: 'utf8' });
    if (status === 0) return { prefix: `10.${number}`, device: register('link', `c8s${number}`) };
    if (!stderr.includes('File exists')) throw new Error(`ip link add c8s${number} ${add.join(' ')}: ${stderr}`);
  }
  throw new Error('this machine has addresses in every network from 10.100 to 10.249');
}

export interface Bridge {
  readonly name: string;
  readonly address: string;
  readonly resource: Resource;
}

/** A bridge with an address of its own on this machine. */
export function bridge(): Bridge {
  const { prefix, device } = network('type', 'bridge');
  ip('address', 'add', `${prefix}.0.1/24`, 'dev', device.name);
  ip('link', 'set', device.name, 'up');
  return { name: device.name, address: `${prefix}.0.1`, resource: device };
}
