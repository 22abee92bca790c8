// Whose notice is sent next: hosts take turns, and at one host the apps do, so that no receiver holds up another.

/** Attempts under way that count: one that takes long makes room for others while it waits on. */
const MOST = 32;
const MOST_AT_ONE_HOST = 8;
const MOST_OF_ONE_APP = 2;

export interface Sending {
  readonly host: string;
  readonly app: string;
}

/** Counts by host, and by app at a host. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, by: 1 | -1): void {
    const count = this.of(name) + by;
    if (count === 0) this.#counts.delete(name);
    else this.#counts.set(name, count);
  }
}

export class SendingTurns {
  /** By host, then by app: what waits for its turn, first come first. Maps keep the order of insertion, which is the order of turns. */
  readonly #waiting = new Map<string, Map<string, Set<string>>>();
  readonly #counts = new Counts();
  #taken = 0;

  add(build: string, { host, app }: Sending): void {
    const apps = this.#waiting.get(host) ?? new Map<string, Set<string>>();
    this.#waiting.set(host, apps);
    apps.set(app, (apps.get(app) ?? new Set()).add(build));
  }

  remove(build: string, { host, app }: Sending): void {
    const apps = this.#waiting.get(host);
    const builds = apps?.get(app);
    builds?.delete(build);
    if (builds?.size === 0) apps?.delete(app);
    if (apps?.size === 0) this.#waiting.delete(host);
  }

  /** Takes the next build and its slot; `undefined` when nothing waits that has one. */
  next(): (Sending & { readonly build: string }) | undefined {
    if (this.#taken >= MOST) return undefined;
    for (const [host, apps] of this.#waiting) {
      if (this.#counts.of(host) >= MOST_AT_ONE_HOST) continue;
      for (const [app, [build]] of apps) {
        if (build === undefined || this.#counts.of(`${host} ${app}`) >= MOST_OF_ONE_APP) continue;
        const builds = apps.get(app);
        this.remove(build, { host, app });
        // To the end of the line.
        if (apps.delete(app) && builds !== undefined) apps.set(app, builds);
        if (this.#waiting.delete(host)) this.#waiting.set(host, apps);
        this.#count({ host, app }, 1);
        return { build, host, app };
      }
    }
    return undefined;
  }

  #count({ host, app }: Sending, by: 1 | -1): void {
    this.#taken += by;
    this.#counts.add(host, by);
    this.#counts.add(`${host} ${app}`, by);
  }

  /** Gives a slot back. */
  release(sending: Sending): void {
    this.#count(sending, -1);
  }
}
