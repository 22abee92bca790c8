// etcd and kube-apiserver: how they are called, on loopback or inside a cluster's network.
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { writeTokens, type Account } from './kubeconfig';
import type { Running } from './program';
import { untilReady } from './program';

export interface ControlPlaneOptions {
  readonly folder: string;
  /** Where clients find the API server; its certificate is for this address. */
  readonly host: string;
  readonly ports: { readonly api: number; readonly etcd: number; readonly peers: number };
  readonly serviceRange: string;
  readonly accounts: readonly Account[];
  /** Whether nobody makes service accounts, since no controller runs. */
  readonly alone: boolean;
  /** Further flags of kube-apiserver. */
  readonly flags?: readonly string[];
  readonly programs: { readonly etcd: string; readonly 'kube-apiserver': string };
  readonly start: (program: string, args: readonly string[], name: string) => Running;
}

export interface ControlPlane {
  readonly url: string;
  /** The certificate that clients trust. */
  readonly authority: string;
  readonly serviceAccountKey: string;
  /** Ends kube-apiserver, and begins it anew on what etcd has; resolves when it is ready. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const isReady = (url: string, token: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    // The certificate is made at the start, so it cannot be trusted before.
    request(`${url}/readyz`, { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .once('error', reject)
      .end();
  });

export async function controlPlane({
  folder,
  host,
  ports,
  serviceRange,
  accounts,
  alone,
  flags = [],
  programs,
  start,
}: ControlPlaneOptions): Promise<ControlPlane> {
  const [key, tokens, certificates] = [join(folder, 'service-accounts.key'), join(folder, 'tokens.csv'), join(folder, 'certificates')];
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(key, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  writeTokens(tokens, accounts);
  const [client, peers] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.peers}`];
  const etcd = start(
    programs.etcd,
    [
      '--name=test',
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=test=${peers}`,
      '--unsafe-no-fsync',
    ],
    'etcd',
  );
  const url = `https://${host}:${ports.api}`;
  const startServer = (): Running =>
    start(
      programs['kube-apiserver'],
      [
        `--etcd-servers=${client}`,
        `--bind-address=${host}`,
        `--advertise-address=${host}`,
        `--secure-port=${ports.api}`,
        `--cert-dir=${certificates}`,
        `--service-cluster-ip-range=${serviceRange}`,
        `--token-auth-file=${tokens}`,
        '--authorization-mode=Node,RBAC',
        '--allow-privileged=true',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${key}`,
        `--service-account-signing-key-file=${key}`,
        // Admission webhooks are called at their pods: no kube-proxy runs beside the server.
        '--enable-aggregator-routing=true',
        '--kubelet-preferred-address-types=InternalIP',
        '--endpoint-reconciler-type=' + (alone ? 'none' : 'master-count'),
        '--profiling=false',
        ...(alone ? ['--disable-admission-plugins=ServiceAccount'] : []),
        ...flags,
      ],
      'kube-apiserver',
    );
  let server = startServer();
  const ready = (): Promise<void> => untilReady('kube-apiserver', server, () => isReady(url, accounts[0]?.token ?? ''));
  try {
    await ready();
  } catch (error) {
    await Promise.all([server.stop(), etcd.stop()]);
    throw error;
  }
  return {
    url,
    authority: join(certificates, 'apiserver.crt'),
    serviceAccountKey: key,
    async restart() {
      await server.stop();
      server = startServer();
      await ready();
    },
    async stop() {
      await server.stop();
      await etcd.stop();
    },
  };
}
