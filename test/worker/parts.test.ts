// The small parts: configuration, addresses, encryption, stores, the log's spool, BuildKit's messages.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { environment, readConfig } from '../../worker/config';
import { openSeal } from '../../worker/state/seal';
import { EgressPolicy } from '../../worker/egress/policy';
import { checkPush } from '../../worker/registry/push-check';
import { readProgress } from '../../worker/engines/docker/progress';
import { messagesOf, numberOf, readFields, textOf, writeFields } from '../../worker/engines/docker/protobuf';
import { loginFor } from '../../worker/registry/login';
import { SpooledLog } from '../../worker/logs/spool';
import { checkImageHost } from '../../worker/sources/fetch';
import { tempFolder } from './support/fakes';

const folder = tempFolder();
afterAll(() => folder.remove());

describe('configuration', () => {
  it('needs nothing, and listens on loopback without a token', () => {
    expect(readConfig({})).toMatchObject({
      PORT: 9000,
      HOST: '127.0.0.1',
      MAXIMUM_PARALLEL_BUILDS: 4,
      TIMEOUT_IN_MS: 1_200_000,
      KAFKA_TOPIC: 'alamobuildlogs',
      DOCKER_BUILD_SETTINGS: { socketPath: '/var/run/docker.sock' },
    });
    expect(readConfig({ AUTH_TOKEN: 'x'.repeat(16), PORT: '' })).toMatchObject({ PORT: 9000, HOST: '::' });
  });

  it.each([
    ['0', 0],
    ['10Gi', 10 * 2 ** 30],
    ['1.5Ki', 1536],
    ['2G', 2e9],
    ['1e3', 1000],
    ['1500m', 1],
  ])('takes %s as a size', (text, bytes) => expect(readConfig({ RETENTION_BYTES: text }).RETENTION_BYTES).toBe(bytes));

  it.each<[Record<string, string>, string]>([
    [{ PORT: '70000' }, 'PORT: must be at most 65535'],
    [{ MAXIMUM_PARALLEL_BUILDS: 'many' }, 'MAXIMUM_PARALLEL_BUILDS: must be a whole number'],
    [{ RETENTION_BYTES: '10 GB' }, 'RETENTION_BYTES: must be a size such as 10Gi, or a number of bytes'],
    [{ CACHE_MAX_BYTES: '9Ei' }, 'CACHE_MAX_BYTES: must be a size such as 10Gi, or a number of bytes'],
    [{ EXTRA_BUILD_ARGS: '{' }, 'EXTRA_BUILD_ARGS: must be JSON, such as {"HTTP_PROXY"'],
    [{ DOCKER_BUILD_SETTINGS: 'tcp://x' }, 'DOCKER_BUILD_SETTINGS: must be JSON, such as {"socketPath"'],
    [{ EGRESS_ALLOW: '10.0.0.0/40' }, 'EGRESS_ALLOW: "10.0.0.0/40" is not a CIDR'],
    [{ HOST: '0.0.0.0' }, 'HOST: 0.0.0.0 is reachable from outside; set AUTH_TOKEN'],
    [{ AUTH_TOKEN: 'short' }, 'AUTH_TOKEN: must have at least 16'],
    [{ AUTH_TOKEN_FILE: '/nowhere' }, 'AUTH_TOKEN_FILE: /nowhere cannot be read'],
    [{ S3_ACCESS_KEY: 'x' }, 'S3_ACCESS_KEY: set it together with S3_SECRET_KEY'],
    [
      { DOCKER_CERT_PATH: '/nowhere' },
      'DOCKER_CERT_PATH: /nowhere/ca.pem cannot be read; the folder must hold ca.pem, cert.pem and key.pem',
    ],
    [{ USE_KUBERNETES: 'true' }, 'USE_KUBERNETES: replicas have no disk in common; set S3_BUCKET'],
    [{ USE_KUBERNETES: 'true', S3_BUCKET: 'b' }, 'USE_KUBERNETES: set BUILD_POD_TEMPLATE to a file'],
    [{ WORKER_NAME: 'Not a name' }, 'WORKER_NAME: must be a name such as build-worker'],
    [{ NO_CACHE: 'perhaps' }, 'NO_CACHE: must be true or false'],
  ])('%j', (environment, message) => expect(() => readConfig(environment)).toThrow(message));

  it('listens on all addresses without a token when that is said', () => {
    expect(readConfig({ ALLOW_ANONYMOUS: 'true' })).toMatchObject({ HOST: '::', AUTH_TOKEN: undefined });
    expect(readConfig({ ALLOW_ANONYMOUS: 'true', HOST: '0.0.0.0' })).toMatchObject({ HOST: '0.0.0.0' });
  });

  it('reads the certificates for an engine behind mutual TLS', () => {
    const folder = tempFolder();
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder.path, `${name}.pem`), name);
    const settings = { protocol: 'https', host: 'engine', port: 2376 };
    expect(readConfig({ DOCKER_CERT_PATH: folder.path, DOCKER_BUILD_SETTINGS: JSON.stringify(settings) }).DOCKER_BUILD_SETTINGS).toEqual({
      ...settings,
      ca: 'ca',
      cert: 'cert',
      key: 'key',
    });
    folder.remove();
  });

  it('tells all errors at once', () => expect(() => readConfig({ PORT: 'x', TIMEOUT_IN_MS: '0' })).toThrow(/PORT: .*\nTIMEOUT_IN_MS: /));
});

describe('addresses', () => {
  const list = (...networks: [string, number][]) => {
    const blocks = new BlockList();
    for (const [address, prefix] of networks) blocks.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4');
    return blocks;
  };

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254',
    '2002:7f00:1::',
    '::127.0.0.1',
    'fd00:ec2::23',
    'fd00:ec2:1::1',
    'fd20:ce::254',
    '::ffff:0:127.0.0.1',
    '::ffff:0:a9fe:a9fe',
    '64:ff9b:1::127.0.0.1',
    '64:ff9b:1::a9fe:a9fe',
    '64:ff9b:1:7f00:0:100::',
    '64:ff9b:1:a9fe:a9:fe00::',
    '64:ff9b:1:ab7f:0:1::',
    '64:ff9b:1:abcd:7f:0:100:0',
  ])('refuses %s', (address) => expect(new EgressPolicy().permits(address)).toBe(false));
  it.each([
    '10.0.0.1',
    '192.168.1.1',
    '8.8.8.8',
    '2001:4860:4860::8888',
    'fd12::1',
    'fd00:ec3::1',
    '64:ff9b::808:808',
    '64:ff9b:1::8.8.8.8',
    '64:ff9b:1:808:8:800::',
    '::ffff:0:8.8.8.8',
  ])('lets %s through', (address) => expect(new EgressPolicy().permits(address)).toBe(true));
  it('lets EGRESS_ALLOW win over the default, and EGRESS_DENY over both', () => {
    const policy = new EgressPolicy(list(['127.0.0.0', 8], ['10.0.0.0', 8]), list(['10.1.0.0', 16], ['8.8.0.0', 16]));
    expect(['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', '10.2.2.3', '8.8.8.8'].map((address) => policy.permits(address))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
  it('takes networks of EGRESS_DENY and EGRESS_ALLOW for the whole address and for the one inside', () => {
    const policy = new EgressPolicy(list(['64:ff9b:1::', 48], ['10.0.0.0', 8]), list(['8.8.8.8', 32], ['2002::', 16]));
    expect(
      ['64:ff9b:1::127.0.0.1', '64:ff9b:1::8.8.8.8', '::ffff:8.8.8.8', '2002:a00:1::', '::ffff:10.0.0.1'].map((address) =>
        policy.permits(address),
      ),
    ).toEqual([true, false, false, false, true]);
  });
  it('checks hosts that the engine connects to, as far as their names are known here', async () => {
    const known = new Map([
      ['inside.example', '127.0.0.1'],
      ['denied.example', '9.9.9.9'],
      ['fine.example', '8.8.8.8'],
    ]);
    const policy = new EgressPolicy(undefined, list(['9.9.9.9', 32]), ((
      name: string,
      _options: object,
      done: (error: Error | null, found: object[]) => void,
    ) => {
      const address = known.get(name);
      done(address === undefined ? new Error('ENOTFOUND') : null, address === undefined ? [] : [{ address, family: 4 }]);
    }) as never);
    await expect(policy.checkRemote('inside.example')).rejects.toMatchObject({
      denied: false,
      message: 'inside.example (127.0.0.1) may not be reached; EGRESS_ALLOW lets networks through',
    });
    await expect(policy.checkRemote('denied.example')).rejects.toMatchObject({
      denied: true,
      message: 'denied.example (9.9.9.9) may not be reached; EGRESS_DENY has it',
    });
    await expect(policy.checkRemote('[::1]')).rejects.toMatchObject({ code: 'EGRESS_REFUSED' });
    await expect(checkImageHost(policy, '169.254.169.254')).rejects.toMatchObject({
      name: 'BuildFailure',
      message: 'the image cannot be pulled: 169.254.169.254 may not be reached; EGRESS_ALLOW lets networks through',
    });
    for (const host of ['fine.example', 'only.the.engine.knows.it', '1.1.1.1']) await policy.checkRemote(host);
  });
  it('fails the check of a push for EGRESS_DENY, and leaves the rest to the push', async () => {
    const check = { host: '127.0.0.1:5', repository: 'a/b', insecure: true, login: undefined, signal: new AbortController().signal };
    await expect(checkPush({ ...check, policy: new EgressPolicy(undefined, list(['127.0.0.0', 8])) })).rejects.toMatchObject({
      name: 'BuildFailure',
      message: 'the registry 127.0.0.1 may not be reached; EGRESS_DENY has it',
    });
    // Nothing that a log should say of a good build: the engine reaches it.
    expect(await checkPush({ ...check, policy: new EgressPolicy() })).toBeUndefined();
  });
  it('refuses a name of which one address is refused', async () => {
    const policy = new EgressPolicy(undefined, undefined, ((
      _name: string,
      _options: object,
      done: (error: null, found: object[]) => void,
    ) =>
      done(null, [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ])) as never);
    const error = await new Promise((resolve) => policy.lookup('rebind.example', { all: true }, resolve));
    expect(error).toMatchObject({
      code: 'EGRESS_REFUSED',
      message: 'rebind.example (127.0.0.1) may not be reached; EGRESS_ALLOW lets networks through',
    });
  });
});

describe('the seal', () => {
  it('makes a key once, private, and opens under the same name only', () => {
    const path = join(folder.path, 'key');
    const sealed = openSeal(path).close('name', 'secret ü');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openSeal(path).open('name', sealed)).toBe('secret ü');
    expect(() => openSeal(path).open('other', sealed)).toThrow(/authenticate/);
    writeFileSync(path, 'short');
    expect(() => openSeal(path)).toThrow('holds 5 bytes; write at least 32 random ones');
  });
});

describe('the spool', () => {
  let count = 0;
  const open = (maxBytes = 1e9, onLine?: (line: string) => void) =>
    SpooledLog.open({ file: join(folder.path, `log${count}`), maxBytes, onLine });
  beforeEach(() => (count += 1));
  const all = async (log: SpooledLog, from = 0) => {
    let text = '';
    for await (const chunk of log.follow(from)) text += chunk.toString();
    return text;
  };

  it('keeps every byte in any pieces, and tells each line once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '\r\n', ' ', '🐳') })), async (pieces) => {
        count += 1;
        const lines: string[] = [];
        const log = await open(1e9, (line) => lines.push(line));
        for (const piece of pieces) await log.write(piece);
        await log.end();
        const text = pieces.join('').replaceAll('\r\n', '\n');
        const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
        expect(readFileSync(log.file, 'utf8')).toBe(whole);
        expect(await all(log)).toBe(whole);
        expect(lines).toEqual(whole.split('\n').slice(0, -1));
      }),
      { numRuns: 50 },
    );
  });

  it('joins a \\r\\n that came in two pieces, keeps a lone \\r', async () => {
    const log = await open();
    for (const piece of ['a\r', '\nb\rc', '\r']) await log.write(piece);
    await log.end();
    expect(readFileSync(log.file, 'utf8')).toBe('a\nb\rc\r\n');
  });

  it('goes on after a crash on a line of its own', async () => {
    writeFileSync(join(folder.path, `log${count}`), 'half');
    const log = await open();
    await log.line('next');
    await log.end();
    expect(await all(log)).toBe('half\nnext\n');
  });

  it('fails the build when the log is too long, and keeps what there was', async () => {
    const log = await open(10);
    await log.write('12345678\n');
    await expect(log.write('more')).rejects.toThrow('longer than 10 bytes; print less or raise MAX_LOG_BYTES');
    await expect(log.write('x')).rejects.toThrow('MAX_LOG_BYTES');
    await log.end();
    expect(await all(log)).toBe('12345678\n');
  });
});

describe('what the engine streams', () => {
  const read = async (...messages: (object | string)[]) => {
    let text = '';
    const stream = Readable.from([
      messages.map((message) => (typeof message === 'string' ? message : `${JSON.stringify(message)}\n`)).join(''),
    ]);
    const outcome = await readProgress(stream, async (piece) => void (text += piece));
    return { text, outcome };
  };

  it('takes image and digest from where they are, and leaves progress bars out', async () => {
    const { text, outcome } = await read(
      { stream: 'Step 1\n' },
      { id: 'abc', status: 'Pushing', progress: '[=> ]' },
      { id: 'abc', status: 'Pushed' },
      { aux: { ID: 'sha256:1' } },
      { aux: { Tag: 'x', Digest: 'sha256:2', Size: 3 } },
    );
    expect(text).toBe('Step 1\nabc: Pushed\n');
    expect(outcome).toEqual({ image: 'sha256:1', digest: 'sha256:2' });
  });
  it('fails at an error, whatever follows', async () => {
    await expect(read({ errorDetail: { code: 1, message: 'no' }, error: 'no' }, { aux: { ID: 'sha256:1' } })).rejects.toMatchObject({
      name: 'BuildFailure',
      message: 'no',
    });
    await expect(read({ errorDetail: { code: 137, message: 'killed' } })).rejects.toThrow('out of memory');
    await expect(read({ error: 'context canceled' })).rejects.toMatchObject({ name: 'EngineUnavailable' });
    await expect(read('<html>\n')).rejects.toMatchObject({ name: 'EngineUnavailable' });
  });
  it("prints BuildKit's steps, each output line once", async () => {
    const vertex = (more: readonly (readonly [number, string | Buffer])[]) =>
      writeFields([[1, writeFields([[1, 'd1'], [3, 'RUN x'], ...more])]]);
    const log = (text: string) =>
      writeFields([
        [
          3,
          writeFields([
            [1, 'd1'],
            [4, text],
          ]),
        ],
      ]);
    const trace = (bytes: Buffer) => ({ id: 'moby.buildkit.trace', aux: bytes.toString('base64') });
    const { text } = await read(
      trace(vertex([])),
      trace(vertex([[5, 't']])),
      trace(log('a\nb')),
      trace(log('c\n')),
      trace(
        vertex([
          [5, 't'],
          [6, 't'],
        ]),
      ),
    );
    expect(text).toBe('#1 RUN x\n#1 a\n#1 bc\n#1 DONE\n');
  });
  it('reads what it wrote, and numbers, and refuses what is cut off', () => {
    const message = writeFields([
      [1, 'x'.repeat(300)],
      [2, writeFields([[20, 'inner']])],
      [2, ''],
    ]);
    expect(textOf(readFields(message), 1)).toHaveLength(300);
    expect(messagesOf(readFields(message), 2).map((inner) => textOf(inner, 20))).toEqual(['inner']);
    expect(numberOf(readFields(Buffer.from([8, 172, 2])), 1)).toBe(300);
    expect(() => readFields(message.subarray(0, 50))).toThrow(RangeError);
  });
  it('finds logins under any name of Docker Hub, and under no other', () => {
    const logins = { 'docker.io': { username: 'hub' }, 'https://r.example.com/v2/': { username: 'r' } };
    expect(
      ['registry-1.docker.io', 'index.docker.io', 'r.example.com', 'example.com'].map((host) => loginFor(logins, host)?.username),
    ).toEqual(['hub', 'hub', 'r', undefined]);
  });
});

describe('the table of variables in docs/build-worker.md', () => {
  const table = readFileSync(join(__dirname, '../../docs/build-worker.md'), 'utf8');
  it.each(Object.entries(environment.shape))('has %s as the schema describes it', (name, schema) => {
    expect(schema.description).toMatch(/\.$/);
    expect(table).toContain(`| \`${name}\` | ${schema.description} |`);
  });
});
