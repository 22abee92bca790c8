// Records in the queue's database: every intent is one batch.
import type { Database, Write } from './database';
import { moved, type BuildRecord, type RunningState } from './record';
import type { Acceptance, Accepted, End, HandOver, HandOvers, Notice, NoticeChange, Notices, Records, Watcher } from './records';

export class LevelRecords implements Records, HandOvers {
  #sequence: number;

  constructor(readonly database: Database) {
    this.#sequence = database.lastSequence;
  }

  get(key: string): BuildRecord | undefined {
    return this.database.get('build', key);
  }

  all(): BuildRecord[] {
    return this.database.all('build');
  }

  open(): BuildRecord[] {
    return this.database.openBuilds();
  }

  withUuid(uuid: string): BuildRecord[] {
    return this.database.withUuid(uuid);
  }

  ofApp(appId: string): BuildRecord[] {
    return this.database.ofApp(appId);
  }

  newest(before?: number): Iterable<BuildRecord> {
    return this.database.newest(before);
  }

  payload(key: string): Promise<string | undefined> {
    return this.database.payload(key);
  }

  notices(): Notice[] {
    return this.database.all('outbox');
  }

  noticesOf(key: string): Notices {
    return { pending: this.database.get('outbox', `${key}#0`), final: this.database.get('outbox', `${key}#1`) };
  }

  latestOf(repository: string): string | undefined {
    return this.database.get('latest', repository);
  }

  nextSequence(): number {
    return (this.#sequence += 1);
  }

  accept(decide: () => BuildRecord | Acceptance): Promise<Accepted> {
    return this.database.change((): { result: Accepted; writes: readonly Write[] } => {
      const decided = decide();
      if (!('record' in decided)) return { result: { record: decided, fresh: false }, writes: [] };
      const { record, payload, notice } = decided;
      const writes: Write[] = [
        { table: 'build', key: record.key, value: record },
        { table: 'payload', key: record.key, value: payload },
        ...noticeWrites(record.key, { ...(notice === undefined ? {} : { pending: notice }) }),
      ];
      return { result: { record, fresh: true }, writes };
    });
  }

  transition(
    key: string,
    update: Partial<BuildRecord> | ((current: BuildRecord) => Partial<BuildRecord> | undefined),
  ): Promise<BuildRecord | undefined> {
    return this.#move(key, update, () => [], true);
  }

  enter(key: string, update: Partial<BuildRecord> & { readonly state: RunningState }): Promise<BuildRecord | undefined> {
    return this.#move(key, update, () => [], false);
  }

  end(
    key: string,
    end: End,
    more: (next: BuildRecord) => { readonly notice: Notice | undefined; readonly handOvers: readonly HandOver[] },
  ): Promise<BuildRecord | undefined> {
    return this.#move(
      key,
      end,
      (next) => {
        const { notice, handOvers } = more(next);
        return [
          // What holds the passwords goes with the end of the build.
          { table: 'payload', key },
          ...handOvers.map((value) => ({ table: 'upload' as const, key: value.object, value })),
          ...noticeWrites(key, notice === undefined ? {} : { final: notice }),
        ];
      },
      true,
    );
  }

  #move(
    key: string,
    update: Partial<BuildRecord> | ((current: BuildRecord) => Partial<BuildRecord> | undefined),
    more: (next: BuildRecord) => readonly Write[],
    sync: boolean,
  ): Promise<BuildRecord | undefined> {
    return this.database.change(() => {
      const next = moved(this.get(key), update);
      if (next === undefined) return { result: undefined, writes: [] };
      return { result: next, writes: [{ table: 'build', key, value: next }, ...more(next)] };
    }, sync);
  }

  changeNotices(key: string, decide: (notices: Notices, record: BuildRecord | undefined) => NoticeChange): Promise<void> {
    return this.database.change(() => {
      const record = this.get(key);
      const change = decide(this.noticesOf(key), record);
      const writes: Write[] = [...noticeWrites(key, change)];
      if (record !== undefined && change.record !== undefined) writes.push({ table: 'build', key, value: { ...record, ...change.record } });
      return { result: undefined, writes };
    });
  }

  claimLatest(repository: string, number: string | undefined): Promise<void> {
    return this.#write(number === undefined ? { table: 'latest', key: repository } : { table: 'latest', key: repository, value: number });
  }

  forget(key: string): Promise<void> {
    return this.#write({ table: 'build', key });
  }

  handOvers(): HandOver[] {
    return this.database.all('upload');
  }

  handOver(object: string): HandOver | undefined {
    return this.database.get('upload', object);
  }

  postpone(entry: HandOver, notBefore: number): Promise<void> {
    return this.database.change(() => {
      const value = { ...entry, attempts: entry.attempts + 1, notBefore };
      return { result: undefined, writes: this.#owns(entry) ? [{ table: 'upload', key: entry.object, value }] : [] };
    });
  }

  uploaded(entry: HandOver): Promise<boolean> {
    return this.database.change(() => {
      const result = this.#owns(entry);
      return { result, writes: result ? [{ table: 'upload', key: entry.object }] : [] };
    });
  }

  #owns({ object, file }: HandOver): boolean {
    return this.handOver(object)?.file === file;
  }

  withdraw(object: string): Promise<void> {
    return this.#write({ table: 'upload', key: object });
  }

  #write(write: Write): Promise<void> {
    return this.database.change(() => ({ result: undefined, writes: [write] }));
  }

  watch(watcher: Watcher): void {
    this.database.watch(watcher);
  }

  giveUp(): void {
    this.database.giveUp();
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

function* noticeWrites(key: string, { pending, final }: Pick<NoticeChange, 'pending' | 'final'>): Generator<Write> {
  for (const [step, notice] of [pending, final].entries()) {
    if (notice === undefined) continue;
    const at = { table: 'outbox' as const, key: `${key}#${step}` };
    yield notice === null ? at : { ...at, value: notice };
  }
}
