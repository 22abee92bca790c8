// Accepting, looking at, stopping and deleting builds.
import type { FastifyInstance } from 'fastify';
import { buildKey } from '../state/payload';
import { imageOf, isFinal, type BuildRecord } from '../state/record';
import { requestErrors } from '../errors';
import type { Worker } from '../worker';
import { largeBodies } from './large-bodies';

export interface BuildParams {
  readonly app: string;
  readonly number: string;
}

/** A build as the API shows it. Times are ISO 8601. */
export function buildStatus(record: BuildRecord): Record<string, unknown> {
  const time = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return {
    id: record.number,
    app: record.app,
    app_id: record.appId,
    space: record.space,
    build_uuid: record.buildUuid,
    image: record.repository === '' ? null : imageOf(record),
    status: record.state,
    reason: record.reason ?? null,
    digest: record.digest ?? null,
    attempts: record.attempts,
    accepted_at: time(record.acceptedAt),
    started_at: time(record.startedAt),
    ended_at: time(record.endedAt),
    callback_undelivered: record.undelivered === true,
  };
}

/** @throws RequestError 404 when there is none, or it was deleted. */
export function findBuild({ database }: Worker, { app, number }: BuildParams): BuildRecord {
  const record = database.get('build', buildKey(app, number));
  if (record === undefined || record.deleted === true) throw requestErrors.notFound();
  return record;
}

export function buildRoutes(app: FastifyInstance, worker: Worker): void {
  const { config, queue, workFolder, admit } = worker;
  app.post('/', { preParsing: largeBodies({ folder: workFolder, maxBytes: config.MAX_BODY_BYTES, admit }) }, async (request) => {
    await queue.accept(request.body, request.headers.host);
    return { status: 'ok' };
  });
  app.get<{ Params: BuildParams }>('/:app/:number', async (request) => {
    const record = findBuild(worker, request.params);
    return { ...buildStatus(record), reason: record.reason ?? queue.waitsFor(record) ?? null };
  });
  app.delete<{ Params: BuildParams }>('/:app/:number', async ({ params }) => {
    const found = await queue.stop(buildKey(params.app, params.number));
    // As buildshuttle: what is not there needs no stopping. One that came too late says how the build ended.
    const late = found !== undefined && found.state !== 'stopped' && (isFinal(found.state) || found.digest !== undefined);
    return late ? { status: 'ok', state: found.state } : { status: 'ok' };
  });
  app.delete<{ Params: { app: string } }>('/:app', async ({ params }) => {
    await queue.deleteApp(params.app);
    return { status: 'ok' };
  });
}
