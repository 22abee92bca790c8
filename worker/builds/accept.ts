// Taking a build in: checked, numbered, its sources on disk, then record, payload and pending notice in one write.
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, requestErrors } from '../errors';
import { decodeDataUri } from '../sources/data-uri';
import { noticeOf } from './notices';
import { ownBuildOf } from './own-sources';
import type { Acceptance, Accepted, Records } from '../state/records';
import { appId, buildKey, canonical, parsePayload, printable, repositoryOf, type ParsedPayload, type Payload } from '../state/payload';
import type { BuildRecord } from '../state/record';
import type { Seal } from '../state/seal';

/** Stands for sources that came with the request and lie in the work folder. */
const SOURCES_ON_DISK = 'data:,';

export interface IntakeOptions {
  readonly records: Records;
  readonly seal: Seal;
  readonly workFolder: string;
  readonly maxSourceBytes: number;
  /** Brings sources that came with a request to where other processes find them. @default they stay here */
  readonly keep?: (uuid: string, file: string) => Promise<void>;
  /** Payloads that are larger are not taken. @default any size */
  readonly maxPayloadBytes?: number;
  /** Refuses builds when there is no room for them. */
  readonly admit: () => Promise<void>;
}

export class Intake {
  constructor(private readonly options: IntakeOptions) {}

  /**
   * Resolves once the build is safely in the queue, or was before.
   * @param host where the request was sent to: sources below it are the worker's own
   * @throws RequestError
   */
  async accept(body: unknown, host?: string): Promise<Accepted> {
    const { records, seal, workFolder, admit } = this.options;
    const parsed = parsePayload(body);
    const { payload } = parsed;
    const fingerprint = seal.fingerprint(canonical(parsed));
    const before = this.#known(payload, fingerprint);
    if (before !== undefined) return { record: before, fresh: false };
    await admit();
    const work = randomUUID();
    const sources = join(workFolder, `${work}.sources`);
    let taken = false;
    try {
      const kept = await this.#keepSources(this.#bounded(parsed), sources);
      const elsewhere = kept.payload.sources === SOURCES_ON_DISK && this.options.keep !== undefined;
      if (elsewhere) await this.options.keep?.(payload.build_uuid, sources);
      const accepted = await records.accept((): BuildRecord | Acceptance => {
        const present = this.#known(payload, fingerprint);
        if (present !== undefined) return present;
        const number = this.#freeNumber(payload);
        const own = ownBuildOf(payload.sources, host);
        const named: Payload = {
          ...kept.payload,
          ...(own === undefined ? {} : { own_sources: own }),
          build_number: typeof payload.build_number === 'number' ? Number(number) : number,
        };
        const record: BuildRecord = {
          key: buildKey(appId(payload), number),
          appId: appId(payload),
          number,
          ...(number === String(payload.build_number) ? {} : { postedNumber: String(payload.build_number) }),
          app: payload.app,
          space: payload.space,
          buildUuid: payload.build_uuid,
          ...(payload.branch ? { branch: printable(payload.branch.slice(0, 250)) } : {}),
          ...(payload.sha ? { commit: printable(payload.sha.slice(0, 250)) } : {}),
          repository: kept.problem === undefined ? repositoryOf(payload) : '',
          ...(kept.problem === undefined ? {} : { unbuildable: kept.problem }),
          ...(elsewhere ? { sourcesKept: true } : {}),
          sequence: records.nextSequence(),
          fingerprint,
          work,
          state: 'queued',
          attempts: 0,
          acceptedAt: Date.now(),
        };
        return { record, payload: seal.close(record.key, JSON.stringify(named)), notice: noticeOf(seal, record, named, 0) };
      });
      taken = accepted.fresh;
      return accepted;
    } finally {
      if (!taken) await rm(sources, { force: true });
    }
  }

  /** What is too large to be kept ends as what cannot be built does: its caller is told. */
  #bounded(parsed: ParsedPayload): ParsedPayload {
    const { maxPayloadBytes: most = Number.POSITIVE_INFINITY } = this.options;
    const { payload } = parsed;
    const bare = { ...payload, sources: payload.sources.startsWith('data:') ? '' : payload.sources };
    if (most === Number.POSITIVE_INFINITY || Buffer.byteLength(JSON.stringify(bare)) <= most) return parsed;
    const problem = `the request is larger than ${most} bytes without its sources; send less build_args or build_secrets`;
    if (!payload.callback) throw requestErrors.invalidField('build_args', problem);
    return { payload: { ...payload, build_args: {}, build_secrets: {} }, problem };
  }

  /** The build as it was posted before, under whatever number it got. */
  #known(payload: Payload, fingerprint: string): BuildRecord | undefined {
    const same = this.options.records
      .withUuid(payload.build_uuid)
      .find((record) => record.appId === appId(payload) && (record.postedNumber ?? record.number) === String(payload.build_number));
    if (same === undefined) return undefined;
    if (same.deleted === true) throw requestErrors.deletedBuild(same.key);
    if (same.fingerprint !== fingerprint) throw requestErrors.conflict(same.key);
    return same;
  }

  /** Clients count their builds, so that two that begin at once count to the same number. */
  #freeNumber(payload: Payload): string {
    let number = BigInt(payload.build_number);
    while (this.options.records.get(buildKey(appId(payload), String(number))) !== undefined) number += 1n;
    return String(number);
  }

  /** Sources inside the request go to the disk: the records stays small. */
  async #keepSources({ payload, problem }: ParsedPayload, path: string): Promise<ParsedPayload> {
    if (problem !== undefined) return { payload: { ...payload, sources: '' }, problem };
    if (!payload.sources.startsWith('data:')) return { payload };
    let bytes: Buffer;
    try {
      bytes = decodeDataUri(payload.sources);
    } catch (error) {
      if (!payload.callback) throw requestErrors.invalidField('sources', messageOf(error));
      return { payload: { ...payload, sources: '' }, problem: `sources: ${messageOf(error)}` };
    }
    const { maxSourceBytes } = this.options;
    if (bytes.length > maxSourceBytes) {
      if (!payload.callback) throw requestErrors.sourcesTooLarge(maxSourceBytes);
      return {
        payload: { ...payload, sources: '' },
        problem: `sources: are larger than ${maxSourceBytes} bytes; send less or raise MAX_SOURCE_BYTES`,
      };
    }
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
    return { payload: { ...payload, sources: SOURCES_ON_DISK } };
  }
}
