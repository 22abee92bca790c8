// The API described: /openapi.json, and a page that prints it for people.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { payload } from '../state/payload';

const answer = (description: string, type = 'application/json') => ({
  description,
  content: { [type]: type === 'application/json' ? { schema: { $ref: '#/components/schemas/Status' } } : {} },
});
const parameter = (name: string, description: string, where: 'path' | 'query' = 'path') => ({
  name,
  in: where,
  required: where === 'path',
  description,
  schema: { type: 'string' },
});
const build = [parameter('app', '{app}-{app_uuid}'), parameter('number', 'build_number')];
const uuid = [parameter('build_uuid', 'build_uuid')];
const OK = answer('{"status":"ok"}');
const NOT_FOUND = { '404': answer('there is none') };
const OPEN: readonly object[] = [];

export const openApi = {
  openapi: '3.1.0',
  info: { title: 'Build worker', version: '1', description: "buildshuttle's API, with states, live logs and metrics." },
  security: [{ token: [] }],
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Status: { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] },
      Build: z.toJSONSchema(payload, { io: 'input', unrepresentable: 'any' }),
    },
  },
  paths: {
    '/': {
      post: {
        summary: 'Queue a build. The same build posted again is answered ok and runs once.',
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Build' } } } },
        responses: {
          '200': OK,
          '400': answer('what is wrong with the payload'),
          '409': answer('the number was used with a different payload'),
          '413': answer('larger than MAX_BODY_BYTES'),
          '503': answer('stopping, or no room on the disk'),
        },
      },
    },
    '/{build_uuid}': {
      get: {
        summary: 'The sources of a build.',
        parameters: uuid,
        responses: { '200': answer('the archive', 'application/octet-stream'), ...NOT_FOUND },
      },
      head: {
        summary: 'Whether the sources of a build are there.',
        parameters: uuid,
        responses: { '200': { description: 'they are' }, '404': { description: 'they are not' } },
      },
    },
    '/{app}': {
      delete: { summary: 'Stop and delete everything of an app.', parameters: [build[0]], responses: { '200': OK, ...NOT_FOUND } },
    },
    '/{app}/{number}': {
      get: {
        summary: 'State, digest, reason and times of a build.',
        parameters: build,
        responses: { '200': { description: 'the build' }, ...NOT_FOUND },
      },
      delete: { summary: 'Stop a build.', parameters: build, responses: { '200': OK, ...NOT_FOUND } },
    },
    '/{app}/{number}/logs': {
      get: {
        summary: 'The log; with follow=true to its end, as server-sent events where they are accepted.',
        parameters: [...build, parameter('follow', 'true to wait for more', 'query')],
        responses: { '200': answer('the log', 'text/plain'), ...NOT_FOUND },
      },
    },
    '/octhc': {
      get: { summary: 'Health, as buildshuttle has it.', security: OPEN, responses: { '200': answer('overall_status=good', 'text/html') } },
    },
    '/healthz': { get: { summary: 'Whether the worker lives.', security: OPEN, responses: { '200': OK } } },
    '/readyz': {
      get: { summary: 'Whether the engine can be reached.', security: OPEN, responses: { '200': OK, '503': answer('it cannot') } },
    },
    '/metrics': { get: { summary: 'Figures for Prometheus.', responses: { '200': answer('the figures', 'text/plain') } } },
    '/builds': { get: { summary: 'The page for people.', responses: { '200': answer('the page', 'text/html') } } },
  },
} as const;

function page(): string {
  const rows = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary }]) => `<tr><td><code>${method.toUpperCase()} ${path}</code></td><td>${summary}</td></tr>`,
    ),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Build worker API</title><style>body{font:15px system-ui,sans-serif;margin:2rem}td{padding:.3rem 1rem .3rem 0;vertical-align:top}</style><h1>Build worker API</h1><table>${rows.join('')}</table><p><a href="openapi.json">openapi.json</a></p></html>`;
}

export function openApiRoutes(app: FastifyInstance): void {
  app.get('/openapi.json', { config: { open: true } }, async () => openApi);
  app.get('/docs', { config: { open: true } }, async (_request, reply) => reply.type('text/html; charset=utf-8').send(page()));
}
