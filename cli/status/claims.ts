// Volume claims that are nearly full: only the kubelet of the node that mounts one knows.
import { ask, type ClusterFlags } from '../cluster/kubectl';
import { at, maps, type Plain, type Thing } from '../diff/objects';
import type { Problem } from './problem';

/** A part of the whole. */
const NEARLY_FULL = 0.85;

export interface Claims {
  readonly problems: readonly Problem[];
  /** Why nothing is known of some. @default all is known */
  readonly note?: string;
}

/** @param pods those of the release */
export function fullClaims(pods: readonly Thing[], flags: ClusterFlags): Claims {
  const problems = new Map<string, Problem>();
  const mounting = pods.filter((pod) => maps(at(pod, 'spec', 'volumes')).some((volume) => volume['persistentVolumeClaim'] !== undefined));
  const own = new Set(mounting.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const nodes = new Set(mounting.map((pod) => at(pod, 'spec', 'nodeName')).filter((node) => typeof node === 'string'));
  for (const node of nodes) {
    const { status, stdout, complaints } = ask(['get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`], flags);
    if (status !== 0)
      return {
        problems: [...problems.values()],
        note: `how full claims are is not known: ${complaints.at(-1) ?? `kubectl ended with ${status}`}`,
      };
    for (const pod of maps((JSON.parse(stdout) as Plain)['pods'])) {
      if (!own.has(`${String(at(pod, 'podRef', 'namespace'))}/${String(at(pod, 'podRef', 'name'))}`)) continue;
      for (const volume of maps(pod['volume'])) {
        const problem = fullness(volume);
        if (problem) problems.set(`${problem.namespace}/${problem.name}`, problem);
      }
    }
  }
  return { problems: [...problems.values()] };
}

function fullness(volume: Plain): Problem | undefined {
  const { name, namespace } = (volume['pvcRef'] ?? {}) as Plain;
  const part = (used: string, all: string): number => Number(volume[used]) / Number(volume[all]) || 0;
  const [bytes, files] = [part('usedBytes', 'capacityBytes'), part('inodesUsed', 'inodes')];
  if (typeof name !== 'string' || Math.max(bytes, files) < NEARLY_FULL) return undefined;
  const percent = (of: number): string => `${Math.round(of * 100)} %`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace: String(namespace),
    name,
    trouble: 'claim',
    message: bytes >= NEARLY_FULL ? `is ${percent(bytes)} full` : `has ${percent(files)} of its files`,
    details: [],
  };
}
