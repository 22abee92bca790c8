// The HTTP server around a worker: who may ask, what is answered when something goes wrong, and the routes.
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import { isLoopbackName } from './config';
import { requestErrors } from './errors';
import { isAllowed } from './routes/access';
import { buildRoutes } from './routes/builds';
import { healthRoutes } from './routes/health';
import { parseJsonBodies } from './routes/json-body';
import { logRoutes } from './routes/logs';
import { describeRoutes, openApiRoutes } from './routes/openapi';
import { pageRoutes } from './routes/page';
import { refusals, refuseConnection, refuseRequest } from './routes/refusals';
import { sourceRoutes } from './routes/sources';
import type { Worker } from './worker';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without the token: health, and the page that asks for it. */
    readonly open?: boolean;
  }
}

/** Builds that are being posted when the server closes get their answer. */
const ANSWER_MS = 2000;

export async function createApp(worker: Worker, logger: FastifyBaseLogger): Promise<FastifyInstance> {
  const { config } = worker;
  const app = fastify({
    loggerInstance: logger,
    bodyLimit: config.MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    frameworkErrors: refuseRequest,
    clientErrorHandler: refuseConnection,
    // Answered as any other request whose name is wrong.
    http: { requireHostHeader: false },
    // For a whole request, its body included.
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
  refusals(app);
  closeInOrder(app);
  await describeRoutes(app);
  healthRoutes(app, worker);
  openApiRoutes(app);
  pageRoutes(app, worker);
  buildRoutes(app, worker);
  logRoutes(app, worker);
  sourceRoutes(app, worker);
  return app;
}

/**
 * At its end the server breaks off who follows a log, and lets posts be answered: a
 * client that gets no answer takes its build for refused.
 */
function closeInOrder(app: FastifyInstance): void {
  const open = new Set<FastifyReply>();
  app.addHook('onRequest', async (_request, reply) => {
    open.add(reply);
    reply.raw.once('close', () => open.delete(reply));
  });
  app.addHook('preClose', async () => {
    for (const { request, raw } of open) if (request.method !== 'POST') raw.destroy();
    setTimeout(() => app.server.closeAllConnections(), ANSWER_MS).unref();
  });
}
