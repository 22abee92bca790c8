// One contract for the places that log lines go to: the spool on disk, the store, Kafka. And what only a real broker shows: partitions, limits, an outage.
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Kafka, logLevel } from 'kafkajs';
import { Database } from '../../worker/state/database';
import { LevelRecords } from '../../worker/state/level-records';
import { handOver } from './support/queue';

import { EgressPolicy } from '../../worker/egress/policy';
import { KafkaLog } from '../../worker/logs/kafka';
import { SpooledLog } from '../../worker/logs/spool';
import { DiskStore } from '../../worker/stores/disk';
import { Uploads } from '../../worker/stores/uploads';
import { readConfig } from '../../worker/config';
import { describeWith, findParts, kafka, type Part } from '../support/parts';
import { tempFolder, until } from './support/fakes';

const folder = tempFolder();
afterAll(() => folder.remove());
const loopback = () => new EgressPolicy(readConfig({ EGRESS_ALLOW: '127.0.0.0/8' }).EGRESS_ALLOW);
let index = 0;

interface Sink {
  readonly log: SpooledLog;
  /** Ends the sink; everything that arrived there, each line with its \n where the sink keeps them. */
  arrived(): Promise<string>;
}

function contract(open: () => Promise<Sink>, maxLine: number): void {
  const through = async (pieces: readonly (string | Buffer)[]) => {
    index += 1;
    const { log, arrived } = await open();
    for (const piece of pieces) await log.write(piece);
    await log.end();
    return arrived();
  };

  it('has every line once and in order', async () => {
    const lines = Array.from({ length: 3000 }, (_, n) => `${n}\n`);
    expect(await through(lines)).toBe(lines.join(''));
  }, 60_000);
  it('has what is odd as it was: empty lines, quotes, colours, other alphabets, pieces cut anywhere', async () => {
    const odd = '\n\n"quoted" \\ \u001b[31mred\u001b[0m\ttab\nüñí 🐳 漢字\n \n{"json":1}\n';
    const bytes = Buffer.from(odd);
    expect(await through(Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1)))).toBe(odd);
  }, 60_000);
  it('ends the last line', async () => expect(await through(['one\ntwo'])).toBe('one\ntwo\n'), 60_000);
  it('has the text of a line longer than any message, whole', async () => {
    const long = 'ü'.repeat(1024 ** 2);
    const arrived = await through([`${long}\nnext\n`]);
    expect(arrived.replaceAll('\n', '')).toBe(`${long}next`);
    expect(Math.max(...arrived.split('\n').map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(maxLine);
  }, 60_000);
  it('is empty for an empty log', async () => expect(await through([])).toBe(''), 60_000);
}

describe('the spool', () => {
  contract(async () => {
    const file = join(folder.path, `spool-${index}`);
    return { log: await SpooledLog.open({ file, maxBytes: 1e9 }), arrived: async () => readFileSync(file, 'utf8') };
  }, Number.POSITIVE_INFINITY);
});

describe('the store', () => {
  contract(async () => {
    const database = await Database.open(join(folder.path, `queue-${index}`));
    const uploads = new Uploads(new LevelRecords(database), await DiskStore.open(join(folder.path, `store-${index}`)), () => undefined);
    const log = await SpooledLog.open({ file: join(folder.path, `stored-${index}`), maxBytes: 1e9 });
    return {
      log,
      async arrived() {
        await database.change(() => ({ result: undefined, writes: [handOver('object.logs', log.file)] }));
        uploads.wake();
        await until(() => uploads.waiting === 0);
        const found = await uploads.get('object.logs');
        const content = found === undefined ? 'nothing' : await text(found.body);
        await uploads.close();
        await database.close();
        return content;
      },
    };
  }, Number.POSITIVE_INFINITY);
});

describeWith(findParts('kafka'))('Kafka', () => {
  let broker: Part;
  let client: Kafka;
  const troubles: string[] = [];
  beforeAll(async () => {
    broker = await kafka();
    client = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING });
  }, 120_000);
  beforeEach(() => void troubles.splice(0));
  afterAll(() => broker?.stop());
  const open = (topic: string, more: object = {}) =>
    new KafkaLog({
      hosts: broker.address,
      topic,
      app: 'web',
      space: 'default',
      buildNumber: 7,
      policy: loopback(),
      onTrouble: (problem) => troubles.push(problem),
      ...more,
    });

  /** The messages of a topic once `done` holds for them. */
  async function messagesOf(topic: string, done: (messages: readonly string[]) => boolean): Promise<string[]> {
    const messages: string[] = [];
    const consumer = client.consumer({ groupId: `test-${topic}`, maxBytesPerPartition: 10 * 1024 ** 2 });
    await until(() =>
      consumer
        .connect()
        .then(() => consumer.subscribe({ topic, fromBeginning: true }))
        .then(
          () => true,
          () => false,
        ),
    );
    await consumer.run({
      eachMessage: async ({ message }) => {
        const { message: line, ...rest } = JSON.parse(String(message.value)) as { message: string };
        expect(rest).toEqual({ metadata: 'web-default', build: 7, job: '7' });
        messages.push(line);
      },
    });
    await until(() => done(messages), 40_000);
    await consumer.disconnect();
    return messages;
  }
  const finished = (messages: readonly string[]) => messages.at(-1) === 'Build finished';

  async function makeTopic(topic: string, numPartitions: number, configEntries: { name: string; value: string }[] = []): Promise<void> {
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] });
    await admin.disconnect();
  }

  contract(async () => {
    const topic = `contract-${index}`;
    const sink = open(topic);
    const log = await SpooledLog.open({ file: join(folder.path, topic), maxBytes: 1e9, onLine: (line) => sink.send(line) });
    return {
      log,
      async arrived() {
        await sink.end(true);
        const messages = await messagesOf(topic, finished);
        return messages
          .slice(0, -1)
          .map((line) => `${line}\n`)
          .join('');
      },
    };
  }, 64 * 1024);

  it('keeps the order of a build over several partitions', async () => {
    await makeTopic('partitions', 5);
    const sink = open('partitions');
    const lines = Array.from({ length: 2500 }, (_, n) => String(n));
    for (const line of lines) sink.send(line);
    await sink.end(true);
    expect(await messagesOf('partitions', finished)).toEqual([...lines, 'Build finished']);
  }, 60_000);

  it('cuts a line that the broker refuses, with a mark, and sends what follows', async () => {
    await makeTopic('small', 1, [{ name: 'max.message.bytes', value: '3000' }]);
    const sink = open('small', { endMs: 20_000 });
    for (const line of ['before', 'x'.repeat(9000), 'after']) sink.send(line);
    await sink.end(true);
    const messages = await messagesOf('small', finished);
    expect(messages).toEqual([
      'before',
      expect.stringMatching(/^x{500,2900} … \[cut: the broker takes no longer messages\]$/),
      'after',
      'Build finished',
    ]);
    expect(troubles).toEqual([expect.stringMatching(/larger|too large/i)]);
  }, 60_000);

  it('connects to no broker that is announced at a refused address', async () => {
    await makeTopic('announced', 1);
    // The first address is allowed; what the broker there announces as its own is not.
    const [host = '', port = ''] = broker.address.split(':');
    const door = createServer((socket) => void socket.pipe(connect(Number(port), host)).pipe(socket));
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.2', resolve));
    const address = door.address();
    const only = new EgressPolicy(readConfig({ EGRESS_ALLOW: '127.0.0.2/32' }).EGRESS_ALLOW);
    const sink = open('announced', { hosts: `127.0.0.2:${typeof address === 'object' ? address?.port : 0}`, policy: only, endMs: 3000 });
    sink.send('line');
    await sink.end(true);
    await until(() => troubles.includes('2 log lines did not reach Kafka'));
    expect(troubles[0]).toMatch(/127\.0\.0\.1 may not be reached/);
    door.close();
  }, 60_000);

  it('says nothing of an end where the build goes back to the queue', async () => {
    const first = open('again');
    first.send('one');
    await first.end(false);
    const second = open('again');
    second.send('two');
    await second.end(true);
    expect(await messagesOf('again', finished)).toEqual(['one', 'two', 'Build finished']);
  }, 60_000);
});

describe('a broker that takes the connection and says nothing', () => {
  it('is given up in time, drops what is too much, and tells how much was lost', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const troubles: string[] = [];
    const sink = new KafkaLog({
      hosts: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
      topic: 't',
      app: 'a',
      space: 's',
      buildNumber: 1,
      policy: loopback(),
      onTrouble: (problem) => troubles.push(problem),
      endMs: 500,
    });
    const line = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent < 1000; sent += 1) sink.send(line);
    const begun = Date.now();
    await sink.end(true);
    expect(Date.now() - begun).toBeLessThan(2000);
    for (const socket of sockets) socket.destroy();
    mute.close();
    // All of them, and the closing one.
    await until(() => troubles.includes('1001 log lines did not reach Kafka'));
  }, 30_000);
});
