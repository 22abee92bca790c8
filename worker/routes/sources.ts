// The sources of a build, by its UUID.
import type { FastifyInstance } from 'fastify';
import { requestErrors } from '../errors';
import { UUID } from '../state/payload';
import type { StoredObject } from '../stores/store';
import type { Worker } from '../worker';
import { described } from './descriptions';

/** Sources that are being fetched are waited for so long. */
const FETCH_MS = 20_000;

interface Params {
  readonly build: string;
}

export function sourceRoutes(app: FastifyInstance, worker: Worker): void {
  const find = async ({ build }: Params): Promise<StoredObject> => {
    if (!UUID.test(build)) throw requestErrors.invalidUuid();
    await worker.fetches.settled(build, FETCH_MS);
    const found = await worker.sources.find(build);
    if (found === undefined) throw requestErrors.notFound();
    return found;
  };
  app.head<{ Params: Params }>('/:build', { schema: described.hasSources }, async ({ params }, reply) => {
    const { size, body } = await find(params);
    body.destroy();
    return reply.header('content-length', size).send();
  });
  app.get<{ Params: Params }>('/:build', { schema: described.sources }, async ({ params }, reply) => {
    const { size, body } = await find(params);
    return reply.type('application/octet-stream').header('content-length', size).send(body);
  });
}
