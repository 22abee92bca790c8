// How a build ends: its log, its state, its notice and the hand-over to the store in one write; and how it is forgotten.
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailure, messageOf } from '../errors';
import type { BuildLog, Logs } from '../logs/logs';
import { Uploads } from '../stores/uploads';
import { noticeWrite, type Callbacks } from './callbacks';
import type { Database, Write } from './database';
import type { Payload } from './payload';
import type { BuildRecord, FinalState } from './record';
import type { Seal } from './seal';

export interface QueueEvents {
  readonly changed: (record: BuildRecord) => void;
  readonly trouble: (build: string | undefined, message: string, error?: unknown) => void;
}

export interface EndingOptions {
  readonly database: Database;
  readonly seal: Seal;
  readonly logs: Logs;
  readonly uploads: Uploads;
  readonly callbacks: Callbacks;
  readonly workFolder: string;
  readonly events: QueueEvents;
  /** Takes away what a build that did not succeed left on the engine. */
  readonly discard: (record: BuildRecord) => Promise<void>;
}

export interface Ending {
  readonly state: FinalState;
  readonly digest?: string;
  readonly reason?: string;
}

export class Endings {
  constructor(private readonly options: EndingOptions) {}

  /** @throws BuildFailure when it cannot be decrypted. */
  payload(record: BuildRecord): Payload {
    const sealed = this.options.database.get('payload', record.key);
    if (sealed === undefined) throw new BuildFailure('the payload of the build is gone');
    try {
      return JSON.parse(this.options.seal.open(record.key, sealed)) as Payload;
    } catch (cause) {
      throw new BuildFailure('the payload cannot be decrypted: SECRET_KEY_FILE is not the key it was accepted with', { cause });
    }
  }

  /** The one place where a build ends: log, state, notice and hand-over to the store in one write. */
  async end(key: string, ending: Ending, log: BuildLog, payload: Payload | undefined): Promise<void> {
    const { database, seal, logs, uploads, callbacks, events, workFolder } = this.options;
    const line = { succeeded: `Build succeeded: ${ending.digest ?? ''}`, failed: `Build failed: ${ending.reason ?? ''}`, stopped: 'Build stopped.', 'timed out': 'Build timed out (failed).' }[ending.state];
    await log.spool.line(line).catch(() => undefined);
    const handOver = await log.end();
    const sources = join(workFolder, `${database.get('build', key)?.work ?? ''}.sources`);
    const fetched = (await stat(sources).catch(() => undefined)) !== undefined;
    const ended = await database.transition(key, { ...ending, endedAt: Date.now() }, (next) => {
      const kept: Write[] = next.deleted === true ? [] : [handOver, ...(fetched ? [Uploads.entry(next.buildUuid, sources)] : [])];
      return [...kept, ...(payload === undefined ? [] : noticeWrite(seal, next, payload, 1))];
    });
    logs.forget(key);
    if (ended === undefined) return;
    if (ended.deleted === true) await this.purge(ended);
    events.changed(ended);
    uploads.wake();
    callbacks.wake();
  }

  /** Ends a build that does not run. */
  async endIdle(record: BuildRecord, ending: Ending): Promise<void> {
    let payload: Payload | undefined;
    try {
      payload = this.payload(record);
    } catch (error) {
      this.options.events.trouble(record.key, messageOf(error));
    }
    await this.end(record.key, ending, await this.options.logs.open(record, payload), payload);
  }

  async purge(record: BuildRecord): Promise<void> {
    const { uploads, discard, workFolder, events } = this.options;
    await Promise.all([
      uploads.delete(`${record.appId}-${record.number}.logs`),
      uploads.delete(record.buildUuid),
      rm(join(workFolder, `${record.work}.sources`), { force: true }),
      rm(join(workFolder, `${record.appId}-${record.number}.logs`), { force: true }),
      discard(record),
    ]).catch((error: unknown) => events.trouble(record.key, `not everything could be deleted: ${messageOf(error)}`));
  }
}
