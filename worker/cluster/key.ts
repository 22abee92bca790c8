// The key that all replicas share: made once, in a Secret beside them.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import { Seal } from '../state/seal';
import { ApiUnavailable, hasStatus, type Api, type KubeObject } from './api';
import { WORKER_LABEL } from './names';

const AGAIN_MS = 1000;

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Waits for an API server that is away: nothing can be done without it. */
export async function sharedSeal(api: Api, worker: string, trouble: (message: string) => void): Promise<Seal> {
  const name = `${worker}-key`;
  for (;;) {
    try {
      const key = (await readOrMake(api, name, worker)).data?.['key'];
      if (key === undefined) throw new Error(`the Secret ${name} has no key named key; delete it, and it is made anew`);
      return new Seal(createHash('sha256').update(Buffer.from(key, 'base64')).digest());
    } catch (error) {
      if (!(error instanceof ApiUnavailable) && !hasStatus(error, 409)) throw error;
      trouble(messageOf(error));
      await sleep(AGAIN_MS);
    }
  }
}

async function readOrMake(api: Api, name: string, worker: string): Promise<Secret> {
  try {
    return await api.json<Secret>(api.path('secrets', name));
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels: { [WORKER_LABEL]: worker } },
      data: { key: randomBytes(32).toString('base64') },
    };
    return api.json<Secret>(api.path('secrets'), { method: 'POST', body });
  }
}
