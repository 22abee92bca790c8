// A BuildKit session over the Docker API: the engine asks back, over HTTP/2, for registry logins, build secrets and files.
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { ContextFolders } from '../engine';
import { DIFF_COPY, sendFolder } from './file-sync';
import { frameOf, GRPC } from './grpc';
import { readFields, textOf, writeFields } from './protobuf';
import { loginFor, type RegistryLogins } from '../../registry/login';

const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const HEALTH = '/grpc.health.v1.Health/Check';

/** What the session offers; the engine asks for nothing else. */
export const sessionMethods = ({ folders }: SessionAnswers): string[] => [
  HEALTH,
  CREDENTIALS,
  SECRET,
  ...(folders === undefined ? [] : [DIFF_COPY]),
];

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const MOST_BYTES = 64 * 1024;

export interface SessionAnswers {
  readonly logins: RegistryLogins;
  readonly secrets: Readonly<Record<string, string>>;
  /** What is built, where the engine is not sent it. */
  readonly folders?: Pick<ContextFolders, 'context' | 'dockerfile'> | undefined;
}

function answer(path: string, message: Buffer, { logins, secrets }: SessionAnswers): Buffer | number {
  if (path === HEALTH) return Buffer.from([8, 1]);
  if (path === CREDENTIALS) {
    const login = loginFor(logins, textOf(readFields(message), 1));
    // A refresh token goes in place of the password, without a name: so BuildKit tells it from one.
    if (login?.identitytoken !== undefined) return writeFields([[2, login.identitytoken]]);
    return writeFields([
      [1, login?.username ?? ''],
      [2, login?.password ?? ''],
    ]);
  }
  if (path === SECRET) {
    const id = textOf(readFields(message), 1);
    const secret = Object.entries(secrets).find(([name]) => name === id);
    return secret === undefined ? NOT_FOUND : writeFields([[1, secret[1]]]);
  }
  return UNIMPLEMENTED;
}

async function reply(stream: ServerHttp2Stream, path: string, answers: SessionAnswers): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    bytes += chunks.at(-1)?.length ?? 0;
    if (bytes > MOST_BYTES) return stream.close();
  }
  // gRPC: one byte for compression, four for the length.
  const result = answer(path, Buffer.concat(chunks).subarray(5), answers);
  if (typeof result === 'number') {
    stream.respond({ ...GRPC, 'grpc-status': String(result) }, { endStream: true });
    return;
  }
  stream.respond(GRPC, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(frameOf(result));
}

/** Serves on a connection that the engine has upgraded. Ends with the socket. */
export function serveSession(socket: Duplex, answers: SessionAnswers): void {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => stream.destroy());
    const path = headers[':path'] ?? '';
    const name = headers['dir-name'];
    const folder = name === 'context' || name === 'dockerfile' ? answers.folders?.[name] : undefined;
    (path === DIFF_COPY && folder !== undefined ? sendFolder(stream, folder) : reply(stream, path, answers)).catch(() => stream.destroy());
  });
  server.on('sessionError', () => socket.destroy());
  socket.on('error', () => socket.destroy());
  server.emit('connection', socket);
}
