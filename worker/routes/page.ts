// The page for people at /builds: all builds, one with its live log, and a stop button. Nothing comes from elsewhere.
import type { FastifyInstance } from 'fastify';
import type { Worker } from '../worker';
import { isAllowed } from './access';
import { buildStatus } from './builds';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets';

const MOST = 200;

const html = (body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Builds</title><link rel="stylesheet" href="/builds/style.css"></head><body>${body}<script src="/builds/script.js"></script></body></html>`;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export function pageRoutes(app: FastifyInstance, worker: Worker): void {
  const open = { config: { open: true } };
  app.get('/builds', open, async (request, reply) => {
    const token = worker.config.AUTH_TOKEN;
    reply.headers(HEADERS).type('text/html; charset=utf-8');
    if (token !== undefined && !isAllowed(request, token)) {
      return reply.send(
        html(
          '<main><h1>Builds</h1><form id="login"><label>Token <input id="token" type="password" autocomplete="current-password" required></label> <button>Sign in</button><p id="problem" role="alert"></p></form></main>',
        ),
      );
    }
    return reply.send(
      html(
        '<main><h1>Builds</h1><section id="one" hidden><h2 id="name"></h2><p><span id="state"></span> <button id="stop" hidden>Stop</button></p><p id="detail"></p><pre id="log" tabindex="0"></pre><p><a href="#">All builds</a></p></section><table id="all"><thead><tr><th>App</th><th>Number</th><th>State</th><th>Accepted</th><th>Reason</th></tr></thead><tbody></tbody></table></main>',
      ),
    );
  });
  app.get('/builds/script.js', open, async (_request, reply) =>
    reply.headers(HEADERS).type('text/javascript; charset=utf-8').send(PAGE_SCRIPT),
  );
  app.get('/builds/style.css', open, async (_request, reply) => reply.headers(HEADERS).type('text/css; charset=utf-8').send(PAGE_STYLE));
  app.get('/builds/list', async () =>
    worker.database
      .all('build')
      .filter((record) => record.deleted !== true)
      .sort((a, b) => b.sequence - a.sequence)
      .slice(0, MOST)
      .map(buildStatus),
  );
  // The token as a cookie that scripts cannot read and other sites cannot send; over TLS only where the browser came that way, which a proxy tells.
  app.post('/builds/session', async (request, reply) => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const secure = /^\s*https\s*(,|$)/i.test(String(request.headers['x-forwarded-proto'] ?? ''));
    return reply
      .header('set-cookie', `worker_token=${encodeURIComponent(bearer)}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`)
      .send({ status: 'ok' });
  });
}
