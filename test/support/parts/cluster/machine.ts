// A machine as namespaces make one: its own processes, mounts, network and name, held by a shell that buries what dies in it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type Running } from '../program';
import { sandbox } from '../sandbox';
import { spawnSync } from 'node:child_process';

export interface Machine {
  readonly init: number;
  readonly folder: string;
  /** Runs to its end. @throws Error with what it printed when it fails */
  run(program: string, ...args: readonly string[]): void;
  /** Runs until it or the machine is stopped. */
  start(program: string, args: readonly string[], name: string, env?: Readonly<Record<string, string>>): Running;
  stop(): Promise<void>;
}

/** What programs write to by habit, each machine has of its own. */
const OWN_FOLDERS = ['/run', '/var/lib', '/var/log'];

/** @param folder holds its logs, and its own /run, /var/lib and /var/log */
export function machine(name: string, folder: string, path: string): Machine {
  const places = OWN_FOLDERS.map((own) => ({ own, place: join(folder, own.slice(1).replace('/', '-')) }));
  for (const { place } of places) mkdirSync(place, { recursive: true });
  const prepare = [
    // Pods see later mounts of their node, and nobody outside does.
    'mount --make-rshared /',
    ...places.map(({ own, place }) => `mount --bind '${place}' ${own}`),
    `hostname '${name}'`,
    'ip link set lo up',
    'sysctl -qw net.ipv4.ip_forward=1',
    'touch /run/prepared',
    // bash waits for every child, adopted ones too.
    'while :; do sleep 86400 & wait; done',
  ].join(' && ');
  const holder = sandbox({
    name: 'machine',
    program: 'bash',
    args: ['-c', prepare],
    folder,
    network: true,
    hostname: true,
    env: { PATH: path },
  });
  const enter = ['--target', String(holder.init), '--pid', '--mount', '--net', '--uts', '--'];
  return {
    init: holder.init,
    folder,
    run(program, ...args) {
      const { status, stdout, stderr } = spawnSync('nsenter', [...enter, program, ...args], {
        encoding: 'utf8',
        env: { ...process.env, PATH: path },
      });
      if (status !== 0) throw new Error(`${program} ${args.join(' ')} on ${name}: ${stdout}${stderr}`);
    },
    start: (program, args, log, env = {}) =>
      launch({ program: 'nsenter', args: [...enter, program, ...args], name: log, folder, env: { PATH: path, ...env }, grace: 0 }),
    stop: () => holder.stop(),
  };
}
