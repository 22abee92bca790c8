// An S3 server: versitygw over a folder.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { needParts } from './find';
import { ownFolder } from './folder';
import { freePort } from './network';
import { once, type Part } from './part';
import { launch, responds, untilReady } from './program';

export interface S3 extends Part {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

export interface S3Options {
  /** Made at the start; names of three letters or more. None by default. */
  readonly buckets?: readonly string[];
  /** Address to listen on. @default 127.0.0.1 */
  readonly host?: string;
}

/** Path-style addresses, plain HTTP. */
export async function s3({ buckets = [], host = '127.0.0.1' }: S3Options = {}): Promise<S3> {
  const parts = needParts('versitygw');
  const folder = ownFolder('s3');
  const [accessKey, secretKey, region] = ['test-access', 'test-secret-key', 'us-east-1'];
  const listen = `${host}:${await freePort()}`;
  const [data, sidecar] = [join(folder.path, 'data'), join(folder.path, 'sidecar')];
  // A bucket is a folder here; attributes go beside, since not every file system keeps them.
  for (const path of [data, sidecar, ...buckets.map((bucket) => join(data, bucket))]) mkdirSync(path);
  const server = launch({
    program: parts.versitygw,
    args: ['--port', listen, '--access', accessKey, '--secret', secretKey, '--region', region, 'posix', '--sidecar', sidecar, data],
    folder: folder.path,
  });
  const stop = once(async () => {
    await server.stop();
    folder.remove();
  });
  const address = `http://${listen}`;
  try {
    await untilReady('s3', server, () => responds(address, { any: true }));
  } catch (error) {
    await stop();
    throw error;
  }
  const env = { AWS_ENDPOINT_URL: address, AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_REGION: region };
  return { address, env, accessKey, secretKey, region, stop };
}
