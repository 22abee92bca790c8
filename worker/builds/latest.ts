// Which build `latest` belongs to: the highest number that was pushed, never an older one afterwards.
import type { Records } from '../state/records';

/** Work on the same name happens in turn. */
class Turns {
  #last = new Map<string, Promise<unknown>>();

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work, work);
    this.#last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}

export interface LatestPush {
  /** The registry's digest of `latest`, `undefined` when there is none. @throws when the registry cannot be asked */
  readonly digest: () => Promise<string | undefined>;
  readonly push: () => Promise<void>;
}

/** No answer: not even equal to another one that failed. */
const UNKNOWN = Symbol('unknown');

export class LatestTag {
  readonly #turns = new Turns();

  constructor(private readonly records: Records) {}

  /**
   * Runs `push` when no higher number was pushed. The claim is on disk before the push, so that a crash in between lets no older build
   * pass;
   * a push that fails gives it back only when the registry says that `latest` is still what it was: it may have taken it and failed to say
   * so.
   * @returns whether it was pushed.
   */
  move(repository: string, number: string, { digest, push }: LatestPush): Promise<boolean> {
    const ask = () => digest().catch(() => UNKNOWN);
    return this.#turns.take(repository, async () => {
      const before = this.records.latestOf(repository);
      if (before !== undefined && BigInt(before) > BigInt(number)) return false;
      const [digestBefore] = await Promise.all([ask(), this.records.claimLatest(repository, number)]);
      try {
        await push();
      } catch (error) {
        if (digestBefore !== UNKNOWN && (await ask()) === digestBefore) await this.records.claimLatest(repository, before);
        throw error;
      }
      return true;
    });
  }
}
