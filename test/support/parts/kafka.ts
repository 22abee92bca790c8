// One Kafka broker that is its own controller.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { needParts } from './find';
import { ownFolder } from './folder';
import { freePorts } from './network';
import { once, type Part } from './part';
import { endOf, launch, untilReady } from './program';

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Plain text on loopback; topics are made when they are first written to. */
export async function kafka(): Promise<Part> {
  const { kafka: jars } = needParts('kafka');
  const folder = ownFolder('kafka');
  const [port = 0, controller = 0] = await freePorts(2);
  const address = `127.0.0.1:${port}`;
  const settings = join(folder.path, 'server.properties');
  writeFileSync(
    settings,
    Object.entries({
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://${address},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://${address}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.dirs': join(folder.path, 'data'),
      'auto.create.topics.enable': true,
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 1,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      'group.initial.rebalance.delay.ms': 0,
      'num.partitions': 1,
    })
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const java = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*')];
  // One word for the id: it may begin with a dash.
  const format = spawnSync(
    'java',
    [...java, 'kafka.tools.StorageTool', 'format', `--cluster-id=${randomBytes(16).toString('base64url')}`, '-c', settings],
    { encoding: 'utf8' },
  );
  if (format.status !== 0) {
    folder.remove();
    throw new Error(`kafka cannot format its folder: ${format.stdout}${format.stderr}`);
  }
  const server = launch({ program: 'java', args: [...java, 'kafka.Kafka', settings], folder: folder.path, name: 'kafka', grace: 0 });
  const stop = once(async () => {
    await server.stop();
    folder.remove();
  });
  try {
    await untilReady(
      'kafka',
      server,
      async () => endOf(server.log, 1000).includes('Kafka Server started') || (await accepts(port)),
      60_000,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, env: { KAFKA_BROKERS: address }, stop };
}
