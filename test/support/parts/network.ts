// Ports and bridges that nobody else uses.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { register, type Resource } from './reaper';

/**
 * Below the ports that Kubernetes gives to Services of nodes, and those that the system takes for connections as it likes: whoever means
 * to listen at one of these may come too late.
 */
const [FIRST, END] = [12_000, 30_000];

/** Whether nobody listens at what is given; the server that shows it. */
const listening = (where: { readonly port: number; readonly host: string } | { readonly path: string }): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(where, () => resolve(server));
  });

/** Nobody else who asks here gets it before this process ends: a name that Linux forgets with its owner. */
async function isMine(what: string): Promise<boolean> {
  const server = await listening({ path: `\0cdk8s-estafette-${what}` });
  server?.unref();
  return server !== undefined;
}

/** Ports on loopback that are free, each given once, in whatever process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let attempt = 0; ports.length < count; attempt += 1) {
    if (attempt > 1000) throw new Error(`no ports are free between ${FIRST} and ${END}`);
    const port = randomInt(FIRST, END);
    if (!(await isMine(`port-${port}`))) continue;
    const server = await listening({ port, host: '127.0.0.1' });
    if (server === undefined) continue;
    await new Promise((resolve) => server.close(resolve));
    ports.push(port);
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port ?? 0;
}

/** The first half of addresses on loopback, such as "127.42": no other test has servers there. */
export async function loopbackNetwork(): Promise<string> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const number = randomInt(1, 250);
    if (await isMine(`loopback-${number}`)) return `127.${number}`;
  }
  throw new Error('tests have servers in every network of loopback');
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
    if (status === 0) {
      const device = register('link', `c8s${number}`);
      // Whose it is, for people and tests who look at the machine: the folder that this process keeps its parts in.
      ip('link', 'set', device.name, 'alias', tmpdir());
      return { prefix: `10.${number}`, device };
    }
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
