// What started parts are to be seen by from outside: processes, control groups, mounts and network devices of their folders.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Network devices whose alias is the folder: parts say there where they were started. */
const devicesOf = (folder: string): string[] =>
  spawnSync('ip', ['-o', 'link'], { encoding: 'utf8' })
    .stdout.split('\n')
    .flatMap((line) => {
      const [, name, alias] = /^\d+: (c8s[^:@]+).* alias (\S+)/.exec(line) ?? [];
      return name && alias === folder ? [name] : [];
    });

/**
 * One line for each thing that is still there.
 * @param folder the TMPDIR under which parts were started
 * @param names of the folders in it, which are names of control groups too
 */
export function leftovers(folder: string, names: readonly string[]): string[] {
  const processes = readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id) && id !== String(process.pid))
    .flatMap((id) => {
      const [command, group] = [read(`/proc/${id}/cmdline`).replaceAll('\0', ' '), read(`/proc/${id}/cgroup`)];
      return command.includes(folder) || names.some((name) => group.includes(name)) ? [`process ${id} ${command}`] : [];
    });
  const mounts = read('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => `mount ${line}`);
  const hierarchies = existsSync('/sys/fs/cgroup') ? ['', ...readdirSync('/sys/fs/cgroup')] : [];
  const groups = hierarchies
    .flatMap((hierarchy) => names.map((name) => join('/sys/fs/cgroup', hierarchy, name)))
    .filter((path) => existsSync(path));
  return [
    ...processes,
    ...mounts,
    ...groups.map((path) => `cgroup ${path}`),
    ...devicesOf(folder).map((device) => `device ${device}`),
    ...readdirSync(folder)
      .filter((name) => name.startsWith('cdk8s-estafette-'))
      .map((name) => `folder ${name}`),
  ];
}
