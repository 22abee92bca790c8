// Answers to what goes wrong, all of one shape: errors of routes, of the framework, and of requests that are not HTTP.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isError, RequestError, requestErrors } from '../errors';

/** What Node's parser refuses, by its code. */
const REFUSED: Readonly<Record<string, { readonly status: number; readonly mend: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, mend: 'the headers are too long; send fewer or shorter ones' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, mend: 'the chunk extensions are too long; send none' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, mend: 'the request did not come whole in time; send it faster' },
};

/** To a connection on which no request could be read. */
export function refuseConnection({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const { status, mend } = REFUSED[code] ?? { status: 400, mend: 'this is not an HTTP request' };
  const body = JSON.stringify({ status: `${STATUS_CODES[status]} - ${mend}` });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ` +
      `${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** The framework's errors before there is a route, such as of a path that cannot be decoded. */
export function refuseRequest(error: FastifyError, _request: unknown, reply: { readonly raw: FastifyReply['raw'] }): void {
  const status = error.statusCode ?? 400;
  reply.raw
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify({ status: `${STATUS_CODES[status]} - ${error.message}` }));
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof RequestError) {
    // What is left of the body is not waited for.
    if (error.status === 408 || error.status === 413) reply.header('connection', 'close');
    return reply.code(error.status).send({ status: error.message });
  }
  const status = isError(error) && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status === 413) return reply.code(413).send({ status: requestErrors.bodyTooLarge().message });
  if (status === 415) return reply.code(415).send({ status: 'Unsupported Media Type - send application/json.' });
  if (status < 500 && isError(error))
    return reply.code(status).send({ status: `${STATUS_CODES[status] ?? 'Bad Request'} - ${error.message}` });
  // The client left in the middle of its body: nobody reads the answer, and nothing of the worker's is wrong.
  if (request.raw.destroyed) request.log.debug({ err: error }, 'request given up by the client');
  else request.log.error({ err: error }, 'request failed');
  return reply.code(500).send({ status: 'Internal Server Error' });
}

export function refusals(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ status: 'Not Found' }));
  app.setErrorHandler(answerError);
  app.server.on('checkExpectation', (_request, response) =>
    response
      .writeHead(417, { 'content-type': 'application/json; charset=utf-8' })
      .end('{"status":"Expectation Failed - send no such Expect header."}'),
  );
}
