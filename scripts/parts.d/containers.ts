// What runs containers, and what containers are filled with: Debian's packages.
import { debianPart } from './debian';
import { delimiter, join } from 'node:path';
import { folder, isExecutable } from './cache';
import type { Part } from './part';
import { firstLine, output } from './run';

/** dockerd starts docker-proxy, docker-init and its own containerd off PATH; dockerEngine() of the tests puts these there. */
export const dockerd = debianPart({
  name: 'dockerd',
  packages: ['docker.io', 'libdevmapper1.02.1', 'libsystemd0', 'tini'],
  path: 'usr/sbin/dockerd',
  also: { 'docker-proxy': { path: 'usr/sbin/docker-proxy' } },
});

export const containerd = debianPart({
  name: 'containerd',
  packages: ['containerd'],
  path: 'usr/bin/containerd',
  also: { ctr: { path: 'usr/bin/ctr' }, 'containerd-shim-runc-v2': { path: 'usr/bin/containerd-shim-runc-v2' } },
});

export const runc = debianPart({ name: 'runc', packages: ['runc', 'libseccomp2'], path: 'usr/sbin/runc' });

/** iptables is one program under several names, with its extensions in a folder. */
const names = ['iptables', 'iptables-save', 'iptables-restore', 'ip6tables', 'ip6tables-save', 'ip6tables-restore'];
export const iptables = debianPart({
  name: 'iptables',
  packages: ['iptables', 'libip4tc2', 'libip6tc2', 'libxtables12', 'libmnl0', 'libnetfilter-conntrack3', 'libnfnetlink0', 'libnftnl11'],
  path: 'usr/sbin/xtables-nft-multi',
  args: ['iptables'],
  also: Object.fromEntries(names.slice(1).map((name) => [name, { args: [name] }])),
  env: (root: string) => ({ XTABLES_LIBDIR: join(root, 'usr/lib/x86_64-linux-gnu/xtables') }),
});

/** Plugins are in no folder of PATH: CNI_PATH names theirs, as for all programs that run them. */
const pluginFolder = (): string | undefined =>
  [
    ...(process.env.CNI_PATH?.split(delimiter) ?? ['/usr/lib/cni', '/opt/cni/bin']),
    join(folder('debian', 'cni-plugins'), 'usr/lib/cni'),
  ].find((path) => ['bridge', 'host-local', 'loopback', 'portmap'].every((plugin) => isExecutable(join(path, plugin))));

/** A folder of plugins, which have no version to ask for: the part's path is the bridge's among them. */
export const cniPlugins: Part = {
  ...debianPart({ name: 'cni-plugins', packages: ['containernetworking-plugins'], path: 'usr/lib/cni/bridge' }),
  find() {
    const plugins = pluginFolder();
    return plugins && join(plugins, 'bridge');
  },
};

export const etcd = debianPart({ name: 'etcd', packages: ['etcd-server'], path: 'usr/bin/etcd' });

export const registry = debianPart({ name: 'docker-registry', packages: ['docker-registry'], path: 'usr/bin/docker-registry' });

export const redis = debianPart({
  name: 'redis-server',
  packages: ['redis-server', 'redis-tools', 'libatomic1', 'libjemalloc2', 'liblzf1'],
  path: 'usr/bin/redis-server',
});

const linksNothing = (program: string): boolean => !output('ldd', program).includes('=>');

/** Static, so that it runs in an image that holds nothing else. Its version is in the line it prints when it is called without a word. */
export const busybox = debianPart({
  name: 'busybox',
  packages: ['busybox-static'],
  path: 'bin/busybox',
  isStatic: true,
  versionOf: (program) => (linksNothing(program) ? firstLine(program) : undefined),
});

/** Static too: scripts of the manifests are written for it. */
export const bash = debianPart({ name: 'bash-static', packages: ['bash-static'], path: 'bin/bash-static', isStatic: true });

export const amtool = debianPart({ name: 'amtool', packages: ['prometheus-alertmanager'], path: 'usr/bin/amtool' });
