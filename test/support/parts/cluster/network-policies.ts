// Enforces NetworkPolicies, with the agent of the SIG, and serves what they are to keep pods away from.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ipOf } from '../network';
import { reader } from './add-ons';
import type { Machine } from './machine';

export const POLICIES = 'kube-network-policies';
export const POLICIES_IMAGE = `cdk8s-estafette.test/${POLICIES}:1`;
/** Where clouds give a node's credentials to whoever asks from the node. */
export const METADATA = '169.254.169.254';
const QUEUE = 100;

/** @param busybox serves the metadata, on the machine that is every node's way out */
export function serveMetadata(plane: Machine, busybox: string): void {
  const pages = join(plane.folder, 'metadata');
  mkdirSync(pages);
  writeFileSync(join(pages, 'index.html'), 'credentials\n');
  ipOf(plane.init, 'address', 'add', `${METADATA}/32`, 'dev', 'cluster');
  plane.start(busybox, ['httpd', '-f', '-p', `${METADATA}:80`, '-h', pages], 'metadata');
}

/**
 * Has the kernel of a node ask the agent. The agent does so with nftables, too, but not every kernel has the queue there.
 * As with the agent's own rules, what the node itself sends, such as a probe of the kubelet, is not asked about.
 */
export function askAgent(node: Machine): void {
  const rule = (...args: readonly string[]): void => node.run('iptables', '-t', 'mangle', '-A', 'POSTROUTING', ...args);
  rule('-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT');
  rule('-m', 'addrtype', '--src-type', 'LOCAL', '-j', 'ACCEPT');
  rule('-j', 'NFQUEUE', '--queue-num', String(QUEUE));
}

/** The agent, on every node: the kernel asks it about the first packet of each connection. */
export function networkPolicies(): object[] {
  const labels = { app: POLICIES };
  return [
    ...reader(POLICIES, { '': ['pods', 'namespaces'], 'networking.k8s.io': ['networkpolicies'] }),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: POLICIES, namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: POLICIES,
            hostNetwork: true,
            priorityClassName: 'system-node-critical',
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: POLICIES,
                image: POLICIES_IMAGE,
                args: ['--hostname-override=$(NODE)', `--nfqueue-id=${QUEUE}`, '--netfilter-bug-1766-fix=false', '--disable-nri', '--v=2'],
                env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
                readinessProbe: { httpGet: { path: '/metrics', port: 9080 }, periodSeconds: 1 },
                securityContext: { privileged: true },
              },
            ],
          },
        },
      },
    },
  ];
}
