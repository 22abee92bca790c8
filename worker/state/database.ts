// The queue's database: LevelDB in DATA_DIR, every change one batch that is on disk before it counts.
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import { codeOf, isError } from '../errors';
import { BuildIndex } from './build-index';
import type { BuildRecord } from './record';
import type { HandOver, Notice, Watcher } from './records';

interface Tables {
  build: BuildRecord;
  payload: string;
  outbox: Notice;
  upload: HandOver;
  /** Highest build number that became `latest`, by repository. */
  latest: string;
}

export type Table = keyof Tables;
export type Write = { [T in Table]: { readonly table: T; readonly key: string; readonly value?: Tables[T] } }[Table];

const REOPEN_MS = 1000;
/** All other tables are in memory as well. Payloads are as large as their clients make them, and needed once. */
const ON_DISK = 'payload';
const FULL = /no space left|disk quota exceeded/i;

export class Database {
  /** Set by `#openLevel`: one that is made opens by itself. */
  #level!: ClassicLevel<string, unknown>;
  #writes: Promise<void> = Promise.resolve();
  #tables = new Map<Table, Map<string, unknown>>();
  readonly #builds = new BuildIndex();
  readonly #watchers: Watcher[] = [];
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
    // All but the payloads, which end with the character after the `!`.
    for (const range of [{ lt: `${ON_DISK}!` }, { gte: `${ON_DISK}"` }])
      for await (const [key, value] of database.#level.iterator(range)) {
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

  get<T extends Exclude<Table, typeof ON_DISK>>(table: T, key: string): Tables[T] | undefined {
    return this.#table(table).get(key) as Tables[T] | undefined;
  }

  /** Read in turn with what is written: meanwhile the files may be closed. */
  payload(key: string): Promise<string | undefined> {
    const turn = this.#writes.then(() => this.#level.get(`${ON_DISK}!${key}`) as Promise<string | undefined>);
    this.#writes = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  all<T extends Exclude<Table, typeof ON_DISK>>(table: T): Tables[T][] {
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

  /**
   * Builds that were accepted before one with this sequence, the newest first,
   * deleted ones included. Read it before anything is awaited.
   */
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
    const changed: Parameters<Watcher>[] = [];
    for (const { table, key, value } of writes) {
      if (table === ON_DISK) continue;
      const before = table === 'build' ? this.get('build', key) : undefined;
      if (value === undefined) this.#table(table).delete(key);
      else this.#table(table).set(key, value);
      if (table !== 'build') continue;
      this.#builds.note(key, value, before);
      changed.push([value, before]);
    }
    // Told when all of the batch can be read.
    for (const [record, before] of changed) for (const watcher of this.#watchers) watcher(record, before);
  }

  /** Told each build that was written or removed. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
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
