// Room on the engine's disk: the oldest images of this worker's builds and the build cache go first.
import { z } from 'zod';
import { KEEP_LABEL, type BuiltImage } from '../engine';
import { EngineError, type EngineClient } from './client';

/** A full disk is slow to clear. */
const TIMEOUT_MS = 600_000;

const entry = z.looseObject({
  Id: z.string(),
  Size: z.number(),
  SharedSize: z.number().nullish(),
  RepoTags: z.array(z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
});
type Entry = z.infer<typeof entry>;
const usage = z.looseObject({ Images: z.array(entry).nullish() });
const inspected = z.looseObject({
  RepoTags: z.array(z.string()).nullish(),
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
const removed = z.array(z.looseObject({ Deleted: z.string().optional() }));
const pruned = z.looseObject({ SpaceReclaimed: z.number().nullish() });

/** As the engine writes it: Docker Hub is not named. */
function familiar(reference: string): string {
  return reference.replace(/^docker\.io\/(library\/)?/, '');
}

function repositoryOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(':'));
}

/** Engines before API 1.42 tell what images share only here. */
async function listImages(client: EngineClient): Promise<Entry[]> {
  const listed = z
    .array(entry)
    .parse(await client.json({ method: 'GET', path: '/images/json', query: { 'shared-size': true }, timeoutMs: TIMEOUT_MS }));
  if (listed.every(({ SharedSize }) => (SharedSize ?? -1) >= 0)) return listed;
  return usage.parse(await client.json({ method: 'GET', path: '/system/df', timeoutMs: TIMEOUT_MS })).Images ?? [];
}

/** All references of an image that nobody but the worker has named, or `undefined`. */
function ownTags(tags: readonly string[], isBuilt: (reference: string) => boolean): string[] | undefined {
  const named = tags.filter((tag) => tag !== '<none>:<none>');
  const repositories = new Set(named.filter(isBuilt).map(repositoryOf));
  const own =
    repositories.size > 0 && named.every((tag) => isBuilt(tag) || (tag.endsWith(':latest') && repositories.has(repositoryOf(tag))));
  return own ? named : undefined;
}

/** @returns whether the image itself is gone. What a container uses stays, and so does what is in use by another image. */
async function removeTags(client: EngineClient, id: string, tags: readonly string[]): Promise<boolean> {
  let gone = false;
  for (const tag of tags) {
    try {
      const answer = removed.parse(await client.json({ method: 'DELETE', path: `/images/${tag}` }));
      gone ||= answer.some(({ Deleted }) => Deleted === id);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
  return gone;
}

/**
 * Images that others have named, images labelled `keep` and those of running builds stay whatever their size. Layers shared with other
 * images count for none:
 * removing one image would not free them.
 * @returns the bytes freed.
 */
export async function pruneEngine(client: EngineClient, maxBytes: number, built: readonly BuiltImage[]): Promise<number> {
  const known = new Map(built.map((image) => [familiar(image.reference), image]));
  const candidates = [];
  for (const { Id, Size, SharedSize, RepoTags, Labels } of await listImages(client)) {
    const tags = ownTags(RepoTags ?? [], (reference) => known.has(reference));
    const images = (tags ?? []).flatMap((tag) => known.get(tag) ?? []);
    if (tags === undefined || Labels?.[KEEP_LABEL] !== undefined || images.some(({ busy }) => busy)) continue;
    candidates.push({ id: Id, tags, bytes: Size - Math.max(0, SharedSize ?? 0), at: Math.max(...images.map(({ at }) => at)) });
  }
  let kept = 0;
  let freed = 0;
  for (const { id, tags, bytes } of candidates.sort((a, b) => b.at - a.at)) {
    if (kept + bytes > maxBytes && (await removeTags(client, id, tags))) freed += bytes;
    else kept += bytes;
  }
  return freed + (await pruneCache(client, maxBytes));
}

async function pruneCache(client: EngineClient, maxBytes: number): Promise<number> {
  try {
    const answer = pruned.parse(
      await client.json({ method: 'POST', path: '/build/prune', query: { 'keep-storage': maxBytes, all: true }, timeoutMs: TIMEOUT_MS }),
    );
    return answer.SpaceReclaimed ?? 0;
  } catch (error) {
    // No BuildKit, no cache of its own.
    if (error instanceof EngineError) return 0;
    throw error;
  }
}

/** Removes the image of a build that is forgotten, with `latest` where that is the same one, unless it is labelled `keep`. */
export async function releaseImage(client: EngineClient, reference: string): Promise<void> {
  try {
    const { RepoTags, Config } = inspected.parse(await client.json({ method: 'GET', path: `/images/${reference}/json` }));
    if (Config?.Labels?.[KEEP_LABEL] !== undefined) return;
    const tags = ownTags(RepoTags ?? [], (tag) => tag === familiar(reference)) ?? [reference];
    await removeTags(client, '', tags);
  } catch (error) {
    // Gone already.
    if (!(error instanceof EngineError) || error.status !== 404) throw error;
  }
}
