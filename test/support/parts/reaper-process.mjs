// Runs beside a test and outlives it: when the test's process is gone, however it went, what it registered is removed.
import { readFileSync, rmSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 20_000;
/** @typedef {{ kind: 'process' | 'cgroup' | 'folder' | 'link', name: string }} Resource of a process the name is its id and the clock tick it began at */
/**
 * In the order of their making.
 * @type {Map<string, Resource>}
 */
const resources = new Map();

/**
 * The tick at which a process began; undefined when it is gone. An id may be given again, the two together are not.
 * @param {string | number} pid
 */
export function beginning(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** @param {string} name */
async function endProcess(name) {
  const [pid = '', began] = name.split('@');
  for (const deadline = Date.now() + PATIENCE_MS; beginning(pid) === began && Date.now() < deadline; await sleep(50)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      return;
    }
  }
}

/**
 * A group of cgroups, in every hierarchy there is, innermost first. Their processes are dead or dying by now.
 * @param {string} name
 */
export async function removeCgroup(name) {
  const hierarchies = [
    '',
    ...readdirSync('/sys/fs/cgroup', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name),
  ];
  for (const hierarchy of hierarchies) await removeTree(join('/sys/fs/cgroup', hierarchy, name));
}

/** @param {string} path */
async function removeTree(path) {
  let children;
  try {
    children = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch {
    return;
  }
  for (const child of children) await removeTree(join(path, child.name));
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(50)) {
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return;
    }
  }
}

/** @type {Record<Resource['kind'], (name: string) => Promise<unknown>>} */
const remove = {
  process: endProcess,
  cgroup: removeCgroup,
  folder: async (path) => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  link: async (name) => spawnSync('ip', ['link', 'delete', name]),
};
const ORDER = /** @type {const} */ (['process', 'link', 'cgroup', 'folder']);

/** @param {readonly Resource[]} entries */
export async function removeAll(entries) {
  for (const kind of ORDER) for (const entry of entries.filter((candidate) => candidate.kind === kind)) await remove[kind](entry.name);
}

/**
 * Ends this process's parent, and with it all that it started, once the parent's own parent is gone.
 * @param {number} grandparent its process id
 */
function follow(grandparent) {
  const [parent, began] = [process.ppid, beginning(grandparent)];
  const watch = setInterval(() => {
    if (beginning(grandparent) === began) return;
    clearInterval(watch);
    if (process.ppid === parent) process.kill(parent, 'SIGKILL');
  }, 500);
  watch.unref();
}

if (process.send) {
  process.on('message', ({ verb, kind, name }) => {
    if (verb === 'follow') follow(name);
    else if (verb === 'add') resources.set(`${kind} ${name}`, { kind, name });
    else resources.delete(`${kind} ${name}`);
  });
  process.on('disconnect', () => {
    void removeAll([...resources.values()]).finally(() => process.exit());
  });
}
