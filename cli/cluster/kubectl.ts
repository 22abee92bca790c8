// The one way to a cluster: kubectl on PATH, with the person's own kubeconfig and rights.
import { spawnSync } from 'node:child_process';
import { InputError } from '../usage';

/** Flags of each command that looks at a cluster. */
export const CLUSTER_FLAGS = { context: { type: 'string' }, kubeconfig: { type: 'string' } } as const;

export interface ClusterFlags {
  /** @default the current one */
  readonly context?: string;
  /** @default what kubectl takes */
  readonly kubeconfig?: string;
}

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  /** Lines on stderr. */
  readonly complaints: readonly string[];
}

/** What kubectl puts in front of lines that are for its makers. */
const LOG_HEADER = /^[IWEF]\d{4} [\d:.]+ +\d+ \S+\] ("Unhandled Error" err=)?/;

/** @throws InputError when there is no kubectl */
export function ask(args: readonly string[], { context, kubeconfig }: ClusterFlags, input = ''): Answer {
  const where = [
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
  ];
  const { status, stdout, stderr, error } = spawnSync('kubectl', [...where, ...args], { input, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (error)
    throw new InputError([
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'there is no kubectl on PATH: install it, since it is what asks the cluster'
        : `kubectl cannot be run: ${error.message}`,
    ]);
  const complaints = stderr.split('\n').map((line) => line.replace(LOG_HEADER, ''));
  return { status: status ?? 1, stdout, complaints: complaints.filter((line) => line.trim() !== '') };
}

/** What kubectl prints. @throws InputError with what it complains of */
export function answerOf(args: readonly string[], flags: ClusterFlags, input?: string): string {
  const { status, stdout, complaints } = ask(args, flags, input);
  if (status !== 0) throw new InputError([`kubectl ${args.slice(0, 2).join(' ')}: ${complaints.at(-1) ?? `ended with ${status}`}`]);
  return stdout;
}

/** The cluster as people know it: context and server. @throws InputError when the kubeconfig has none */
export function clusterName(flags: ClusterFlags): string {
  const config = JSON.parse(answerOf(['config', 'view', '--minify', '--output=json'], flags)) as {
    readonly 'current-context'?: string;
    readonly clusters?: readonly { readonly cluster?: { readonly server?: string } }[] | null;
  };
  const context = flags.context ?? config['current-context'];
  const server = config.clusters?.[0]?.cluster?.server;
  if (!context || server === undefined)
    throw new InputError(['kubectl has no cluster to ask: choose a context with --context, or kubectl config use-context']);
  return `${context} (${server})`;
}

/** Objects of what kubectl printed as JSON: nothing at all, one object, or a list. */
export function itemsIn(stdout: string): object[] {
  if (stdout.trim() === '') return [];
  const read = JSON.parse(stdout) as { readonly items?: readonly object[] };
  return read.items ? [...read.items] : [read];
}
