// Ports and bridges that nobody else uses.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { register, removeNow, type Resource } from './reaper';

/** Ports on loopback that are free now, each given once. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
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

/** A /16 inside 10.0.0.0/8 in which this machine has no address: "10.N". */
export function freePrefix(): string {
  const used = new Set(Object.values(networkInterfaces()).flatMap((list) => list ?? []).map(({ address }) => address.split('.').slice(0, 2).join('.')));
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const prefix = `10.${randomInt(100, 250)}`;
    if (!used.has(prefix)) return prefix;
  }
  throw new Error('this machine has addresses in every network from 10.100 to 10.249');
}

/** The same in the network of another process, with this machine's own files and processes in sight. */
export function ipOf(pid: number, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('nsenter', ['--target', String(pid), '--net', '--', 'ip', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

export interface Bridge { readonly name: string; readonly address: string; readonly resource: Resource; remove(): void }

/** A bridge with an address of its own on this machine. */
export function bridge(): Bridge {
  const prefix = freePrefix();
  const name = `c8s${prefix.slice(3)}x${randomInt(1000, 9999)}`;
  const resource = register('link', name);
  ip('link', 'add', name, 'type', 'bridge');
  ip('address', 'add', `${prefix}.0.1/24`, 'dev', name);
  ip('link', 'set', name, 'up');
  return { name, address: `${prefix}.0.1`, resource, remove: () => removeNow([resource]) };
}
