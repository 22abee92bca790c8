// The control groups that a kubelet keeps its pods in, made beforehand as it wants them.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const CONTROLLERS = ['cpu', 'cpuset', 'memory', 'pids', 'hugetlb', 'io'];

/** A cpuset of version 1 begins empty, and nothing can run in it. */
function inherit(path: string, parent: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (existsSync(join(path, file))) writeFileSync(join(path, file), readFileSync(join(parent, file)));
  }
}

/** In version 2 a group hands on the controllers that it names. */
function handOn(path: string): void {
  const available = readFileSync(join(path, 'cgroup.controllers'), 'utf8').trim().split(' ');
  writeFileSync(
    join(path, 'cgroup.subtree_control'),
    CONTROLLERS.filter((name) => available.includes(name))
      .map((name) => `+${name}`)
      .join(' '),
  );
}

/** @param names from the outside in: the cluster's, the node's */
export function makeCgroups(...names: readonly string[]): void {
  const unified = existsSync(join(ROOT, 'cgroup.controllers'));
  const hierarchies = unified
    ? [ROOT]
    : readdirSync(ROOT, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'unified')
        .map((entry) => join(ROOT, entry.name));
  for (const hierarchy of hierarchies) {
    let parent = hierarchy;
    if (unified) handOn(parent);
    for (const name of names) {
      const path = join(parent, name);
      mkdirSync(path, { recursive: true });
      if (unified) handOn(path);
      else inherit(path, parent);
      parent = path;
    }
  }
}
