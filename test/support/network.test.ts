// Ports for servers that tests start: nobody else gets them before the server listens.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePorts, loopbackNetwork } from './parts/network';

it('gives each port once, below those of connections', async () => {
  const ports = (await Promise.all([freePorts(100), freePorts(100)])).flat();
  expect(new Set(ports).size).toBe(200);
  for (const port of ports) expect(port).toBeLessThan(30_000);
  const server = createServer().listen(ports[0], '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

it('gives each network of loopback once', async () => {
  const networks = await Promise.all(Array.from({ length: 20 }, () => loopbackNetwork()));
  expect(new Set(networks).size).toBe(20);
});
