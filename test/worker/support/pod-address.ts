// The address of a pod that runs in this process: what dies with it.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const ANY = { host: '127.0.0.1', port: 0 };

/** Passes on what comes to it, until it is closed. */
export class PodAddress {
  readonly #sockets = new Set<Socket>();
  /** First lines of the requests that are open, by connection. */
  readonly #asked = new Map<Socket, string>();
  /** First lines of all requests so far. */
  readonly requests: string[] = [];
  readonly #server: Server;

  /**
   * @param port where the pod listens in truth
   * @param own what it has for an address; any port on 127.0.0.1 when not given
   */
  constructor(port: number, listening: (port: number) => void, own: { readonly host: string; readonly port: number } = ANY) {
    this.#server = createServer((client) => {
      const pod = connect(port, '127.0.0.1');
      for (const socket of [client, pod]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      }
      client.pipe(pod).pipe(client);
      client.once('data', (chunk: Buffer) => {
        const [line = ''] = chunk.toString('latin1').split('\r\n', 1);
        this.requests.push(line);
        this.#asked.set(client, line);
      });
      client.on('close', () => {
        this.#asked.delete(client);
        pod.destroy();
      });
      pod.on('close', () => client.destroy());
    }).listen(own.port, own.host, () => listening((this.#server.address() as AddressInfo).port));
  }

  /** As a network that loses one connection and keeps the others. Gives how many it lost. */
  cut(request: string): number {
    const lost = [...this.#asked].filter(([, line]) => line.startsWith(request));
    for (const [client] of lost) client.destroy();
    return lost.length;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
