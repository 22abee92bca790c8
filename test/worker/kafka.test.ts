// Log lines on their way to Kafka where no broker ever answers. Real brokers are in sinks and outages.
import { BlockList, createServer, type AddressInfo, type Socket } from 'node:net';
import { EgressPolicy } from '../../worker/egress/policy';
import { KafkaLog } from '../../worker/logs/kafka';

it('lines that a broker holds up are told when nobody waits for it any more, once', async () => {
  const sockets = new Set<Socket>();
  const mute = createServer((socket) => void sockets.add(socket.on('error', () => socket.destroy())));
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
  const allow = new BlockList();
  allow.addSubnet('127.0.0.0', 8, 'ipv4');
  const troubles: string[] = [];
  const log = new KafkaLog({
    hosts: `127.0.0.1:${(mute.address() as AddressInfo).port}`,
    topic: 'logs',
    app: 'web',
    space: 'default',
    buildNumber: 1,
    policy: new EgressPolicy(allow),
    onTrouble: (problem) => void troubles.push(problem),
    endMs: 100,
  });
  log.send('one');
  log.send('two');
  const lost = () => troubles.filter((problem) => problem.includes('did not reach Kafka'));
  try {
    const begun = Date.now();
    await log.end(true);
    expect(Date.now() - begun).toBeLessThan(2000);
    // The closing line is one, too.
    expect(lost()).toEqual(['3 log lines did not reach Kafka']);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => mute.close(done));
  }
  await log.end(true);
  expect(lost()).toHaveLength(1);
}, 30_000);
