// Taking a build in: checked, its sources on disk, then record, payload and pending notice in one write.
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, requestErrors } from '../errors';
import { decodeDataUri } from '../sources/fetch';
import { noticeWrite } from './callbacks';
import type { Database, Write } from '../state/database';
import { appId, buildKey, canonical, parsePayload, repositoryOf, type Payload } from '../state/payload';
import type { BuildRecord } from '../state/record';
import type { Seal } from '../state/seal';

/** Stands for sources that came with the request and lie in the work folder. */
const SOURCES_ON_DISK = 'data:,';

export interface IntakeOptions {
  readonly database: Database;
  readonly seal: Seal;
  readonly workFolder: string;
  readonly maxSourceBytes: number;
  /** Refuses builds when there is no room for them. */
  readonly admit: () => Promise<void>;
}

export interface Accepted {
  readonly record: BuildRecord;
  /** Whether it was not there before. */
  readonly fresh: boolean;
}

export class Intake {
  #sequence: number;

  constructor(private readonly options: IntakeOptions) {
    this.#sequence = options.database.all('build').reduce((highest, { sequence }) => Math.max(highest, sequence), 0);
  }

  /**
   * Resolves once the build is safely in the queue, or was before.
   * @throws RequestError
   */
  async accept(body: unknown): Promise<Accepted> {
    const { database, seal, workFolder, admit } = this.options;
    const payload = parsePayload(body);
    const id = appId(payload);
    const number = String(payload.build_number);
    const key = buildKey(id, number);
    const fingerprint = seal.fingerprint(canonical(body));
    const known = () => {
      const record = database.get('build', key);
      if (record?.deleted === true) throw requestErrors.deletedBuild(key);
      if (record !== undefined && record.fingerprint !== fingerprint) throw requestErrors.conflict(key);
      return record;
    };
    const before = known();
    if (before !== undefined) return { record: before, fresh: false };
    await admit();
    const work = randomUUID();
    const sources = join(workFolder, `${work}.sources`);
    let taken = false;
    try {
      const kept = await this.#keepSources(payload, sources);
      const accepted = await database.change(() => {
        const present = known();
        if (present !== undefined) return { result: { record: present, fresh: false }, writes: [] };
        const record: BuildRecord = {
          key,
          appId: id,
          number,
          app: payload.app,
          space: payload.space,
          buildUuid: payload.build_uuid,
          repository: repositoryOf(payload),
          sequence: (this.#sequence += 1),
          fingerprint,
          work,
          state: 'queued',
          attempts: 0,
          acceptedAt: Date.now(),
        };
        const writes: Write[] = [
          { table: 'build', key, value: record },
          { table: 'payload', key, value: seal.close(key, JSON.stringify(kept)) },
          ...noticeWrite(seal, record, payload, 0),
        ];
        return { result: { record, fresh: true }, writes };
      });
      taken = accepted.fresh;
      return accepted;
    } finally {
      if (!taken) await rm(sources, { force: true });
    }
  }

  /** Sources inside the request go to the disk: the database stays small. */
  async #keepSources(payload: Payload, path: string): Promise<Payload> {
    if (!payload.sources.startsWith('data:')) return payload;
    let bytes: Buffer;
    try {
      bytes = decodeDataUri(payload.sources);
    } catch (error) {
      throw requestErrors.invalidField('sources', messageOf(error));
    }
    if (bytes.length > this.options.maxSourceBytes) throw requestErrors.sourcesTooLarge(this.options.maxSourceBytes);
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (codeOf(error) === 'ENOSPC') throw requestErrors.diskFull();
      throw error;
    }
    return { ...payload, sources: SOURCES_ON_DISK };
  }
}
