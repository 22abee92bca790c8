// One request to a Docker engine's API, over its socket.
import { request } from 'node:http';

export interface EngineRequest {
  readonly type?: string;
  readonly body?: Buffer | string;
  /** Login for a registry: username, password, serveraddress. */
  readonly login?: object;
}

/** @returns the whole answer @throws Error with the status and the engine's message when it is not a success */
export function engineRequest(
  socketPath: string,
  method: string,
  path: string,
  { type, body, login }: EngineRequest = {},
): Promise<string> {
  const headers = {
    ...(type && { 'content-type': type }),
    // Docker wants the alphabet of URLs, and its padding too.
    ...(login && { 'x-registry-auth': Buffer.from(JSON.stringify(login)).toString('base64').replaceAll('+', '-').replaceAll('/', '_') }),
  };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if ((response.statusCode ?? 500) < 400) resolve(text);
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
      });
    });
    call.once('error', reject);
    call.end(body);
  });
}
