// Files of the pages for people, each served by its name. Nothing comes from elsewhere.
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HIDDEN } from './schemas';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** As a build copies them beside the compiled routes. */
const FOLDER = join(__dirname, '..', 'page');

async function content(name: string): Promise<string | Buffer> {
  if (name.startsWith('swagger-ui')) return readFile(join(dirname(require.resolve('swagger-ui-dist/package.json')), name));
  // A CommonJS module of one file, as browsers take it.
  if (name === 'anser.mjs')
    return `const module = {};\n${await readFile(require.resolve('anser'), 'utf8')}\nexport default module.exports;\n`;
  return readFile(join(FOLDER, name));
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A handler that answers with the file. */
export function asset(name: string, policy: string): Handler {
  return async (_request, reply) =>
    reply
      .headers({
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      })
      .type(TYPES[extname(name)] ?? 'application/octet-stream')
      .send(await content(name));
}

/** Files that need no token: they say nothing of any build. */
export function serveAssets(app: FastifyInstance, path: string, names: readonly string[], policy: string): void {
  for (const name of names) app.get(`${path}/${name}`, { config: { open: true }, schema: HIDDEN }, asset(name, policy));
}
