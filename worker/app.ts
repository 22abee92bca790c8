// The HTTP server around a worker: who may ask, what is answered when something goes wrong, and the routes.
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { isLoopbackName } from './config';
import { RequestError, requestErrors, isError } from './errors';
import { isAllowed } from './routes/access';
import { buildRoutes } from './routes/builds';
import { healthRoutes } from './routes/health';
import { parseJsonBodies } from './routes/json-body';
import { logRoutes } from './routes/logs';
import { openApiRoutes } from './routes/openapi';
import { pageRoutes } from './routes/page';
import { sourceRoutes } from './routes/sources';
import type { Worker } from './worker';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without the token: health, and the page that asks for it. */
    readonly open?: boolean;
  }
}

export async function createApp(worker: Worker, logger: FastifyBaseLogger): Promise<FastifyInstance> {
  const { config } = worker;
  const app = fastify({
    loggerInstance: logger,
    bodyLimit: config.MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // For a whole request, its body included: one that drips holds back others.
    requestTimeout: 300_000,
    routerOptions: { maxParamLength: 300 },
  });
  parseJsonBodies(app);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.open === true) return;
    if (config.AUTH_TOKEN !== undefined) {
      if (!isAllowed(request, config.AUTH_TOKEN)) throw requestErrors.unauthorized();
      return;
    }
    if (config.ALLOW_ANONYMOUS) return;
    // Listening on loopback only: a web page that makes its name mean 127.0.0.1 still sends its own name.
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (!isLoopbackName(host)) throw requestErrors.foreignHost(host);
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ status: 'Not Found' }));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof RequestError) return reply.code(error.status).send({ status: error.message });
    const status = isError(error) && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    if (status === 413) return reply.code(413).send({ status: 'Payload Too Large - raise MAX_BODY_BYTES, or give the sources as a URL.' });
    if (status === 415) return reply.code(415).send({ status: 'Unsupported Media Type - send application/json.' });
    if (status < 500 && isError(error)) return reply.code(status).send({ status: `Bad Request - ${error.message}` });
    request.log.error({ err: error }, 'request failed');
    return reply.code(500).send({ status: 'Internal Server Error' });
  });
  healthRoutes(app, worker);
  openApiRoutes(app);
  pageRoutes(app, worker);
  buildRoutes(app, worker);
  logRoutes(app, worker);
  sourceRoutes(app, worker);
  return app;
}
