// How a build ends: its log, its state, its notice and the hand-over to the store in one write; and how it is forgotten.
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailure, messageOf } from '../errors';
import type { BuildLog, Logs } from '../logs/logs';
import type { Uploads } from '../stores/uploads';
import type { Callbacks } from './callbacks';
import { noticeOf } from './notices';
import type { SourceFetches } from './source-fetches';
import { handOverOf, type HandOver, type Records } from '../state/records';
import { logObject, type Payload } from '../state/payload';
import { isFinal, type BuildRecord, type FinalState } from '../state/record';
import type { Seal } from '../state/seal';

export interface QueueEvents {
  readonly trouble: (build: string | undefined, message: string, error?: unknown) => void;
}

export interface EndingOptions {
  readonly records: Records;
  readonly seal: Seal;
  readonly logs: Logs;
  readonly uploads: Uploads;
  readonly callbacks: Callbacks;
  readonly workFolder: string;
  readonly events: QueueEvents;
  readonly fetches: SourceFetches;
  /** Takes away what a build that did not succeed left on the engine. */
  readonly discard: (record: BuildRecord) => Promise<void>;
}

export interface Ending {
  readonly state: FinalState;
  readonly reason?: string;
}

export const STOPPED: Ending = { state: 'stopped', reason: 'stopped on request' };

/** Once the registry has the image, an end from outside (stop, timeout, a lost engine) only leaves `latest` behind. */
export function endingOf(record: BuildRecord, ending: Ending): Ending {
  if (record.digest === undefined || ending.state === 'succeeded') return ending;
  return { state: 'succeeded', reason: `latest was not pushed: ${ending.reason ?? ending.state}` };
}

/** @throws BuildFailure when it cannot be decrypted. */
export async function readPayload(records: Records, seal: Seal, { key }: BuildRecord): Promise<Payload> {
  const sealed = await records.payload(key);
  if (sealed === undefined) throw new BuildFailure('the payload of the build is gone');
  try {
    return JSON.parse(seal.open(key, sealed)) as Payload;
  } catch (cause) {
    throw new BuildFailure('the payload cannot be decrypted: SECRET_KEY_FILE is not the key it was accepted with', { cause });
  }
}

export class Endings {
  readonly #idle = new Map<string, Promise<void>>();
  readonly #discards = new Set<Promise<void>>();

  constructor(private readonly options: EndingOptions) {}

  /** @throws BuildFailure when it cannot be decrypted. */
  payload(record: BuildRecord): Promise<Payload> {
    return readPayload(this.options.records, this.options.seal, record);
  }

  /** `undefined` where it cannot be opened: a build must end without its log rather than not at all. */
  async openLog(record: BuildRecord, payload: Payload | undefined): Promise<BuildLog | undefined> {
    try {
      return await this.options.logs.open(record, payload);
    } catch (error) {
      this.options.events.trouble(record.key, `the log cannot be opened: ${messageOf(error)}`, error);
      return undefined;
    }
  }

  /**
   * The one place where a build ends: log, state, notice and hand-over to the store
   * in one write. What is left on the engine goes afterwards.
   */
  async end(key: string, told: Ending, log: BuildLog | undefined, payload: Payload | undefined): Promise<void> {
    const { records, seal, logs, uploads, callbacks, fetches } = this.options;
    const before = records.get(key);
    if (before === undefined) return;
    // Engines quote commands, with the build args filled in.
    const ending: Ending = told.reason === undefined ? told : { ...told, reason: logs.secrets(payload).text(told.reason) };
    const handedOver = await this.#closeLog(before, ending, log);
    await fetches.drop(key);
    const sources = fetches.file(before);
    if (before.sourcesKept === true) await rm(sources, { force: true });
    else if (await exists(sources)) handedOver.push(handOverOf(before.buildUuid, sources));
    const replaced = uploads.waitingFile(before.buildUuid);
    const ended = await records.end(key, { ...ending, endedAt: Date.now() }, (next) => ({
      handOvers: next.deleted === true ? [] : handedOver,
      notice: payload === undefined ? undefined : noticeOf(seal, next, payload, 1),
    }));
    logs.forget(key);
    if (ended === undefined) return;
    // Sources of another build with the same UUID that had not reached the store yet.
    if (replaced !== undefined && replaced !== uploads.waitingFile(before.buildUuid)) await rm(replaced, { force: true });
    if (ended.deleted === true) await this.purge(ended);
    else if (ended.state !== 'succeeded' && ended.startedAt !== undefined) this.#discard(ended);
    uploads.wake();
    callbacks.wake(key);
  }

  async #closeLog(record: BuildRecord, ending: Ending, log: BuildLog | undefined): Promise<HandOver[]> {
    const reason = ending.reason ?? '';
    const line = {
      succeeded: `Build succeeded: ${record.digest ?? ''}`,
      failed: `Build failed: ${reason}`,
      stopped: 'Build stopped.',
      'timed out': 'Build timed out (failed).',
    }[ending.state];
    try {
      if (ending.state === 'succeeded' && reason !== '') await log?.spool.line(reason);
      await log?.spool.line(line);
    } catch {
      // The log cannot be written, which may be why the build ends. What there is of it is kept.
    }
    const object = logObject(record.appId, record.number);
    const file = join(this.options.workFolder, object);
    try {
      if (log !== undefined) return [await log.end()];
    } catch (error) {
      this.options.events.trouble(record.key, `the log cannot be closed: ${messageOf(error)}`, error);
    }
    return (await exists(file)) ? [handOverOf(object, file)] : [];
  }

  /** Ends a build that does not run. Asked for twice, it happens once. */
  endIdle(key: string, ending: Ending): Promise<void> {
    const begun = this.#idle.get(key);
    if (begun !== undefined) return begun;
    const work = this.#endIdle(key, ending).finally(() => this.#idle.delete(key));
    this.#idle.set(key, work);
    return work;
  }

  async #endIdle(key: string, ending: Ending): Promise<void> {
    const record = this.options.records.get(key);
    if (record === undefined || isFinal(record.state)) return;
    let payload: Payload | undefined;
    try {
      payload = await this.payload(record);
    } catch (error) {
      this.options.events.trouble(key, messageOf(error));
    }
    await this.end(key, endingOf(record, ending), await this.openLog(record, payload), payload);
  }

  /** Removes everything of a deleted build but its record. */
  async purge(record: BuildRecord): Promise<void> {
    const { records, uploads, workFolder, fetches, events } = this.options;
    const log = logObject(record.appId, record.number);
    const shared = records.withUuid(record.buildUuid).some((other) => other.key !== record.key && other.deleted !== true);
    this.#discard(record);
    await Promise.all([
      uploads.delete(log),
      shared ? undefined : uploads.delete(record.buildUuid),
      rm(fetches.file(record), { force: true }),
      rm(join(workFolder, log), { force: true }),
    ]).catch((error: unknown) => events.trouble(record.key, `not everything could be deleted: ${messageOf(error)}`));
  }

  /** Best effort and in nobody's way: an engine that hangs must not keep a build from its end. The pruning comes back to what stays. */
  #discard(record: BuildRecord): void {
    if (record.repository === '') return;
    const work = this.options
      .discard(record)
      .catch((error: unknown) => this.options.events.trouble(record.key, `what the build left on the engine stays: ${messageOf(error)}`))
      .finally(() => this.#discards.delete(work));
    this.#discards.add(work);
  }

  /** Resolves when everything that was begun here is done. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#idle.values(), ...this.#discards]);
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
