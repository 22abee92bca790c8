// The address of a pod that runs in this process: what dies with it.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const ANY = { host: '127.0.0.1', port: 0 };

/** Passes on what comes to it, until it is closed. */
export class PodAddress {
  readonly #sockets = new Set<Socket>();
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
      client.on('close', () => pod.destroy());
      pod.on('close', () => client.destroy());
    }).listen(own.port, own.host, () => listening((this.#server.address() as AddressInfo).port));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
