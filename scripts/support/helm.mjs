// The real Helm: where it is, and what version it says it has.
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './places.mjs';

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** HELM_BIN, then PATH, then where Go and our own scripts install it. */
export function findHelm() {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, 'helm'));
  const places = [process.env.HELM_BIN, ...onPath, join(homedir(), 'go', 'bin', 'helm'), join(cacheFolder, 'bin', 'helm')];
  return places.find((path) => path && isProgram(path));
}

export const helmVersion = (helm) => execFileSync(helm, ['version'], { encoding: 'utf8' }).trim();

/** What both programs are told about the cluster, so that their outputs can be compared. */
export const KUBE_VERSION = '1.31.0';
export const API_VERSIONS = ['batch/v1/CronJob', 'networking.k8s.io/v1/Ingress'];
export const clusterFlags = (apiVersions = API_VERSIONS, kubeVersion = KUBE_VERSION) => ['--kube-version', kubeVersion, ...apiVersions.flatMap((api) => ['--api-versions', api])];
