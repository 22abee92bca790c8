// Accepting, looking at, stopping and deleting builds.
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { buildKey } from '../state/payload';
import { imageOf, isFinal, type BuildRecord } from '../state/record';
import { requestErrors } from '../errors';
import type { Worker } from '../worker';
import { largeBodies } from './large-bodies';
import { described } from './descriptions';
import type { build } from './schemas';

export interface BuildParams {
  readonly app: string;
  readonly number: string;
}

/** A build as the API shows it. Times are ISO 8601. */
export function buildStatus({ queue }: Worker, record: BuildRecord): z.infer<typeof build> {
  const time = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return {
    id: record.number,
    app: record.app,
    app_id: record.appId,
    space: record.space,
    build_uuid: record.buildUuid,
    branch: record.branch ?? null,
    commit: record.commit ?? null,
    image: record.repository === '' ? null : imageOf(record),
    status: record.state,
    reason: record.reason ?? null,
    digest: record.digest ?? null,
    queue_position: queue.position(record.key) ?? null,
    attempts: record.attempts,
    accepted_at: new Date(record.acceptedAt).toISOString(),
    started_at: time(record.startedAt),
    ended_at: time(record.endedAt),
    callback_undelivered: record.undelivered === true,
  };
}

/** @throws RequestError 404 when there is none, or it was deleted. */
export function findBuild({ records }: Worker, { app, number }: BuildParams): BuildRecord {
  const record = records.get(buildKey(app, number));
  if (record === undefined || record.deleted === true) throw requestErrors.notFound();
  return record;
}

export function buildRoutes(app: FastifyInstance, worker: Worker): void {
  const { config, queue, workFolder, admit } = worker;
  app.post(
    '/',
    { preParsing: largeBodies({ folder: workFolder, maxBytes: config.MAX_BODY_BYTES, admit }), schema: described.accept },
    async (request) => {
      await queue.accept(request.body, request.headers.host);
      return { status: 'ok' };
    },
  );
  app.get<{ Params: BuildParams }>('/:app/:number', { schema: described.status }, async ({ params }) => {
    const record = findBuild(worker, params);
    return { ...buildStatus(worker, record), reason: record.reason ?? queue.waitsFor(record) ?? null };
  });
  app.delete<{ Params: BuildParams }>('/:app/:number', { schema: described.stop }, async ({ params }) => {
    const found = await queue.stop(buildKey(params.app, params.number));
    // As buildshuttle: what is not there needs no stopping. One that came too late says how the build ended.
    const late = found !== undefined && found.state !== 'stopped' && (isFinal(found.state) || found.digest !== undefined);
    return late ? { status: 'ok', state: found.state } : { status: 'ok' };
  });
  app.delete<{ Params: { app: string } }>('/:app', { schema: described.deleteApp }, async ({ params }) => {
    await queue.deleteApp(params.app);
    return { status: 'ok' };
  });
}
