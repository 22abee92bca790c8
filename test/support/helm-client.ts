// Helm as a person has it who works on a cluster, with nothing of it outside of the test's folder.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';

export interface HelmPlace {
  /** Holds what Helm keeps for itself. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly namespace: string;
}

/** Where Helm keeps its own files. */
export const helmHome = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(['CACHE', 'CONFIG', 'DATA'].map((home) => [`HELM_${home}_HOME`, join(folder, home.toLowerCase())]));

/** Runs it to its end, whatever that is. */
export function runHelm(program: string, { folder, kubeconfig, namespace }: HelmPlace, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(program, [...args, '--namespace', namespace], {
    encoding: 'utf8',
    env: { ...process.env, ...helmHome(folder), KUBECONFIG: kubeconfig },
  });
}

/** Gives what it prints. @throws Error with that when it fails */
export function helm(program: string, place: HelmPlace, args: readonly string[]): string {
  const { status, stdout, stderr } = runHelm(program, place, args);
  if (status !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}
