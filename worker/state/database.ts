// The queue's database: LevelDB in DATA_DIR, every change one batch that is on disk before it counts.
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import { codeOf, isError } from '../errors';
import { BuildIndex } from './build-index';
import { isFinal, mayFollow, type BuildRecord, type RunningState } from './record';

/** A notice for a build's callback address, kept until it is answered. */
export interface OutboxEntry {
  /** Orders the notices of one build: 0 pending, 1 final. */
  readonly step: 0 | 1;
  readonly build: string;
  /** Host of the address. */
  readonly host: string;
  /** Sealed: address, authorization and body. */
  readonly sealed: string;
  readonly attempts: number;
  readonly notBefore: number;
  /** Milliseconds that were spent on sending and waiting. Not a time of day: a clock that jumps gives nothing up. */
  readonly spent: number;
  /** Of those, with a receiver that refused it without a break: 403, 404, 410. */
  readonly refused?: number | undefined;
  /** It was answered, and is only sent again. */
  readonly delivered?: boolean;
  /** How often it is sent again. */
  readonly repeats?: number;
}

/** A file that must reach the store under `object`. */
export interface UploadEntry {
  readonly object: string;
  readonly file: string;
  readonly attempts: number;
  readonly notBefore: number;
}

interface Tables {
  build: BuildRecord;
  payload: string;
  outbox: OutboxEntry;
  upload: UploadEntry;
  /** Highest build number that became `latest`, by repository. */
  latest: string;
}

export type Table = keyof Tables;
export type Write = { [T in Table]: { readonly table: T; readonly key: string; readonly value?: Tables[T] } }[Table];

const REOPEN_MS = 1000;
const FULL = /no space left|disk quota exceeded/i;

export class Database {
  /** Set by `#openLevel`: one that is made opens by itself. */
  #level!: ClassicLevel<string, unknown>;
  #writes: Promise<void> = Promise.resolve();
  #tables = new Map<Table, Map<string, unknown>>();
  readonly #builds = new BuildIndex();
  readonly #giveUp = new AbortController();

  private constructor(
    private readonly path: string,
    private readonly onTrouble: (message: string, full: boolean) => void,
  ) {}

  /**
   * @param onTrouble told each write that failed, and whether for want of room; what makes room at once helps the write that follows.
   * @throws when another worker has the folder open, or there is no room even after `onTrouble`.
   */
  static async open(path: string, onTrouble: (message: string, full: boolean) => void = () => undefined): Promise<Database> {
    const database = new Database(path, onTrouble);
    await database.#openLevel().catch(async (error: unknown) => {
      if (codeOf(isError(error) ? error.cause : error) === 'LEVEL_LOCKED')
        throw new Error(`DATA_DIR: ${path} is in use by another worker; give each its own DATA_DIR`, { cause: error });
      if (!isFull(error)) throw error;
      // To open it writes: what the trouble makes room for may be enough.
      database.#tell(error);
      await database.#openLevel().catch((cause: unknown) => {
        if (!isFull(cause)) throw cause;
        throw new Error(`DATA_DIR: the disk of ${path} is full; free some room and start again`, { cause });
      });
    });
    for await (const [key, value] of database.#level.iterator()) {
      const at = key.indexOf('!');
      database.#table(key.slice(0, at) as Table).set(key.slice(at + 1), value);
    }
    // In the order of acceptance, so that the index only grows at its end.
    const builds = database.all('build').sort((a, b) => a.sequence - b.sequence);
    for (const record of builds) database.#builds.note(record.key, record, undefined);
    return database;
  }

  async #openLevel(): Promise<void> {
    this.#level = new ClassicLevel(this.path, { valueEncoding: 'json' });
    await this.#level.open();
  }

  #table(table: Table): Map<string, unknown> {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, (rows = new Map()));
    return rows;
  }

  get<T extends Table>(table: T, key: string): Tables[T] | undefined {
    return this.#table(table).get(key) as Tables[T] | undefined;
  }

  all<T extends Table>(table: T): Tables[T][] {
    return [...this.#table(table).values()] as Tables[T][];
  }

  /** Builds with this build UUID, deleted ones included. */
  withUuid(uuid: string): BuildRecord[] {
    return this.#records(this.#builds.withUuid(uuid));
  }

  /** Builds of an app, deleted ones included. */
  ofApp(appId: string): BuildRecord[] {
    return this.#records(this.#builds.ofApp(appId));
  }

  /** Builds that were accepted before one with this sequence, the newest first, deleted ones included. Read it before anything is awaited. */
  *newest(before = Number.POSITIVE_INFINITY): Generator<BuildRecord> {
    for (const key of this.#builds.before(before)) {
      const record = this.get('build', key);
      if (record !== undefined) yield record;
    }
  }

  #records(keys: Iterable<string>): BuildRecord[] {
    return [...keys].flatMap((key) => this.get('build', key) ?? []);
  }

  /** Builds that have not ended, in no order. */
  openBuilds(): BuildRecord[] {
    return this.#builds.open();
  }

  /** Order of acceptance of the build that was accepted last. */
  get lastSequence(): number {
    return this.#builds.highest;
  }

  /** Highest build number that became `latest` of a repository, or was about to. */
  latestOf(repository: string): string | undefined {
    return this.get('latest', repository);
  }

  /** Writes down whom `latest` belongs to; `undefined` gives a claim back. */
  claimLatest(repository: string, value: string | undefined): Promise<void> {
    const key = repository;
    return this.change(() => ({
      result: undefined,
      writes: [value === undefined ? { table: 'latest', key } : { table: 'latest', key, value }],
    }));
  }

  /**
   * Decides on what is there and writes, with no other change in between. Resolves with what `decide` returned once it is on disk.
   * A full or broken disk is waited out until `giveUp`: a decision that was taken is never lost while the process lives.
   * @param sync whether it must outlive the machine, and not only the process; the next one that must takes it along
   */
  change<R>(decide: () => { readonly result: R; readonly writes: readonly Write[] }, sync = true): Promise<R> {
    const turn = this.#writes.then(async () => {
      const { result, writes } = decide();
      if (writes.length > 0) await this.#commit(writes, sync);
      return result;
    });
    this.#writes = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /**
   * Moves a build on; `update` may decide on the record as it is at that moment.
   * `undefined` when the build is gone, the state may not follow (somebody else was first), or `update` wants nothing.
   */
  transition(
    key: string,
    update: Partial<BuildRecord> | ((current: BuildRecord) => Partial<BuildRecord> | undefined),
    more: (next: BuildRecord) => readonly Write[] = () => [],
    sync = true,
  ): Promise<BuildRecord | undefined> {
    return this.change(() => {
      const current = this.get('build', key);
      const wanted = current === undefined ? undefined : typeof update === 'function' ? update(current) : update;
      if (current === undefined || wanted === undefined) return { result: undefined, writes: [] };
      if (wanted.state !== undefined && !mayFollow(current.state, wanted.state, current.digest !== undefined))
        return { result: undefined, writes: [] };
      const next: BuildRecord = { ...current, ...wanted };
      // What holds the passwords goes with the end of the build.
      const cleared: Write[] = isFinal(next.state) ? [{ table: 'payload', key }] : [];
      return { result: next, writes: [{ table: 'build', key, value: next }, ...cleared, ...more(next)] };
    }, sync);
  }

  /**
   * Moves a build on to a phase. Lost with the machine, it begins from the one before; so nothing waits for the disk.
   * `undefined` where `transition` has it.
   */
  enter(key: string, update: Partial<BuildRecord> & { readonly state: RunningState }): Promise<BuildRecord | undefined> {
    return this.transition(key, update, undefined, false);
  }

  async #commit(writes: readonly Write[], sync: boolean): Promise<void> {
    const operations = writes.map(({ table, key, value }) =>
      value === undefined ? { type: 'del' as const, key: `${table}!${key}` } : { type: 'put' as const, key: `${table}!${key}`, value },
    );
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#level.batch(operations, { sync });
        break;
      } catch (error) {
        this.#tell(error);
        if (attempt > 1 && this.#giveUp.signal.aborted) throw error;
        // At once the first time: what was just freed would be taken by others.
        if (attempt > 1) await sleep(REOPEN_MS, undefined, { signal: this.#giveUp.signal }).catch(() => undefined);
        // LevelDB refuses every write after one that failed; opened anew it goes on.
        await this.#level.close().catch(() => undefined);
        await this.#openLevel().catch((cause: unknown) => this.#tell(cause));
      }
    }
    for (const { table, key, value } of writes) {
      const before = table === 'build' ? this.get('build', key) : undefined;
      if (value === undefined) this.#table(table).delete(key);
      else this.#table(table).set(key, value);
      if (table === 'build') this.#builds.note(key, value, before);
    }
  }

  #tell(error: unknown): void {
    this.onTrouble(messagesOf(error).join(': '), isFull(error));
  }

  /** From now on a write that fails twice is not tried again: the process ends. */
  giveUp(): void {
    this.#giveUp.abort();
  }

  async close(): Promise<void> {
    this.giveUp();
    await this.#writes;
    await this.#level.close();
  }
}

function messagesOf(error: unknown): string[] {
  const messages: string[] = [];
  for (let at = error; isError(at) && messages.length < 5; at = at.cause) messages.push(at.message);
  return messages;
}

function isFull(error: unknown): boolean {
  return FULL.test(messagesOf(error).join(' '));
}
