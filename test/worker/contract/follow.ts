// What a watch tells of changes that came after its list and before it: a server in memory and a real one must say the same.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Api } from '../../../worker/cluster/api';
import { follow } from '../../../worker/cluster/follow';
import { PODS } from '../../../worker/cluster/view';
import { until } from '../support/fakes';

export interface Pods {
  readonly api: Api;
  /** Makes a pod with the label `of=the-test`. */
  make(name: string): Promise<unknown>;
  /** Its phase is `Succeeded` from now on. */
  end(name: string): Promise<unknown>;
}

/** Call it inside `describe`. */
export function followContract(open: () => Promise<Pods>): void {
  it('what no longer matches when the watch begins is told as removed, what matches as changed', async () => {
    const { api, make, end } = await open();
    await make('ends');
    const stream = api.stream.bind(api);
    let between: (() => Promise<void>) | undefined = async () => {
      await end('ends');
      await make('begins');
    };
    api.stream = async (...args) => {
      await between?.();
      between = undefined;
      return stream(...args);
    };
    const told: string[] = [];
    const closing = new AbortController();
    await follow({
      api,
      kind: PODS,
      labels: 'of=the-test',
      fields: 'status.phase!=Succeeded,status.phase!=Failed',
      listed: (pods) => told.push(`listed ${pods.map(({ metadata: { name } }) => name).join()}`),
      changed: ({ metadata: { name } }) => told.push(`changed ${name}`),
      removed: ({ metadata: { name } }) => told.push(`removed ${name}`),
      trouble: (message) => told.push(message),
      signal: closing.signal,
    });
    await until(() => told.length === 3, 10_000);
    closing.abort();
    api.close();
    expect(told).toEqual(['listed ends', 'removed ends', 'changed begins']);
  });

  it('a bookmark is no change, and is where a watch goes on that was cut', async () => {
    const { api } = await open();
    const object = { metadata: { name: 'pod', resourceVersion: '7' } };
    const watches = [
      [
        { type: 'ADDED', object },
        { type: 'BOOKMARK', object: { metadata: { resourceVersion: '12' } } },
      ],
      [{ type: 'MODIFIED', object }],
    ];
    const from: unknown[] = [];
    const times: number[] = [];
    api.stream = async (_path, query) => {
      from.push(query['resourceVersion']);
      times.push(performance.now());
      const events = watches.shift() ?? [];
      return Readable.from(events.map((event) => `${JSON.stringify(event)}\n`)) as IncomingMessage;
    };
    const told: string[] = [];
    const closing = new AbortController();
    await follow({
      api,
      kind: PODS,
      labels: 'of=nobody',
      listed: () => undefined,
      changed: ({ metadata: { name } }) => told.push(name),
      removed: () => undefined,
      trouble: () => undefined,
      signal: closing.signal,
    });
    await until(() => from.length >= 5, 10_000);
    closing.abort();
    api.close();
    expect([told, from.slice(1, 5)]).toEqual([
      ['pod', 'pod'],
      ['12', '7', '7', '7'],
    ]);
    // A server that ends each watch at once is asked less and less often.
    expect((times[4] ?? 0) - (times[2] ?? 0)).toBeGreaterThan(290);
  });
}
