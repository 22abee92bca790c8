// Which Nodes to measure: the one that runs this, and a Node 24 where there is one.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../support/places.mjs';
import { nodeVersion } from './measure.mjs';

const major = (version) => Number(version.slice(1).split('.')[0]);

function findNode24() {
  const inPackage = join('node_modules', 'node', 'bin', 'node');
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, 'node'));
  const places = [process.env.NODE24, join(cacheFolder, 'node24', inPackage), join(tmpdir(), 'n24', inPackage), ...onPath];
  return places.find((path) => path && existsSync(path) && major(nodeVersion(path)) >= 24);
}

/** The current Node, and Node 24 or later when it is another one. */
export function nodesToMeasure() {
  const current = { path: process.execPath, version: process.version, major: major(process.version) };
  const path = current.major >= 24 ? undefined : findNode24();
  if (!path) return [current];
  const version = nodeVersion(path);
  return [current, { path, version, major: major(version) }];
}
