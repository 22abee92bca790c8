// One list, then a watch from there on: what is known of the objects of a kind, kept up to date through cuts.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import { hasStatus, type Api, type KubeObject } from './api';

const PAGE = 500;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** The server sends a bookmark every minute: a watch on which nothing comes for longer is dead. */
const IDLE_MS = 90_000;

export interface FollowOptions<T extends KubeObject> {
  readonly api: Api;
  /** As `Api.path` has it. */
  readonly kind: string;
  readonly labels: string;
  readonly fields?: string;
  /** All there are, at the beginning and whenever the watch has missed something. */
  readonly listed: (objects: readonly T[]) => void;
  readonly changed: (object: T) => void;
  readonly removed: (object: T) => void;
  readonly trouble: (message: string) => void;
  readonly signal: AbortSignal;
}

interface List<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

interface Event<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T & { readonly code?: number; readonly message?: string };
}

/** The server has forgotten where the watch was. */
class Gone extends Error {}

/** Resolves once the first list is there; goes on until the signal. */
export function follow<T extends KubeObject>(options: FollowOptions<T>): Promise<void> {
  return new Promise((resolve) => void forever(options, resolve));
}

async function forever<T extends KubeObject>(options: FollowOptions<T>, synced: () => void): Promise<void> {
  const { signal, trouble } = options;
  let version: string | undefined;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      version ??= await list(options);
      synced();
      await watch(options, version, (at) => {
        version = at;
        pause = FIRST_PAUSE_MS;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Gone || hasStatus(error, 410)) version = undefined;
      else trouble(messageOf(error));
    }
    // After a watch that the server has ended, too: one that ends each at once must not be asked without pause.
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}

async function list<T extends KubeObject>({ api, kind, labels, fields, listed, signal }: FollowOptions<T>): Promise<string> {
  const objects: T[] = [];
  for (let next: string | undefined; ;) {
    const query = { labelSelector: labels, fieldSelector: fields, limit: PAGE, continue: next };
    const { metadata, items } = await api.json<List<T>>(api.path(kind), { query, signal });
    objects.push(...items);
    next = metadata.continue;
    if (next !== undefined && next !== '') continue;
    listed(objects);
    return metadata.resourceVersion;
  }
}

async function watch<T extends KubeObject>(
  { api, kind, labels, fields, changed, removed, signal }: FollowOptions<T>,
  from: string,
  at: (version: string) => void,
): Promise<void> {
  const query = { watch: 'true', allowWatchBookmarks: 'true', labelSelector: labels, fieldSelector: fields, resourceVersion: from };
  const body = await api.stream(api.path(kind), query, signal, IDLE_MS);
  try {
    for await (const line of createInterface({ input: body })) {
      const { type, object } = JSON.parse(line) as Event<T>;
      if (type === 'ERROR') throw object.code === 410 ? new Gone() : new Error(object.message ?? 'the watch failed');
      if (type === 'DELETED') removed(object);
      else if (type !== 'BOOKMARK') changed(object);
      if (object.metadata.resourceVersion !== undefined) at(object.metadata.resourceVersion);
    }
    if (body.errored) throw body.errored;
  } finally {
    body.destroy();
  }
}
