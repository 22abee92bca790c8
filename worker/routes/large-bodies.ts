// Large requests one after the other: each is held in memory several times over while it is read, parsed and written to disk.
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Smaller ones do not wait. */
const LARGE_BYTES = 1024 ** 2;
const AT_ONCE = 2;

/** A hook that lets large bodies in two at a time; the others wait on their connections, unread. */
export function largeBodies(): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const waiting: (() => void)[] = [];
  let free = AT_ONCE;
  return async ({ headers }, reply) => {
    // Without a length it may be any size.
    const length = headers['content-length'] === undefined ? Number.POSITIVE_INFINITY : Number(headers['content-length']);
    if (length < LARGE_BYTES) return;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    };
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    // Answered, or gone.
    reply.raw.once('finish', release).once('close', release);
    if (reply.raw.destroyed) release();
  };
}
