// Whether the worker lives, whether it can build, and its figures.
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../errors';
import type { Worker } from '../worker';
import { described } from './descriptions';

const PATIENCE_MS = 3000;

export function healthRoutes(app: FastifyInstance, worker: Worker): void {
  app.get('/octhc', { config: { open: true }, schema: described.octhc }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send('overall_status=good'),
  );
  app.get('/healthz', { config: { open: true }, schema: described.healthz }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config: { open: true }, schema: described.readyz }, async (request, reply) => {
    if (!worker.started) return reply.code(503).send({ status: 'Service Unavailable - the worker is starting.' });
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>(
        (_resolve, reject) => (timer = setTimeout(() => reject(new Error('the engine does not answer')), PATIENCE_MS)),
      );
      await Promise.race([worker.engine.ping(), late]);
      return { status: 'ok' };
    } catch (error) {
      // The reason names addresses: it goes to the log, not to whoever asks.
      request.log.warn({ problem: messageOf(error) }, 'not ready');
      return reply.code(503).send({ status: 'Service Unavailable - the build engine cannot be reached.' });
    } finally {
      clearTimeout(timer);
    }
  });
  app.get('/metrics', { schema: described.metrics }, async (_request, reply) =>
    reply.type(worker.metrics.registry.contentType).send(await worker.metrics.registry.metrics()),
  );
}
