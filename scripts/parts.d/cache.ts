// Where parts live: a cache outside the clone, shared by all checkouts.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-estafette');

/** A folder of the cache, made when it is not there. */
export function folder(...names: string[]): string {
  const path = join(cacheFolder, ...names);
  mkdirSync(path, { recursive: true });
  return path;
}

export const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The first program of this name on PATH. */
export const onPath = (program: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(isExecutable);
