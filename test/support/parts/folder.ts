// A folder of its own for each started part, removed with it.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register, removeNow, type Resource } from './reaper';

/** What the names of the parts' folders begin with; programs in them make others. */
export const FOLDER_PREFIX = 'cdk8s-estafette-';

export interface Folder {
  readonly path: string;
  readonly resource: Resource;
  remove(): void;
}

/** @param part its name is in the folder's, so that a look at what is left says whose it was */
export function ownFolder(part: string): Folder {
  const path = join(tmpdir(), `${FOLDER_PREFIX}${part}-${randomBytes(4).toString('hex')}`);
  const resource = register('folder', path);
  mkdirSync(path, { mode: 0o755 });
  return { path, resource, remove: () => removeNow([resource]) };
}
