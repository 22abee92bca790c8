// Builds found without looking at all of them: those that have not ended, by build UUID, by app.
import { isFinal, type BuildRecord } from './record';

class Groups {
  readonly #keys = new Map<string, Set<string>>();

  of(name: string): Iterable<string> {
    return this.#keys.get(name.toLowerCase()) ?? [];
  }

  add(name: string, key: string): void {
    const group = name.toLowerCase();
    this.#keys.set(group, (this.#keys.get(group) ?? new Set()).add(key));
  }

  delete(name: string, key: string): void {
    const group = name.toLowerCase();
    const keys = this.#keys.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(group);
  }
}

export class BuildIndex {
  readonly #open = new Map<string, BuildRecord>();
  readonly #uuids = new Groups();
  readonly #apps = new Groups();
  #highest = 0;

  /** Told each build that is written or, `undefined`, removed. A build keeps its app and UUID. */
  note(key: string, record: BuildRecord | undefined, before: BuildRecord | undefined): void {
    if (record !== undefined && before === undefined) {
      this.#uuids.add(record.buildUuid, key);
      this.#apps.add(record.appId, key);
      this.#highest = Math.max(this.#highest, record.sequence);
    } else if (record === undefined && before !== undefined) {
      this.#uuids.delete(before.buildUuid, key);
      this.#apps.delete(before.appId, key);
    }
    if (record === undefined || isFinal(record.state)) this.#open.delete(key);
    else this.#open.set(key, record);
  }

  open(): BuildRecord[] {
    return [...this.#open.values()];
  }

  withUuid(uuid: string): Iterable<string> {
    return this.#uuids.of(uuid);
  }

  ofApp(appId: string): Iterable<string> {
    return this.#apps.of(appId);
  }

  /** The highest sequence that any build has had. */
  get highest(): number {
    return this.#highest;
  }
}
