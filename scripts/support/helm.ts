// The real Helm: where it is, and what version it says it has.
import { execFileSync } from 'node:child_process';
import { helm } from '../parts.d/helm';

/** Helm as scripts/parts finds it: HELM_BIN, on PATH, or in a cache, of the version whose reading is ours. */
export const findHelm = (): string | undefined => helm.find();

export const helmVersion = (helm: string): string => execFileSync(helm, ['version'], { encoding: 'utf8' }).trim();

/** What both programs are told about the cluster, so that their outputs can be compared. */
export const KUBE_VERSION = '1.31.0';
export const API_VERSIONS = ['batch/v1/CronJob', 'networking.k8s.io/v1/Ingress'];
export const clusterFlags = (apiVersions: readonly string[] = API_VERSIONS, kubeVersion = KUBE_VERSION): string[] => [
  '--kube-version',
  kubeVersion,
  ...apiVersions.flatMap((api) => ['--api-versions', api]),
];
