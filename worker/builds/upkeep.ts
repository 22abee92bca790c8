// What is taken away: from the engine at the end of a build, and from engine, store and records when it is old.
import type { Logger } from 'pino';
import type { Config } from '../config';
import type { Housekeeping } from '../engines/engine';
import type { HandOvers, Records } from '../state/records';
import { imageOf, isFinal, type BuildRecord } from '../state/record';
import type { Store } from '../stores/store';
import { forgetOldBuilds } from './retention';
import type { Room } from './room';

/** How often it is looked for. */
export const TIDY_MS = 10 * 60_000;

export interface UpkeepOptions {
  readonly config: Config;
  readonly records: Records;
  readonly handOvers: HandOvers;
  readonly store: Store;
  /** Folder of the stored objects; without one (S3) the bucket's own rules apply to sizes. */
  readonly folder: string | undefined;
  readonly engine: Housekeeping;
  readonly room: Room;
  readonly logger: Logger;
}

/** The time, but for jumps ahead since the process began: a clock that is set wrong makes no build old. */
function steadyTime(): number {
  return Math.min(Date.now(), performance.timeOrigin + performance.now());
}

export class Upkeep {
  constructor(private readonly options: UpkeepOptions) {}

  /** The image of a build that did not succeed or was deleted, and `latest` with the last build of its app. */
  async discard(record: BuildRecord): Promise<void> {
    const { records, engine } = this.options;
    await engine.remove(imageOf(record));
    const others = () => records.ofApp(record.appId).some((other) => other.repository === record.repository && other.deleted !== true);
    if (record.deleted === true && !others()) await engine.remove(`${record.repository}:latest`);
  }

  /** Old builds, and what is above the sizes that are kept. */
  async tidy(): Promise<void> {
    const { config, records, handOvers, store, folder, engine, room, logger } = this.options;
    await room.fill();
    const forgotten = await forgetOldBuilds({
      records,
      handOvers,
      store,
      folder,
      days: config.RETENTION_DAYS,
      maxBytes: config.RETENTION_BYTES,
      release: async (record) => (record.repository === '' ? undefined : engine.release(imageOf(record))),
      now: steadyTime,
    });
    if (forgotten.length > 0) logger.info({ builds: forgotten.length }, 'old builds forgotten');
    const built = records
      .all()
      .filter(({ repository }) => repository !== '')
      .map((record) => ({ reference: imageOf(record), busy: !isFinal(record.state), at: record.endedAt ?? record.acceptedAt }));
    const freed = await engine.prune(config.CACHE_MAX_BYTES, built);
    if (freed > 0) logger.info({ bytes: freed }, 'images and build cache pruned');
  }
}
