// Records in the cluster: a ConfigMap for each build, changed by comparing and swapping, and known to every replica through a watch.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestErrors } from '../errors';
import { BuildIndex } from '../state/build-index';
import { isFinal, moved, type BuildRecord, type RunningState } from '../state/record';
import type { Acceptance, Accepted, End, HandOver, HandOvers, Notice, NoticeChange, Notices, Records, Watcher } from '../state/records';
import { ApiUnavailable, hasStatus, type Api } from './api';
import { entryOf, WRITE_ANNOTATION, type BuildMap, type Entry } from './build-map';
import { follow } from './follow';
import { labelsOf, objectName, STATE_LABEL, stateLabel, WORKER_LABEL } from './names';

const KIND = 'configmaps';
const RETRY_MS = 200;
/** Longer than the API server's leader needs to be replaced, shorter than clients wait. */
const PATIENCE_MS = 10_000;

export interface ClusterRecordsOptions {
  readonly api: Api;
  /** Name of the worker, which its replicas share. */
  readonly worker: string;
  readonly trouble: (message: string) => void;
  /** Uploads what an end hands over; resolves with whether it is there. */
  readonly upload: (entry: HandOver) => Promise<boolean>;
  /** How long an API server that is away is waited for. @default 10,000 ms */
  readonly patienceMs?: number;
}

export class ClusterRecords implements Records, HandOvers {
  readonly #entries = new Map<string, Entry>();
  readonly #index = new BuildIndex();
  readonly #watchers: Watcher[] = [];
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #handOvers = new Map<string, HandOver>();
  readonly #closing = new AbortController();
  #sequence = 0;

  private constructor(private readonly options: ClusterRecordsOptions) {}

  /** Resolves when all builds are known. */
  static async open(options: ClusterRecordsOptions): Promise<ClusterRecords> {
    const records = new ClusterRecords(options);
    await follow<BuildMap>({
      api: options.api,
      kind: KIND,
      labels: `${WORKER_LABEL}=${options.worker}`,
      signal: records.#closing.signal,
      trouble: options.trouble,
      listed: (objects) => records.#listed(objects),
      changed: (object) => void records.#apply(object),
      removed: (object) => records.#remove(object),
    });
    return records;
  }

  #listed(objects: readonly BuildMap[]): void {
    const found = new Set<string>();
    // In the order of acceptance, so that the index only grows at its end.
    const entries = objects.flatMap((object) => entryOf(object) ?? []).sort((a, b) => a.record.sequence - b.record.sequence);
    for (const entry of entries) {
      found.add(entry.record.key);
      this.#note(entry);
    }
    for (const [key, { record }] of this.#entries) if (!found.has(key)) this.#drop(record);
  }

  #apply(object: BuildMap): Entry | undefined {
    const entry = object.metadata.labels?.[WORKER_LABEL] === this.options.worker ? entryOf(object) : undefined;
    if (entry === undefined) return undefined;
    this.#note(entry);
    return this.#entries.get(entry.record.key);
  }

  /** An answer and the watch tell the same change; what comes late tells nothing new. */
  #note(entry: Entry): void {
    const { record } = entry;
    const before = this.#entries.get(record.key);
    if (before !== undefined && before.uid === entry.uid && BigInt(before.version) >= BigInt(entry.version)) return;
    this.#entries.set(record.key, entry);
    this.#index.note(record.key, record, before?.record);
    for (const watcher of this.#watchers) watcher(record, before?.record);
  }

  #remove(object: BuildMap): void {
    const entry = entryOf(object);
    const known = entry === undefined ? undefined : this.#entries.get(entry.record.key);
    if (known !== undefined && known.uid === entry?.uid) this.#drop(known.record);
  }

  #drop(record: BuildRecord): void {
    if (!this.#entries.delete(record.key)) return;
    this.#index.note(record.key, undefined, record);
    for (const watcher of this.#watchers) watcher(undefined, record);
  }

  #name(key: string): string {
    return objectName(this.options.worker, key);
  }

  get(key: string): BuildRecord | undefined {
    return this.#entries.get(key)?.record;
  }

  /** Of the object that a build's Job belongs to. */
  uid(key: string): string | undefined {
    return this.#entries.get(key)?.uid;
  }

  all(): BuildRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  open(): BuildRecord[] {
    return this.#index.open();
  }

  withUuid(uuid: string): BuildRecord[] {
    return this.#of(this.#index.withUuid(uuid));
  }

  ofApp(appId: string): BuildRecord[] {
    return this.#of(this.#index.ofApp(appId));
  }

  #of(keys: Iterable<string>): BuildRecord[] {
    return [...keys].flatMap((key) => this.get(key) ?? []);
  }

  *newest(before = Number.POSITIVE_INFINITY): Generator<BuildRecord> {
    for (const key of this.#index.before(before)) {
      const record = this.get(key);
      if (record !== undefined) yield record;
    }
  }

  async payload(key: string): Promise<string | undefined> {
    return this.#entries.get(key)?.payload;
  }

  notices(): Notice[] {
    return [...this.#entries.values()].flatMap(({ notices: { pending, final } }) => [pending ?? [], final ?? []].flat());
  }

  noticesOf(key: string): Notices {
    return this.#entries.get(key)?.notices ?? { pending: undefined, final: undefined };
  }

  latestOf(repository: string): string | undefined {
    let highest: bigint | undefined;
    for (const { record } of this.#entries.values())
      if (record.claimsLatest === true && record.repository === repository && BigInt(record.number) > (highest ?? -1n))
        highest = BigInt(record.number);
    return highest?.toString();
  }

  /** By the clock: replicas know of no common counter. Within what a number holds exactly, and what the list's `before` takes. */
  nextSequence(): number {
    const now = Date.now() * 100 + Math.floor(Math.random() * 100);
    return (this.#sequence = Math.max(now, this.#sequence + 1, this.#index.highest + 1));
  }

  async accept(decide: () => BuildRecord | Acceptance): Promise<Accepted> {
    const until = performance.now() + (this.options.patienceMs ?? PATIENCE_MS);
    const write = randomUUID();
    for (;;) {
      const decided = decide();
      // What the attempt before has written, whose answer got lost, is new all the same.
      if (!('record' in decided)) return { record: decided, fresh: this.#entries.get(decided.key)?.write === write };
      const { record, payload, notice } = decided;
      const entry = { record, payload, notices: { pending: notice, final: undefined } };
      try {
        const { api } = this.options;
        this.#apply(await api.json<BuildMap>(api.path(KIND), { method: 'POST', body: this.#mapOf(entry, write) }));
        return { record, fresh: true };
      } catch (error) {
        if (!hasStatus(error, 409)) await this.#patience(error, until);
        // Somebody else's, or gone in this moment.
        else if ((await this.#read(record.key, until)) === undefined)
          await this.#patience(new ApiUnavailable(`the name ${this.#name(record.key)} is taken`), until);
      }
    }
  }

  transition(
    key: string,
    update: Partial<BuildRecord> | ((current: BuildRecord) => Partial<BuildRecord> | undefined),
  ): Promise<BuildRecord | undefined> {
    return this.#change(key, (entry) => {
      const record = moved(entry.record, update);
      return record === undefined ? undefined : { ...entry, record };
    });
  }

  enter(key: string, update: Partial<BuildRecord> & { readonly state: RunningState }): Promise<BuildRecord | undefined> {
    return this.transition(key, update);
  }

  /** What is handed over is uploaded before: the disk that it is on ends with the pod. */
  async end(
    key: string,
    end: End,
    more: (next: BuildRecord) => { readonly notice: Notice | undefined; readonly handOvers: readonly HandOver[] },
  ): Promise<BuildRecord | undefined> {
    const next = moved(this.get(key), end);
    if (next === undefined) return undefined;
    const left: HandOver[] = [];
    for (const entry of more(next).handOvers) if (!(await this.options.upload(entry))) left.push(entry);
    const ended = await this.#change(key, (entry) => {
      const record = moved(entry.record, end);
      if (record === undefined) return undefined;
      return { record, payload: undefined, notices: { ...entry.notices, final: more(record).notice } };
    });
    if (ended !== undefined && ended.deleted !== true) for (const entry of left) this.#handOvers.set(entry.object, entry);
    return ended;
  }

  async changeNotices(key: string, decide: (notices: Notices, record: BuildRecord | undefined) => NoticeChange): Promise<void> {
    await this.#change(key, (entry) => {
      const { pending, final, record } = decide(entry.notices, entry.record);
      const changed = (change: Notice | null | undefined, before: Notice | undefined) =>
        change === undefined ? before : (change ?? undefined);
      return {
        ...entry,
        notices: { pending: changed(pending, entry.notices.pending), final: changed(final, entry.notices.final) },
        record: { ...entry.record, ...record },
      };
    });
  }

  /** The claim is on the build that has the number: no object is shared by all builds of an app. */
  async claimLatest(repository: string, number: string | undefined): Promise<void> {
    const claimed = number === undefined ? undefined : BigInt(number);
    for (const record of this.all()) {
      if (record.repository !== repository) continue;
      const claims = BigInt(record.number) === claimed || (record.claimsLatest === true && BigInt(record.number) < (claimed ?? 0n));
      if (claims !== (record.claimsLatest === true)) await this.transition(record.key, { claimsLatest: claims });
    }
  }

  async forget(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const { api } = this.options;
    const body = { propagationPolicy: 'Background', preconditions: { uid: entry.uid } };
    await this.#tried((until) =>
      api.json(api.path(KIND, this.#name(key)), { method: 'DELETE', body }).catch((error: unknown) => {
        if (!hasStatus(error, 404) && !hasStatus(error, 409)) return this.#patience(error, until).then(() => undefined);
        return {};
      }),
    );
    this.#drop(entry.record);
  }

  handOvers(): HandOver[] {
    return [...this.#handOvers.values()];
  }

  handOver(object: string): HandOver | undefined {
    return this.#handOvers.get(object);
  }

  async postpone(entry: HandOver, notBefore: number): Promise<void> {
    if (this.handOver(entry.object)?.file !== entry.file) return;
    this.#handOvers.set(entry.object, { ...entry, attempts: entry.attempts + 1, notBefore });
  }

  async uploaded(entry: HandOver): Promise<boolean> {
    return this.handOver(entry.object)?.file === entry.file && this.#handOvers.delete(entry.object);
  }

  async withdraw(object: string): Promise<void> {
    this.#handOvers.delete(object);
  }

  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  giveUp(): void {
    // Every write is given up by itself when the API server stays away.
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#turns.values());
  }

  /** One change of a build at a time here; what others change meanwhile is seen by the version. */
  #change(key: string, decide: (entry: Entry) => Omit<Entry, 'version' | 'uid' | 'write'> | undefined): Promise<BuildRecord | undefined> {
    const work = () => this.#swap(key, decide);
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    const done = () => void (this.#turns.get(key) === turn && this.#turns.delete(key));
    turn.then(done, done);
    return turn;
  }

  async #swap(
    key: string,
    decide: (entry: Entry) => Omit<Entry, 'version' | 'uid' | 'write'> | undefined,
  ): Promise<BuildRecord | undefined> {
    const { api } = this.options;
    const write = randomUUID();
    return this.#tried(async (until) => {
      const entry = this.#entries.get(key);
      if (entry?.write === write) return { record: entry.record };
      const next = entry === undefined ? undefined : decide(entry);
      if (entry === undefined || next === undefined) return { record: undefined };
      try {
        const map = this.#mapOf(next, write, entry.version);
        this.#apply(await api.json<BuildMap>(api.path(KIND, this.#name(key)), { method: 'PUT', body: map }));
        return { record: next.record };
      } catch (error) {
        if (!hasStatus(error, 409) && !hasStatus(error, 404)) await this.#patience(error, until);
        await this.#read(key, until);
        return undefined;
      }
    }).then(({ record }) => record);
  }

  /** Until it gives something. */
  async #tried<R>(work: (until: number) => Promise<R | undefined>): Promise<R> {
    const until = performance.now() + (this.options.patienceMs ?? PATIENCE_MS);
    for (;;) {
      const result = await work(until);
      if (result !== undefined) return result;
    }
  }

  /** The build as the API server has it. */
  #read(key: string, until: number): Promise<Entry | undefined> {
    const { api } = this.options;
    return this.#tried(async () => {
      try {
        return { entry: this.#apply(await api.json<BuildMap>(api.path(KIND, this.#name(key)))) };
      } catch (error) {
        if (!hasStatus(error, 404)) return this.#patience(error, until).then(() => undefined);
        const known = this.get(key);
        if (known !== undefined) this.#drop(known);
        return { entry: undefined };
      }
    }).then(({ entry }) => entry);
  }

  /** Waits a little where the API server is away. @throws when it was away for too long, or the error is another one. */
  async #patience(error: unknown, until: number): Promise<void> {
    if (!(error instanceof ApiUnavailable)) throw error;
    if (performance.now() + RETRY_MS > until || this.#closing.signal.aborted) {
      this.options.trouble(error.message);
      throw requestErrors.clusterAway();
    }
    await sleep(RETRY_MS);
  }

  #mapOf({ record, payload, notices }: Omit<Entry, 'version' | 'uid' | 'write'>, write: string, version?: string): object {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: this.#name(record.key),
        labels: { ...labelsOf(this.options.worker, record), [STATE_LABEL]: stateLabel(record.state) },
        annotations: { [WRITE_ANNOTATION]: write },
        ...(version === undefined ? {} : { resourceVersion: version }),
      },
      data: {
        record: JSON.stringify(record),
        ...(payload === undefined || isFinal(record.state) ? {} : { payload }),
        ...(notices.pending === undefined ? {} : { pending: JSON.stringify(notices.pending) }),
        ...(notices.final === undefined ? {} : { final: JSON.stringify(notices.final) }),
      },
    };
  }
}
