// What a classic build that failed leaves on the engine: the untagged images of the steps that went well.
import { z } from 'zod';
import { EngineUnavailable } from '../../errors';
import { EngineError, type EngineClient } from './client';

const image = z.looseObject({
  Id: z.string(),
  Created: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
});
/** The engine's clock may be another machine's. */
const CLOCK_SKEW_MS = 60_000;

interface Step {
  readonly id: string;
  /** When its build began. What is older was there before, as a cache for others. */
  readonly since: number;
}

export class Leftovers {
  #running = 0;
  #steps: Step[] = [];

  constructor(private readonly client: EngineClient) {}

  /**
   * Runs a build that tells the image of each step. One that fails has them removed, as soon as no other build runs here that may take
   * them from its cache.
   * A build that is tried again keeps them.
   */
  async during<T>(build: (onStep: (id: string) => void) => Promise<T>): Promise<T> {
    const since = Date.now() - CLOCK_SKEW_MS;
    const steps: Step[] = [];
    this.#running += 1;
    try {
      return await build((id) => steps.push({ id, since }));
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) this.#steps.push(...steps);
      throw error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) void this.#clear();
    }
  }

  /** Best effort: what cannot be removed now is in use. */
  async #clear(): Promise<void> {
    const steps = this.#steps.toReversed();
    this.#steps = [];
    for (const step of steps) await this.#remove(step).catch(() => undefined);
  }

  /** A build can print what looks like a step's image. So only what is untagged and younger than the build goes, and nothing above it. */
  async #remove({ id, since }: Step): Promise<void> {
    try {
      const found = image.parse(await this.client.json({ method: 'GET', path: `/images/${id}/json` }));
      if ((found.RepoTags ?? []).length > 0 || (found.RepoDigests ?? []).length > 0 || Date.parse(found.Created) < since) return;
      await this.client.json({ method: 'DELETE', path: `/images/${found.Id}`, query: { noprune: true } });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
}
