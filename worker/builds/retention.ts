// Old builds go: by age, and by the size of what the disk keeps of them. Also what a crash left in the work folder.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../stores/store';
import type { HandOvers, Records } from '../state/records';
import { logObject } from '../state/payload';
import { isFinal, type BuildRecord } from '../state/record';

const DAY_MS = 24 * 3600 * 1000;

export interface RetentionOptions {
  readonly records: Records;
  readonly handOvers: HandOvers;
  readonly store: Store;
  /** Folder of the stored objects; without one (S3) the bucket's own rules apply to sizes. */
  readonly folder?: string | undefined;
  readonly days: number;
  readonly maxBytes: number;
  /** Removes the image of a build that is too old. Where that fails, the build is remembered for the next time. */
  readonly release: (record: BuildRecord) => Promise<void>;
  /** @default the time */
  readonly now?: () => number;
}

function settled({ records, handOvers }: RetentionOptions, record: BuildRecord): boolean {
  const uploading = [logObject(record.appId, record.number), record.buildUuid].some((object) => handOvers.handOver(object) !== undefined);
  return isFinal(record.state) && !uploading && records.noticesOf(record.key).final === undefined;
}

async function sizeOf(folder: string | undefined, name: string): Promise<number> {
  if (folder === undefined) return 0;
  return (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
}

async function released(release: RetentionOptions['release'], record: BuildRecord): Promise<boolean> {
  return release(record).then(
    () => true,
    () => false,
  );
}

/**
 * Size costs a build its log and sources, oldest first; only age its record, which keeps it from running twice.
 * @returns the builds of which something was removed.
 */
export async function forgetOldBuilds(options: RetentionOptions): Promise<BuildRecord[]> {
  const { records, store, folder, days, maxBytes, release, now = Date.now } = options;
  const newestFirst = records
    .all()
    .filter((record) => settled(options, record))
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  const forgotten: BuildRecord[] = [];
  const seen = new Set(records.open().map(({ buildUuid }) => buildUuid));
  let bytes = 0;
  for (const record of newestFirst) {
    // Builds may share their sources; the newest one keeps them.
    const shared = seen.has(record.buildUuid);
    seen.add(record.buildUuid);
    const objects = [logObject(record.appId, record.number), ...(shared ? [] : [record.buildUuid])];
    let size = 0;
    for (const name of objects) size += await sizeOf(folder, name);
    bytes += size;
    const old = now() - (record.endedAt ?? 0) > days * DAY_MS;
    if (!old && (size === 0 || bytes <= maxBytes)) continue;
    if (folder !== undefined) for (const name of objects) await store.delete(name);
    if (old && (await released(release, record))) await records.forget(record.key);
    forgotten.push(record);
  }
  return forgotten;
}

/** Files of the work folder that no build and no upload knows. */
export async function sweepWorkFolder(folder: string, records: Pick<Records, 'all'>, handOvers: HandOvers): Promise<void> {
  const known = new Set(handOvers.handOvers().map(({ file }) => file));
  for (const record of records.all()) {
    if (isFinal(record.state)) continue;
    known.add(join(folder, `${record.work}.sources`));
    known.add(join(folder, logObject(record.appId, record.number)));
  }
  for (const name of await readdir(folder))
    if (!known.has(join(folder, name))) await rm(join(folder, name), { recursive: true, force: true });
}
