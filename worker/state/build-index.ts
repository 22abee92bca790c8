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
  /** Keys by the order of acceptance. */
  readonly #order: { readonly sequence: number; readonly key: string }[] = [];
  #highest = 0;

  /** Told each build that is written or, `undefined`, removed. A build keeps its app and UUID. */
  note(key: string, record: BuildRecord | undefined, before: BuildRecord | undefined): void {
    if (record !== undefined && before === undefined) {
      this.#uuids.add(record.buildUuid, key);
      this.#apps.add(record.appId, key);
      this.#highest = Math.max(this.#highest, record.sequence);
      this.#order.splice(this.#place(record.sequence), 0, { sequence: record.sequence, key });
    } else if (record === undefined && before !== undefined) {
      this.#uuids.delete(before.buildUuid, key);
      this.#apps.delete(before.appId, key);
      const at = this.#place(before.sequence);
      if (this.#order[at]?.key === key) this.#order.splice(at, 1);
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

  /** Where a sequence stands in the order, or would. The last place is looked at first: builds come in order. */
  #place(sequence: number): number {
    let [low, high] = [0, this.#order.length];
    if ((this.#order.at(-1)?.sequence ?? 0) < sequence) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle]?.sequence ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keys of the builds that were accepted before `sequence`, the newest first. */
  *before(sequence: number): Generator<string> {
    for (let at = this.#place(sequence) - 1; at >= 0; at -= 1) {
      const entry = this.#order[at];
      if (entry !== undefined) yield entry.key;
    }
  }

  /** The highest sequence that any build has had. */
  get highest(): number {
    return this.#highest;
  }
}
