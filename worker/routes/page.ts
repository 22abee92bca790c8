// The page for people at /builds: its files, the list of builds that it shows, and signing in.
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { requestErrors } from '../errors';
import type { BuildRecord, State } from '../state/record';
import type { Worker } from '../worker';
import { asset, serveAssets } from './assets';
import { buildStatus } from './builds';
import { answer, answers, builds, HIDDEN, listQuery, STATES } from './schemas';

const PAGE_BUILDS = 50;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action " +
  "'self'; base-uri 'none'; frame-ancestors 'none'";
const FILES = ['script.mjs', 'events.mjs', 'log-view.mjs', 'terminal.mjs', 'words.mjs', 'anser.mjs', 'style.css', 'favicon.svg'];

type Query = z.infer<typeof listQuery>;

function statesOf(text: string | undefined): ReadonlySet<State> | undefined {
  if (text === undefined || text === '') return undefined;
  const wanted = text.split(',').map((name) => STATES.find((state) => state === name.trim()));
  const known = wanted.filter((state) => state !== undefined);
  if (known.length < wanted.length) throw requestErrors.invalidField('state', `must be of ${STATES.join(', ')}`);
  return new Set(known);
}

/** The newest first, from `before` on; one more than a page has, so that it is known whether there is another. */
function newest(worker: Worker, { app = '', state, before }: Query): BuildRecord[] {
  const states = statesOf(state);
  const part = app.trim().toLowerCase();
  const found: BuildRecord[] = [];
  for (const record of worker.records.newest(before === undefined ? undefined : Number(before))) {
    const shown = record.deleted !== true && (states?.has(record.state) ?? true) && record.appId.toLowerCase().includes(part);
    if (shown) found.push(record);
    if (found.length > PAGE_BUILDS) break;
  }
  return found;
}

export function pageRoutes(app: FastifyInstance, worker: Worker): void {
  app.get('/builds', { config: { open: true }, schema: HIDDEN }, asset('builds.html', POLICY));
  serveAssets(app, '/builds', FILES, POLICY);
  app.get<{ Querystring: Query }>(
    '/builds/list',
    {
      schema: {
        summary: `Builds, the newest first, ${PAGE_BUILDS} at a time.`,
        tags: ['builds'],
        querystring: listQuery,
        response: answers(answer('the builds', builds), { 400: 'what is wrong with the query' }),
      },
    },
    async ({ query }) => {
      const found = newest(worker, query);
      const page = found.slice(0, PAGE_BUILDS);
      const more = found.length > page.length;
      return { builds: page.map((record) => buildStatus(worker, record)), next: more ? String(page.at(-1)?.sequence) : null };
    },
  );
  // The token as a cookie that scripts cannot read and other sites cannot send; over TLS
  // only where the browser came that way, which a proxy tells.
  app.post(
    '/builds/session',
    {
      schema: {
        summary: 'Keep the bearer token of this request in a cookie, for the pages in a browser.',
        tags: ['pages'],
        response: answers(answer('the cookie is set')),
      },
    },
    async (request, reply) => {
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const secure = /^\s*https\s*(,|$)/i.test(String(request.headers['x-forwarded-proto'] ?? ''));
      return reply
        .header('set-cookie', `worker_token=${encodeURIComponent(bearer)}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`)
        .send({ status: 'ok' });
    },
  );
}
