// JSON bodies: bounded in depth and in values before they are parsed, so that no small request keeps the process busy or fills its memory.
import type { FastifyInstance } from 'fastify';
import { messageOf, RequestError, requestErrors } from '../errors';

/** A payload has three. */
const MOST_LEVELS = 64;
/** Of a payload that is a megabyte of build args there are a tenth of it. */
const MOST_VALUES = 1_000_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Where the string that begins at `start` ends. Sources inside a payload are such a string: it is not looked at byte by byte. */
function endOfString(body: Buffer, start: number): number {
  for (let at = body.indexOf(QUOTE, start + 1); at >= 0; at = body.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (body[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return body.length;
}

/** @throws RequestError 400 when the body is too deep or has too many values. */
export function checkShape(body: Buffer): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) at = endOfString(body, at);
    else if (byte === COMMA) values += 1;
    else if (OPENING.has(byte)) {
      depth += 1;
      values += 1;
    } else if (CLOSING.has(byte)) depth -= 1;
    if (depth > MOST_LEVELS) throw requestErrors.invalidField('body', `must not be nested deeper than ${MOST_LEVELS} levels`);
    if (values > MOST_VALUES) throw requestErrors.invalidField('body', `must not have more than ${MOST_VALUES} values`);
  }
}

/** Only JSON: a text body needs no permission of the browser, and so would let any web page post builds. */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
      checkShape(bytes);
      // Some clients name the type where they send nothing.
      done(null, bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8')));
    } catch (error) {
      done(error instanceof RequestError ? error : requestErrors.invalidField('body', `is not JSON: ${messageOf(error)}`));
    }
  });
}
