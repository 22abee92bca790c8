// The API described: /openapi.json from the schemas of the routes, and /docs, where it is read and tried.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject, validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { asset, serveAssets } from './assets';
import { answer, answers, HIDDEN, OPEN } from './schemas';

declare module 'fastify' {
  interface FastifySchema {
    summary?: string;
    tags?: readonly string[];
    hide?: boolean;
    security?: readonly Record<string, readonly string[]>[];
  }
}

/** What Swagger UI needs: it draws with images inside its style sheet, and sets styles from its script. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Before the routes: every one that follows must say what it is.
 * Paths and queries are checked by their schemas. A build's own code checks its body, in buildshuttle's words, and answers are sent as
 * they are.
 */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Build worker', version: '1', description: "buildshuttle's API, with states, live logs and metrics." },
      tags: ['builds', 'sources', 'worker', 'pages'].map((name) => ({ name })),
      security: [{ token: [] }, { basic: [] }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'AUTH_TOKEN' },
          basic: { type: 'http', scheme: 'basic', description: 'AUTH_TOKEN as the password, with any name' },
        },
      },
    },
    exposeHeadRoutes: true,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.addHook('onRoute', ({ schema, method, url }) => {
    if (schema?.hide !== true && (schema?.summary === undefined || schema.response === undefined))
      throw new Error(`${String(method)} ${url} is not described: give it a schema with summary and response, or hide: true`);
  });
  app.setValidatorCompiler((route) => (route.httpPart === 'body' ? (value) => ({ value }) : validatorCompiler(route as never)));
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
}

export function openApiRoutes(app: FastifyInstance): void {
  app.get(
    '/openapi.json',
    {
      config: { open: true },
      schema: {
        summary: 'This description.',
        tags: ['worker'],
        ...OPEN,
        response: answers(answer('OpenAPI 3.1', z.looseObject({})), {}, true),
      },
    },
    async () => app.swagger(),
  );
  app.get('/docs', { config: { open: true }, schema: HIDDEN }, asset('docs.html', DOCS_POLICY));
  serveAssets(app, '/docs', ['docs.mjs', 'swagger-ui.css', 'swagger-ui-bundle.js'], DOCS_POLICY);
}
