// The sources of a build, by its UUID.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { UUID } from '../state/payload';
import { isFinal } from '../state/record';
import { requestErrors } from '../errors';
import type { StoredObject } from '../stores/store';
import type { Worker } from '../worker';

interface Params {
  readonly build: string;
}

async function findSources(worker: Worker, uuid: string): Promise<StoredObject | undefined> {
  // While a build runs, its sources are still in the work folder.
  const running = worker.database.withUuid(uuid).find(({ state }) => !isFinal(state));
  if (running !== undefined) {
    const file = worker.sourcesFile(running);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined) return { size: found.size, body: createReadStream(file) };
  }
  return worker.uploads.get(uuid.toLowerCase());
}

export function sourceRoutes(app: FastifyInstance, worker: Worker): void {
  app.head<{ Params: Params }>('/:build', async ({ params }, reply) => {
    if (!UUID.test(params.build)) throw requestErrors.invalidUuid();
    const found = await findSources(worker, params.build);
    if (found === undefined) throw requestErrors.notFound();
    found.body.destroy();
    return reply.header('content-length', found.size).send();
  });
  app.get<{ Params: Params }>('/:build', async ({ params }, reply) => {
    if (!UUID.test(params.build)) throw requestErrors.invalidUuid();
    const found = await findSources(worker, params.build);
    if (found === undefined) throw requestErrors.notFound();
    return reply.type('application/octet-stream').header('content-length', found.size).send(found.body);
  });
}
