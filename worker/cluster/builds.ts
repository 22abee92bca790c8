// What any replica does for its callers: it writes down what they want, and the leader heeds it.
import type { Builds } from '../builds/builds';
import { Intake, type IntakeOptions } from '../builds/accept';
import { positionOf } from '../builds/position';
import { isFinal, type BuildRecord } from '../state/record';

/** Whoever stops a build waits so long to learn whether it came in time. */
const STOP_MS = 10_000;
const LOOK_MS = 50;

export class ClusterBuilds implements Builds {
  readonly #intake: Intake;

  constructor(private readonly options: IntakeOptions) {
    this.#intake = new Intake(options);
  }

  async accept(body: unknown, host?: string): Promise<BuildRecord> {
    return (await this.#intake.accept(body, host)).record;
  }

  async stop(key: string): Promise<BuildRecord | undefined> {
    const { records } = this.options;
    const record = records.get(key);
    if (record === undefined || record.deleted === true) return undefined;
    const noted = await this.#requestStop(key, {});
    await this.#until(() => {
      const now = records.get(key);
      return now === undefined || isFinal(now.state) || now.digest !== undefined;
    });
    return records.get(key) ?? noted ?? record;
  }

  #requestStop(key: string, more: Partial<BuildRecord>): Promise<BuildRecord | undefined> {
    return this.options.records.transition(key, (current) =>
      !isFinal(current.state) ? { ...more, stopRequested: true } : more.deleted === true ? more : undefined,
    );
  }

  async deleteApp(id: string): Promise<boolean> {
    const builds = this.options.records.ofApp(id).filter(({ deleted }) => deleted !== true);
    for (const { key } of builds) await this.#requestStop(key, { deleted: true });
    return builds.length > 0;
  }

  /** The apps' turns are told by when their builds began. */
  position(key: string): number | undefined {
    const { records } = this.options;
    if (records.get(key)?.state !== 'queued') return undefined;
    const waiting = records.open().filter(({ state }) => state === 'queued');
    return positionOf(key, waiting, (appId) => Math.max(0, ...records.ofApp(appId).map(({ startedAt = 0 }) => startedAt)));
  }

  /** Whether there is room for its pod, only the cluster knows. */
  waitsFor(): undefined {
    return undefined;
  }

  async #until(condition: () => boolean): Promise<void> {
    const end = performance.now() + STOP_MS;
    while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
