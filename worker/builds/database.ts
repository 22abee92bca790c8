// The queue's database: LevelDB in DATA_DIR, every change one batch that is on disk before it counts.
import { ClassicLevel } from 'classic-level';
import { codeOf, messageOf, isError } from '../errors';
import { isFinal, mayFollow, type BuildRecord } from './record';

/** A notice for a build's callback address, kept until it is answered. */
export interface OutboxEntry {
  /** Orders the notices of one build: 0 pending, 1 final. */
  readonly step: 0 | 1;
  readonly build: string;
  /** Sealed: address, authorization and body. */
  readonly sealed: string;
  readonly since: number;
  readonly attempts: number;
  readonly notBefore: number;
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

export class Database {
  #level: ClassicLevel<string, unknown>;
  #writes: Promise<void> = Promise.resolve();
  #tables = new Map<Table, Map<string, unknown>>();
  #closing = false;

  private constructor(
    private readonly path: string,
    private readonly onTrouble: (message: string) => void,
  ) {
    this.#level = new ClassicLevel(path, { valueEncoding: 'json' });
  }

  /** @throws when another worker has the folder open. */
  static async open(path: string, onTrouble: (message: string) => void = () => undefined): Promise<Database> {
    const database = new Database(path, onTrouble);
    try {
      await database.#level.open();
    } catch (error) {
      if (codeOf(isError(error) ? error.cause : error) === 'LEVEL_LOCKED') throw new Error(`DATA_DIR: ${path} is in use by another worker; give each its own DATA_DIR`, { cause: error });
      throw error;
    }
    for await (const [key, value] of database.#level.iterator()) {
      const at = key.indexOf('!');
      database.#table(key.slice(0, at) as Table).set(key.slice(at + 1), value);
    }
    return database;
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

  /**
   * Decides on what is there and writes, with no other change in between. Resolves with what `decide` returned once it is on disk.
   * A full or broken disk is waited out: a decision that was taken is never lost while the process lives.
   */
  change<R>(decide: () => { readonly result: R; readonly writes: readonly Write[] }): Promise<R> {
    const turn = this.#writes.then(async () => {
      const { result, writes } = decide();
      if (writes.length > 0) await this.#commit(writes);
      return result;
    });
    this.#writes = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** Moves a build on. `undefined` when the build is gone or the state may not follow: somebody else was first. */
  transition(key: string, update: Partial<BuildRecord>, more: (next: BuildRecord) => readonly Write[] = () => []): Promise<BuildRecord | undefined> {
    return this.change(() => {
      const current = this.get('build', key);
      if (current === undefined || (update.state !== undefined && !mayFollow(current.state, update.state))) return { result: undefined, writes: [] };
      const next: BuildRecord = { ...current, ...update };
      // What holds the passwords goes with the end of the build.
      const cleared: Write[] = isFinal(next.state) ? [{ table: 'payload', key }] : [];
      return { result: next, writes: [{ table: 'build', key, value: next }, ...cleared, ...more(next)] };
    });
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    const operations = writes.map(({ table, key, value }) =>
      value === undefined ? { type: 'del' as const, key: `${table}!${key}` } : { type: 'put' as const, key: `${table}!${key}`, value },
    );
    for (;;) {
      try {
        await this.#level.batch(operations, { sync: true });
        break;
      } catch (error) {
        if (this.#closing) throw error;
        this.onTrouble(messageOf(error));
        await new Promise((resolve) => setTimeout(resolve, REOPEN_MS));
        // LevelDB refuses every write after one that failed; opened anew it goes on.
        await this.#level.close().catch(() => undefined);
        this.#level = new ClassicLevel(this.path, { valueEncoding: 'json' });
        await this.#level.open().catch((cause: unknown) => this.onTrouble(messageOf(cause)));
      }
    }
    for (const { table, key, value } of writes) {
      if (value === undefined) this.#table(table).delete(key);
      else this.#table(table).set(key, value);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#writes;
    await this.#level.close();
  }
}
