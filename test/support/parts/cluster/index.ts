// A whole Kubernetes cluster: a control plane and up to three nodes with real pods, each a machine made of namespaces.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { imageArchive } from '../../images/archive';
import { controlPlane } from '../control-plane';
import { needParts } from '../find';
import { ownFolder } from '../folder';
import { account, writeKubeconfig } from '../kubeconfig';
import { kubectlWith, succeed, type Kubectl } from '../kubectl';
import { ip, ipOf, network } from '../network';
import { once, type Part } from '../part';
import { endOf } from '../program';
import { register, removeNow, type Resource } from '../reaper';
import { addresses as clusterAddresses, type Addresses } from './addresses';
import { DNS_IMAGE, dns, storage } from './add-ons';
import { machine, type Machine } from './machine';
import { askAgent, networkPolicies, POLICIES, POLICIES_IMAGE, serveMetadata } from './network-policies';
import { PAUSE_IMAGE, startNode, type Node } from './node';

/** What a cluster needs of scripts/parts. */
export const CLUSTER_PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
  'kubectl',
  'node-containerd',
  'node-runc',
  'cni-plugins',
  'iptables',
  'coredns',
  'busybox',
] as const;

export interface ClusterOptions {
  /** 1 to 3; 1 by default. They are named node-1 to node-3. */
  readonly nodes?: number;
  /** Whether NetworkPolicies are enforced, by a part of its own, and a cloud's metadata answer; no by default. */
  readonly enforced?: boolean;
}

export interface Cluster extends Part {
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
  readonly nodes: readonly Node[];
  readonly addresses: Addresses;
  /** A folder for the caller's files, removed with the cluster. */
  readonly folder: string;
  /** Kills the API server, and starts it on what etcd has; resolves when it is ready. */
  restartApiServer(): Promise<void>;
  /** Loads images, as `docker save` writes them, into every node. */
  load(archive: string): Promise<void>;
}

/**
 * The bridge that the nodes hang on, and a cable from it to this machine. The kernel takes them away with the control plane's
 * network, but not while a connection of it waits for a last answer: hence the cable is registered too.
 */
function wire(plane: Machine, { controlPlane: own, machine: ours, network: all }: Addresses, cable: string): void {
  ipOf(plane.init, 'link', 'add', 'cluster', 'type', 'bridge');
  ipOf(plane.init, 'address', 'add', `${own}/24`, 'dev', 'cluster');
  ipOf(plane.init, 'link', 'set', 'cluster', 'up');
  ipOf(plane.init, 'link', 'set', 'uplink', 'master', 'cluster', 'up');
  ip('address', 'add', `${ours}/24`, 'dev', cable);
  ip('link', 'set', cable, 'up');
  ip('route', 'add', all, 'via', own);
}

async function untilNodesAreReady(kubectl: Kubectl, nodes: readonly Node[]): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { stdout, stderr } = await kubectl([
      'get',
      'nodes',
      '-o',
      'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{" "}{end}',
    ]);
    if (
      stdout
        .trim()
        .split(' ')
        .filter((status) => status === 'True').length === nodes.length
    )
      return;
    if (Date.now() > deadline)
      throw new Error(
        `nodes are not ready after 120 s: ${stdout}${stderr}\n${nodes.map(({ name, machine: { folder } }) => `kubelet of ${name}:\n${endOf(join(folder, 'kubelet.log'))}`).join('\n')}`,
      );
    await sleep(200);
  }
}

/** Ready when all nodes are and names are answered. Runs as root. */
export async function cluster({ nodes: count = 1, enforced = false }: ClusterOptions = {}): Promise<Cluster> {
  if (!Number.isInteger(count) || count < 1 || count > 3) throw new Error(`a cluster has 1 to 3 nodes, not ${count}`);
  const parts = needParts(...CLUSTER_PARTS);
  const agent = enforced ? needParts(POLICIES)[POLICIES] : undefined;
  const folder = ownFolder('cluster');
  const group = register('cgroup', basename(folder.path));
  const made: Resource[] = [folder.resource, group];
  const path = [...new Set(Object.values(parts).map(dirname)), process.env['PATH'] ?? ''].join(delimiter);
  const running: { stop(): Promise<void> }[] = [];
  const stop = once(async () => {
    await Promise.all(running.map((part) => part.stop()));
    removeNow(made);
  });
  const own = (name: string): string => {
    const place = join(folder.path, name);
    mkdirSync(place);
    return place;
  };
  try {
    const plane = machine('control-plane', own('control-plane'), path);
    running.push(plane);
    const { prefix, device } = network('type', 'veth', 'peer', 'name', 'uplink', 'netns', `/proc/${plane.init}/ns/net`);
    made.push(device);
    const addresses = clusterAddresses(prefix);
    wire(plane, addresses, device.name);
    const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
    const [admin, proxy, scheduler, controllers] = [
      account('admin', 'system:masters'),
      account('system:kube-proxy'),
      account('system:kube-scheduler'),
      account('system:kube-controller-manager'),
    ];
    const kubelets = names.map((name) => account(`system:node:${name}`, 'system:nodes'));
    const server = await controlPlane({
      folder: plane.folder,
      host: addresses.controlPlane,
      ports: { api: 6443, etcd: 2379, peers: 2380 },
      serviceRange: addresses.services,
      accounts: [admin, proxy, scheduler, controllers, ...kubelets],
      alone: false,
      programs: parts,
      start: (program, args, name) => plane.start(program, args, name),
    });
    const configuration = (name: string, who: typeof admin): string => {
      const file = join(folder.path, `${name}.kubeconfig`);
      writeKubeconfig(file, server.url, server.authority, who);
      return file;
    };
    const kubeconfig = configuration('admin', admin);
    const kubectl = kubectlWith(parts.kubectl, kubeconfig);
    plane.start(
      parts['kube-controller-manager'],
      [
        `--kubeconfig=${configuration('controllers', controllers)}`,
        '--use-service-account-credentials',
        `--root-ca-file=${server.authority}`,
        `--service-account-private-key-file=${server.serviceAccountKey}`,
        `--cert-dir=${join(plane.folder, 'controllers')}`,
        '--leader-elect=false',
        '--node-monitor-grace-period=16s',
      ],
      'kube-controller-manager',
    );
    plane.start(
      parts['kube-scheduler'],
      [`--kubeconfig=${configuration('scheduler', scheduler)}`, `--cert-dir=${join(plane.folder, 'scheduler')}`, '--leader-elect=false'],
      'kube-scheduler',
    );
    const started = await Promise.all(
      names.map((name, position) =>
        startNode(plane, {
          name,
          index: position + 1,
          folder: own(name),
          cgroup: group.name,
          addresses,
          server: server.url,
          authority: server.authority,
          kubelet: kubelets[position] ?? admin,
          proxy,
          programs: parts,
          path,
        }).then((node) => {
          running.push(node);
          return node;
        }),
      ),
    );
    for (const from of started)
      for (const [position, to] of started.entries())
        if (from !== to) ipOf(from.machine.init, 'route', 'add', addresses.pods(position + 1), 'via', addresses.node(position + 1));
    // Services are reached from this machine, too: the first node knows the way.
    ip('route', 'add', addresses.services, 'via', addresses.node(1));
    const load = async (archive: string): Promise<void> => {
      for (const node of started) await node.load(archive);
    };
    await load(
      imageArchive(own('images'), { files: { '/bin/busybox': parts.busybox, '/coredns': parts.coredns } }, [
        { names: [PAUSE_IMAGE], entrypoint: ['/bin/busybox', 'sleep', '2147483647'] },
        { names: [DNS_IMAGE], entrypoint: ['/coredns'] },
      ]),
    );
    await untilNodesAreReady(kubectl, started);
    if (agent !== undefined) {
      serveMetadata(plane, parts.busybox);
      for (const node of started) askAgent(node.machine);
      await load(imageArchive(own('agent'), { files: { '/agent': agent } }, [{ names: [POLICIES_IMAGE], entrypoint: ['/agent'] }]));
    }
    const addOns = [...dns(addresses), ...storage(join(folder.path, 'volumes')), ...(enforced ? networkPolicies() : [])];
    writeFileSync(join(folder.path, 'add-ons.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: addOns }));
    await succeed(kubectl(['create', '-f', join(folder.path, 'add-ons.json')]));
    for (const workload of ['deployment/coredns', ...(enforced ? [`daemonset/${POLICIES}`] : [])])
      await succeed(kubectl(['rollout', 'status', workload, '--namespace=kube-system', '--timeout=120s']));
    return {
      address: server.url,
      env: { KUBECONFIG: kubeconfig },
      kubeconfig,
      kubectl,
      nodes: started,
      addresses,
      folder: own('files'),
      restartApiServer: () => server.restart(),
      load,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
