// What the routes ask for: builds to be taken in, looked at, stopped and deleted, whoever runs them.
import type { BuildRecord } from '../state/record';

export interface Builds {
  /**
   * Resolves once the build is safely written down, or was before.
   * @param host where the request was sent to
   * @throws RequestError
   */
  accept(body: unknown, host?: string): Promise<BuildRecord>;
  /**
   * Stops a build, queued or running; one that has ended stays as it is.
   * @returns the build as it is when the stop has had its effect, or after 10 s; `undefined` when there is none.
   */
  stop(key: string): Promise<BuildRecord | undefined>;
  /** Stops and removes everything of an app. @returns whether it had anything. */
  deleteApp(id: string): Promise<boolean>;
  /** 1 for the next one to begin; `undefined` for a build that does not wait. */
  position(key: string): number | undefined;
  /** Why a build that waits does not begin; `undefined` where it only waits for its turn. */
  waitsFor(record: BuildRecord): string | undefined;
}
