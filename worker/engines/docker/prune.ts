// Room on the engine's disk: the oldest images built here and the build cache go first.
import { z } from 'zod';
import { KEEP_LABEL, OWNER_LABEL } from '../engine';
import { EngineError, type EngineClient } from './client';

const images = z.array(
  z.looseObject({ Id: z.string(), Created: z.number(), Size: z.number(), RepoTags: z.array(z.string()).nullish(), Labels: z.record(z.string(), z.string()).nullish() }),
);
const pruned = z.looseObject({ SpaceReclaimed: z.number().nullish() });

/** Images of others, images labelled `keep` and those in use stay whatever their size. Resolves with the bytes freed, layers shared counted once each. */
export async function pruneEngine(client: EngineClient, maxBytes: number, inUse: (reference: string) => boolean): Promise<number> {
  const found = images.parse(await client.json({ method: 'GET', path: '/images/json', query: { filters: { label: [OWNER_LABEL] } } }));
  const mine = found
    .filter(({ Labels, RepoTags }) => Labels?.[OWNER_LABEL] !== undefined && Labels[KEEP_LABEL] === undefined && !(RepoTags ?? []).some(inUse))
    .sort((a, b) => b.Created - a.Created);
  let kept = 0;
  let freed = 0;
  for (const { Id, Size, RepoTags } of mine) {
    if (kept + Size <= maxBytes) {
      kept += Size;
      continue;
    }
    const references = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
    for (const reference of references.length > 0 ? references : [Id]) {
      await client.json({ method: 'DELETE', path: `/images/${reference}` }).catch((error: unknown) => {
        // In use by a container, or gone meanwhile.
        if (!(error instanceof EngineError)) throw error;
      });
    }
    freed += Size;
  }
  try {
    const answer = pruned.parse(await client.json({ method: 'POST', path: '/build/prune', query: { 'keep-storage': maxBytes, all: true }, timeoutMs: 600_000 }));
    return freed + (answer.SpaceReclaimed ?? 0);
  } catch (error) {
    // No BuildKit, no cache of its own.
    if (error instanceof EngineError) return freed;
    throw error;
  }
}
