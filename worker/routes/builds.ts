// Accepting, looking at, stopping and deleting builds.
import type { FastifyInstance } from 'fastify';
import { buildKey } from '../state/payload';
import { imageOf, type BuildRecord } from '../state/record';
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
  app.post('/', { preParsing: largeBodies() }, async (request) => {
    await worker.queue.accept(request.body);
    return { status: 'ok' };
  });
  app.get<{ Params: BuildParams }>('/:app/:number', async (request) => buildStatus(findBuild(worker, request.params)));
  app.delete<{ Params: BuildParams }>('/:app/:number', async ({ params }) => {
    if (!(await worker.queue.stop(buildKey(params.app, params.number)))) throw requestErrors.notFound();
    return { status: 'ok' };
  });
  app.delete<{ Params: { app: string } }>('/:app', async ({ params }) => {
    if (!(await worker.queue.deleteApp(params.app))) throw requestErrors.notFound();
    return { status: 'ok' };
  });
}
