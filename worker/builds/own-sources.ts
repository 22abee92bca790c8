// Sources that the worker has itself: of a build that waits or runs, or in the store. A rebuild names them by the worker's own URL.
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BuildFailure } from '../errors';
import type { Records } from '../state/records';
import { UUID } from '../state/payload';
import { isFinal } from '../state/record';
import type { StoredObject } from '../stores/store';
import type { Uploads } from '../stores/uploads';

/**
 * The build whose sources a URL stands for, when it leads to where the request was sent: such a URL is the worker's own, whatever its
 * address is.
 * @param host the request's `Host`
 */
export function ownBuildOf(sources: string, host: string | undefined): string | undefined {
  if (host === undefined || !/^https?:/.test(sources) || !URL.canParse(sources)) return undefined;
  const url = new URL(sources);
  const reached = `${url.protocol}//${host}`;
  const uuid = url.pathname.split('/').at(-1) ?? '';
  return UUID.test(uuid) && URL.canParse(reached) && new URL(reached).host === url.host ? uuid.toLowerCase() : undefined;
}

export interface OwnSourcesOptions {
  readonly records: Records;
  readonly uploads: Uploads;
  readonly workFolder: string;
}

export class OwnSources {
  constructor(private readonly options: OwnSourcesOptions) {}

  /** While a build runs, its sources are still in the work folder. */
  async find(uuid: string): Promise<StoredObject | undefined> {
    const { records, uploads, workFolder } = this.options;
    for (const { work, state } of records.withUuid(uuid)) {
      const file = join(workFolder, `${work}.sources`);
      const found = isFinal(state) ? undefined : await stat(file).catch(() => undefined);
      if (found !== undefined) return { size: found.size, body: createReadStream(file) };
    }
    return uploads.get(uuid.toLowerCase());
  }

  /**
   * Writes them to `file`, whole or not at all.
   * @param size told how many bytes it will be; may throw to end it
   * @throws BuildFailure when there are none.
   */
  async copy(uuid: string, file: string, signal: AbortSignal, size: (bytes: number) => void): Promise<void> {
    const found = await this.find(uuid);
    if (found === undefined)
      throw new BuildFailure(`the worker does not have the sources of build ${uuid}, or no longer; build from their URL`);
    const part = `${file}.part`;
    try {
      size(found.size);
      await pipeline(found.body, createWriteStream(part, { mode: 0o600, flush: true }), { signal });
      await rename(part, file);
    } finally {
      found.body.destroy();
      await rm(part, { force: true });
    }
  }
}
