// The S3 server, Kafka and the registry that tests start: they answer their usual clients, several at a time, and leave nothing behind.
import { createHash, createHmac } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { describeWith, findParts, kafka, registry, s3, type Part, type S3 } from '../../support/parts';

const started: Part[] = [];
const track = <P extends Part>(part: P): P => {
  started.push(part);
  return part;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((part) => part.stop()));
});

const folders = (part: string): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`cdk8s-estafette-${part}-`));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** One request, signed as AWS asks for it (version 4). */
async function request(server: S3, method: string, path: string, body = ''): Promise<Response> {
  const { host } = new URL(server.address);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${server.region}/s3/aws4_request`;
  const headers = { host, 'x-amz-content-sha256': sha256(body), 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const canonical = [method, path, '', ...Object.entries(headers).map(([name, value]) => `${name}:${value}`), '', names, sha256(body)].join(
    '\n',
  );
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${server.secretKey}`, time.slice(0, 8)), server.region));
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${server.accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return fetch(`${server.address}${path}`, { method, headers: { ...headers, authorization }, ...(body && { body }) });
}

describeWith(findParts('versitygw'))('s3()', () => {
  it('stores and gives back an object in a bucket made at the start', async () => {
    const server = track(await s3({ buckets: ['logs'] }));
    expect((await request(server, 'PUT', '/logs/a/b.txt', 'hello')).status).toBe(200);
    expect(await (await request(server, 'GET', '/logs/a/b.txt')).text()).toBe('hello');
    expect((await request(server, 'GET', '/logs/missing')).status).toBe(404);
  });

  it('lets nobody in without the secret, and several run at a time', async () => {
    const [one, two] = await Promise.all([s3({ buckets: ['one'] }), s3()]);
    track(one);
    track(two);
    expect(one.address).not.toBe(two.address);
    expect((await request({ ...one, secretKey: 'wrong' }, 'GET', '/one')).status).toBe(403);
    expect((await request(two, 'GET', '/one')).status).toBe(404);
  });
});

describeWith(findParts('docker-registry'))('registry()', () => {
  it('is open without a login', async () => {
    const { address } = track(await registry());
    expect((await fetch(`http://${address}/v2/`)).status).toBe(200);
  });

  it('asks for the login it was given', async () => {
    const { address } = track(await registry({ auth: { username: 'me', password: 'secret word' } }));
    const status = async (login?: string): Promise<number> =>
      (await fetch(`http://${address}/v2/`, login ? { headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } } : {}))
        .status;
    expect(await status()).toBe(401);
    expect(await status('me:wrong')).toBe(401);
    expect(await status('me:secret word')).toBe(200);
  });

  it('is gone, folder and all, when it is stopped', async () => {
    const before = folders('registry');
    const part = await registry();
    const [own = ''] = folders('registry').filter((name) => !before.includes(name));
    expect(own).not.toBe('');
    await part.stop();
    await part.stop();
    await expect(fetch(`http://${part.address}/`)).rejects.toThrow('fetch failed');
    expect(existsSync(`${tmpdir()}/${own}`)).toBe(false);
  });
});

/** The length-prefixed frame of a request for the versions of the API (key 18, version 0), and the broker's answer. */
function apiVersions(port: number): Promise<Buffer> {
  const body = Buffer.concat([Buffer.from([0, 18, 0, 0, 0, 0, 0, 7]), Buffer.from([0, 4]), Buffer.from('test')]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([length, body])));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data);
    });
    socket.once('error', reject);
  });
}

describeWith(findParts('kafka'))('kafka()', () => {
  it('answers a client', async () => {
    const { address, env } = track(await kafka());
    expect(env).toEqual({ KAFKA_BROKERS: address });
    const answer = await apiVersions(Number(address.split(':')[1]));
    // Correlation id, then error code 0.
    expect([answer.readInt32BE(4), answer.readInt16BE(8)]).toEqual([7, 0]);
  }, 60_000);
});
