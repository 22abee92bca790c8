// A build's log: as it is now, or live to its end, as text or as server-sent events.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Lines } from '../logs/lines';
import { requestErrors } from '../errors';
import type { Worker } from '../worker';
import { findBuild, type BuildParams } from './builds';
import { described } from './descriptions';
import type { logQuery } from './schemas';

const KEEP_ALIVE_MS = 15_000;
/** How often a waiting build's place in the queue is looked at. */
const POSITION_MS = 1000;

type Query = z.infer<typeof logQuery>;

export function logRoutes(app: FastifyInstance, worker: Worker): void {
  app.get<{ Params: BuildParams; Querystring: Query }>('/:app/:number/logs', { schema: described.log }, async (request, reply) => {
    const record = findBuild(worker, request.params);
    if (request.query.follow === undefined || request.query.follow === 'false') {
      const found = await worker.logs.read(record);
      if (found === undefined) throw requestErrors.notFound();
      if (found.size !== undefined) reply.header('content-length', found.size);
      return reply.type('text/plain; charset=utf-8').send(found.body);
    }
    const closed = new AbortController();
    reply.raw.once('close', () => closed.abort());
    const position = worker.queue.position(record.key);
    if (position !== undefined) reply.header('x-queue-position', position);
    if (!(request.headers.accept ?? '').includes('text/event-stream')) {
      return reply
        .type('text/plain; charset=utf-8')
        .send(Readable.from(atOnce(reply, worker.logs.follow(record.key, 0, closed.signal)), { objectMode: false }));
    }
    const last = Number(request.headers['last-event-id'] ?? 0);
    const events = sse(worker, record.key, Number.isSafeInteger(last) && last > 0 ? last : 0, closed.signal);
    return reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(events, { objectMode: false }));
  });
}

/** Headers go out when the answer is first read from, not with its first byte: that may be long in coming. */
async function* atOnce(reply: FastifyReply, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  reply.raw.flushHeaders();
  yield* chunks;
}

/** A lone \r would end the event's line. */
function event(offset: number, line: Buffer): string {
  return `id: ${offset}\ndata: ${line.toString('utf8').replaceAll('\r', '\ndata: ')}\n\n`;
}

/**
 * One event a line, several for one above 64 KiB. Its id is the offset after it, so that a browser that comes back misses nothing and sees
 * nothing twice.
 */
async function* sse(worker: Worker, key: string, from: number, signal: AbortSignal): AsyncGenerator<string> {
  let offset = from;
  const lines = new Lines();
  const chunks = worker.logs.follow(key, from, signal);
  const ask = () => {
    const next = chunks.next();
    // Waited for below; until then a slow reader may be in between, and a failure must not count as one that nobody handles.
    next.catch(() => undefined);
    return next;
  };
  try {
    let next = ask();
    yield ': the log begins\n\n';
    let told: number | undefined;
    let silentMs = 0;
    for (;;) {
      const position = worker.queue.position(key);
      if (position !== told) yield `event: queue\ndata: ${JSON.stringify({ position: position ?? null })}\n\n`;
      told = position;
      const patience = position === undefined ? KEEP_ALIVE_MS : POSITION_MS;
      let timer: NodeJS.Timeout | undefined;
      const idle = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patience)));
      const result = await Promise.race([next, idle]).finally(() => clearTimeout(timer));
      if (result === undefined) {
        silentMs += patience;
        if (silentMs >= KEEP_ALIVE_MS) {
          silentMs = 0;
          yield ': still there\n\n';
        }
        continue;
      }
      if (result.done === true) break;
      next = ask();
      let events = '';
      for (const { bytes, whole } of lines.push(result.value)) {
        offset += bytes.length + (whole ? 1 : 0);
        events += event(offset, bytes);
      }
      if (events !== '') yield events;
    }
  } finally {
    chunks.return(undefined).catch(() => undefined);
  }
  const rest = lines.rest();
  if (rest.length > 0) yield event(offset + rest.length, rest);
  const ended = worker.records.get(key);
  yield `event: end\ndata: ${JSON.stringify({ status: ended?.state ?? 'deleted', digest: ended?.digest ?? null, reason: ended?.reason ?? null })}\n\n`;
}
