// One node: containerd, kubelet and kube-proxy on a machine of their own.
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeKubeconfig, type Account } from '../kubeconfig';
import { ipOf } from '../network';
import { endOf, untilReady } from '../program';
import type { Addresses } from './addresses';
import { makeCgroups } from './cgroups';
import { machine, type Machine } from './machine';
import { spawnSync } from 'node:child_process';

export const PAUSE_IMAGE = 'cdk8s-estafette.test/pause:1';
const OVERLAY = 0x79_4c_76_30;
/** ext4 and xfs. */
const ON_A_DEVICE = [0xef53, 0x58_46_53_42];

export interface NodePrograms {
  readonly 'node-containerd': string;
  readonly kubelet: string;
  readonly 'node-runc': string;
  readonly 'cni-plugins': string;
  readonly 'kube-proxy': string;
}

export interface NodeOptions {
  readonly name: string;
  readonly index: number;
  readonly folder: string;
  readonly cgroup: string;
  readonly addresses: Addresses;
  readonly server: string;
  readonly authority: string;
  readonly kubelet: Account;
  readonly proxy: Account;
  readonly programs: NodePrograms;
  readonly path: string;
}

export interface Node {
  readonly name: string;
  readonly machine: Machine;
  /** Loads images as `docker save` writes them. */
  load(archive: string): Promise<void>;
  stop(): Promise<void>;
}

/** Whether kubelets tell how full volumes are: they look at file systems on a device, and at no overlay as /tmp is inside a container. */
export const hasFigures = (folder: string): boolean => ON_A_DEVICE.includes(statfsSync(folder).type);

/** An overlay cannot lie on an overlay, which /tmp is inside a container. */
const snapshotter = (folder: string): string => (statfsSync(folder).type === OVERLAY ? 'native' : 'overlayfs');

const containerdConfig = (folder: string, { 'node-runc': runc, 'cni-plugins': bridge }: NodePrograms): string => `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${dirname(bridge)}"
    conf_dir = "${join(folder, 'cni')}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter(folder)}"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "${runc}"
        SystemdCgroup = false
`;

const networkConfig = (pods: string): object => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      hairpinMode: true,
      ipMasq: false,
      ipam: { type: 'host-local', ranges: [[{ subnet: pods }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

const kubeletConfig = (options: NodeOptions): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  // Its port is inside the cluster's network; the API server comes without a certificate.
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  address: options.addresses.node(options.index),
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${options.cgroup}/${options.name}`,
  failCgroupV1: false,
  failSwapOn: false,
  // With it come the figures of volumes.
  localStorageCapacityIsolation: hasFigures(options.folder),
  clusterDNS: [options.addresses.dns],
  clusterDomain: 'cluster.local',
  resolvConf: join(options.folder, 'resolv.conf'),
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  // The disk is the machine's, and so is its filling.
  evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '0%', 'imagefs.available': '0%', 'nodefs.inodesFree': '0%' },
  imageGCHighThresholdPercent: 100,
  maxPods: 200,
  nodeStatusUpdateFrequency: '5s',
  syncFrequency: '10s',
  shutdownGracePeriod: '0s',
});

const proxyConfig = (options: NodeOptions): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode: 'iptables',
  clientConnection: { kubeconfig: join(options.folder, 'kube-proxy.kubeconfig') },
  hostnameOverride: options.name,
  // Whoever is not a pod of this node gets answers of a pod on another one by way of this node only if it asks in the node's name.
  detectLocalMode: 'BridgeInterface',
  detectLocal: { bridgeInterface: 'cni0' },
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  iptables: { minSyncPeriod: '0s' },
});

/** Plugs the node into the cluster's bridge. */
function connect(plane: Machine, node: Machine, { index, addresses }: NodeOptions): void {
  ipOf(plane.init, 'link', 'add', `node${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `/proc/${node.init}/ns/net`);
  ipOf(plane.init, 'link', 'set', `node${index}`, 'master', 'cluster', 'up');
  ipOf(plane.init, 'route', 'add', addresses.pods(index), 'via', addresses.node(index));
  ipOf(node.init, 'address', 'add', `${addresses.node(index)}/24`, 'dev', 'eth0');
  ipOf(node.init, 'link', 'set', 'eth0', 'up');
  ipOf(node.init, 'route', 'add', 'default', 'via', addresses.controlPlane);
}

export async function startNode(plane: Machine, options: NodeOptions): Promise<Node> {
  const { name, folder, programs, path } = options;
  mkdirSync(join(folder, 'cni'), { recursive: true });
  makeCgroups(options.cgroup, name);
  writeFileSync(join(folder, 'containerd.toml'), containerdConfig(folder, programs));
  writeFileSync(join(folder, 'cni', '10-pods.conflist'), JSON.stringify(networkConfig(options.addresses.pods(options.index))));
  writeFileSync(join(folder, 'resolv.conf'), '');
  writeFileSync(join(folder, 'kubelet.yaml'), JSON.stringify(kubeletConfig(options)));
  writeFileSync(join(folder, 'kube-proxy.yaml'), JSON.stringify(proxyConfig(options)));
  writeKubeconfig(join(folder, 'kubelet.kubeconfig'), options.server, options.authority, options.kubelet);
  writeKubeconfig(join(folder, 'kube-proxy.kubeconfig'), options.server, options.authority, options.proxy);
  const host = machine(name, folder, path);
  connect(plane, host, options);
  // Where a Service has no rules yet, its packets go back the way they came: whoever sent them must not learn a way past this node of it.
  host.run('sysctl', '-qw', 'net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.eth0.send_redirects=0');
  // A pod that reaches itself or its neighbour through a Service comes back over the bridge, past iptables without this.
  host.run('sh', '-c', 'test ! -e /proc/sys/net/bridge || sysctl -qw net.bridge.bridge-nf-call-iptables=1');
  const runtime = host.start(programs['node-containerd'], ['--config', join(folder, 'containerd.toml')], 'containerd');
  const ctr = join(dirname(programs['node-containerd']), 'ctr');
  const control = (...args: readonly string[]) =>
    spawnSync(ctr, ['--address', join(folder, 'run', 'containerd', 'containerd.sock'), '--namespace', 'k8s.io', ...args], {
      encoding: 'utf8',
    });
  await untilReady(`containerd of ${name}`, runtime, () => Promise.resolve(control('version').status === 0));
  host.start(
    programs.kubelet,
    [
      `--config=${join(folder, 'kubelet.yaml')}`,
      `--kubeconfig=${join(folder, 'kubelet.kubeconfig')}`,
      `--hostname-override=${name}`,
      `--node-ip=${options.addresses.node(options.index)}`,
      '--root-dir=/var/lib/kubelet',
      '--node-labels=kubernetes.io/os=linux',
    ],
    'kubelet',
  );
  host.start(programs['kube-proxy'], [`--config=${join(folder, 'kube-proxy.yaml')}`], 'kube-proxy');
  return {
    name,
    machine: host,
    async load(archive) {
      const { status, stdout, stderr } = control('images', 'import', archive);
      if (status !== 0) throw new Error(`${name} cannot load ${archive}: ${stdout}${stderr}${endOf(runtime.log)}`);
    },
    stop: () => host.stop(),
  };
}
