// Which Nodes to measure: the one that runs this, and a Node 24 where there is one.
import { node24 } from '../parts.d/node24';
import { nodeVersion } from './measure';

const major = (version: string): number => Number(version.slice(1).split('.')[0]);

export interface MeasuredNode {
  path: string;
  /** With its `v`. */
  version: string;
  major: number;
}

/** The current Node, and Node 24 or later when it is another one. */
export function nodesToMeasure(): [MeasuredNode, ...MeasuredNode[]] {
  const current = { path: process.execPath, version: process.version, major: major(process.version) };
  const path = current.major >= 24 ? undefined : node24.find();
  if (!path) return [current];
  const version = nodeVersion(path);
  return [current, { path, version, major: major(version) }];
}
