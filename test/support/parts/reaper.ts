// Remembers what a test made on the machine, in a process that outlives it: nothing stays behind when the test is killed.
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Kind = 'process' | 'cgroup' | 'folder' | 'link';
export interface Resource {
  readonly kind: Kind;
  readonly name: string;
}

const SCRIPT = join(__dirname, 'reaper-process.mjs');
const registered = new Map<string, Resource>();
let reaper: ChildProcess | undefined;

function tell(verb: 'add' | 'forget', resource: Resource): void {
  if (!reaper) {
    // A session of its own: Ctrl-C in a terminal ends the test, and not what clears up after it.
    reaper = fork(SCRIPT, [], { detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    reaper.unref();
    reaper.channel?.unref();
    // A worker of jest goes on with its test when jest itself is killed: it has a channel to it that tells.
    if (process.connected) reaper.send({ verb: 'follow', name: process.ppid });
  }
  reaper.send({ verb, ...resource });
}

/** To be called before the resource is made; forgotten again when it is removed. */
export function register(kind: Kind, name: string): Resource {
  const resource = { kind, name };
  registered.set(`${kind} ${name}`, resource);
  tell('add', resource);
  return resource;
}

/** The resource is gone. The last one ends the process that watched over them. */
export function forget(resource: Resource): void {
  if (!registered.delete(`${resource.kind} ${resource.name}`)) return;
  tell('forget', resource);
  if (registered.size) return;
  reaper?.disconnect();
  reaper = undefined;
}

/** The name of a process that cannot be confused with a later one of the same id. */
export function processName(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${pid}@${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid}@gone`;
  }
}

/** Removes resources as the reaper would, and forgets them. */
export function removeNow(resources: readonly Resource[]): void {
  const program = `import { removeAll } from ${JSON.stringify(SCRIPT)}; await removeAll(${JSON.stringify(resources)});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot remove ${resources.map(({ kind, name }) => `${kind} ${name}`).join(', ')}: ${stderr}`);
  for (const resource of resources) forget(resource);
}
